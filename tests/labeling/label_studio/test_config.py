"""The labeling page: hostile names stay text, and Label Studio reads back the keys we gave."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from heedful.labeling.label_studio.config import ClassChoice, Shown, labeling_config, task_data
from tests.labeling.label_studio.builders import task

HOSTILE = [
    '"quoted", and, commas',
    "</Choice><Choice value='x'/>",
    "<script>alert(1)</script>",
    "Ünïcödé 裂 🔬 &amp; & &lt;",
    "it's a 'single'\nnew line",
]


class Seen(HTMLParser):
    """The tags of an HTML text, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


@pytest.mark.services
def test_label_studio_reads_back_every_key_of_hostile_classes(studio, expert):
    classes = [ClassChoice(f"class-{n}", name, "red") for n, name in enumerate(HOSTILE)]
    project = studio.project(studio.ensure_project("hostile", title="hostile", label_config=labeling_config(classes)))
    ids = project.import_tasks([task(n, choice=one.key) for n, one in enumerate(classes)])
    for n, one in enumerate(classes):
        expert.submit(ids[n], one.key, lead_time=1)
    answers = project.answers_since(datetime.now(UTC))
    assert {one.queue_item: one.choice for one in answers} == {n: one.key for n, one in enumerate(classes)}


def test_hostile_names_stay_text_on_the_page():
    root = ET.fromstring(labeling_config([ClassChoice(str(n), name, "red") for n, name in enumerate(HOSTILE)]))
    choices = root.findall(".//Choice")
    assert [choice.get("value") for choice in choices] == HOSTILE
    assert [choice.get("alias") for choice in choices] == ["0", "1", "2", "3", "4"]
    for choice, name in zip(choices, HOSTILE, strict=True):
        seen = Seen(choice.attrib["html"])
        assert seen.words == name
        assert [tag for tag, _ in seen.tags] == ["span"]


def test_a_colour_cannot_break_out_of_its_attribute():
    config = labeling_config([ClassChoice("a", "A", 'red"><img src=x>'), ClassChoice("b", "B", "blue")])
    choice = ET.fromstring(config).find(".//Choice")
    assert choice is not None
    assert [tag for tag, _ in Seen(choice.attrib["html"]).tags] == ["span"]


def test_hotkeys_are_the_numbers_unless_given():
    def hotkeys(classes: list[ClassChoice]) -> list[str | None]:
        return [choice.get("hotkey") for choice in ET.fromstring(labeling_config(classes)).iter("Choice")]

    assert hotkeys([ClassChoice("a", "A", "red"), ClassChoice("b", "B", "red", "x")]) == ["1", "x"]
    many = [ClassChoice(str(n), str(n), "red") for n in range(12)]
    assert hotkeys(many) == [*"123456789", None, None, None]


@pytest.mark.parametrize(
    "classes",
    [
        [],
        [ClassChoice("a", "A", "red")],
        [ClassChoice("a", "A", "red"), ClassChoice("a", "B", "red")],
        [ClassChoice("a", "A", "red", "x"), ClassChoice("b", "B", "red", "x")],
        [ClassChoice("a", "A", "red", "2"), ClassChoice("b", "B", "red")],
    ],
)
def test_too_few_classes_or_doubled_keys_are_refused(classes):
    with pytest.raises(ValueError, match="at least two classes"):
        labeling_config(classes)


def test_everything_shown_is_escaped_and_the_addresses_survive():
    picture, overlay = "https://h/p?a=1&b='\"<>", "https://h/o?a=1&b=2"
    shown = Shown(picture, overlay, HOSTILE[1], [(HOSTILE[2], 0.512), (HOSTILE[0], 0.488)])
    seen = Seen(task_data(queue_item=3, sample_id="s", shown=shown)["viewer_html"])
    assert [attributes["src"] for tag, attributes in seen.tags if tag == "img"] == [picture, overlay]
    assert {tag for tag, _ in seen.tags} == {"div", "p", "span", "input", "label", "img"}
    for words in (HOSTILE[0], HOSTILE[1], HOSTILE[2], "51%", "49%"):
        assert words in seen.words


def test_without_a_model_there_are_no_bars_and_without_an_overlay_no_switch():
    seen = Seen(task_data(queue_item=3, sample_id="s", shown=Shown("p", None, "First of all."))["viewer_html"])
    assert [tag for tag, _ in seen.tags] == ["div", "p", "div", "div", "img"]
    cold = Seen(task_data(queue_item=3, sample_id="s", shown=Shown("p", "o", "First of all."))["viewer_html"])
    assert "Show what the model looked at" in cold.words


def test_the_switch_stands_before_the_frame_so_that_css_reaches_it():
    tags = Seen(task(4).data["viewer_html"]).tags
    names = [attributes.get("class") for _, attributes in tags]
    assert names.index("hf-look") < names.index("hf-switch") < names.index("hf-frame")
    switch = next(attributes for tag, attributes in tags if tag == "input")
    label = next(attributes for tag, attributes in tags if tag == "label")
    assert switch["id"] == label["for"]
