"""The labeling page: its configuration, and what one task shows on it.

The picture and its overlay are two `<img>` on top of each other in a HyperText, switched by a checkbox and
CSS alone, since Label Studio strips scripts. Its own `<Image>` crops in columns and needs CORS; a plain
`<img>` does neither.

A class has two texts: the key, which is what answers and predictions carry and never changes (Label Studio's
`alias`), and the name, which people read and managers may change at any time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from xml.etree import ElementTree as ET

VIEWER = "viewer"
VIEWER_DATA = "viewer_html"
CONTROL = "label"
STYLE = Path(__file__).with_name("viewer.css").read_text()
HOTKEYS = "123456789"


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """A class to choose. hotkey: None takes its number, 1 to 9."""

    key: str
    name: str
    color: str
    hotkey: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What an annotator sees of one sample.

    picture_url, overlay_url: signed addresses; both pictures have the same proportions. No overlay, no
    switch. probabilities: (class name, 0..1), likeliest first; empty while there is no model. reason: the
    sentence that says why this sample was chosen.
    """

    picture_url: str
    overlay_url: str | None
    reason: str
    probabilities: Sequence[tuple[str, float]] = ()


def labeling_config(classes: Sequence[ClassChoice], *, question: str = "Which class is it?") -> str:
    """The configuration, as XML, for choosing one of `classes`.

    Raises ValueError for fewer than two classes, or for keys or hotkeys that are not unique.
    """
    hotkeys = [one.hotkey or HOTKEYS[i : i + 1] for i, one in enumerate(classes)]
    pressed = [hotkey for hotkey in hotkeys if hotkey]
    if len(classes) < 2 or len({one.key for one in classes}) < len(classes) or len(set(pressed)) < len(pressed):
        raise ValueError("Give at least two classes, each with a key and a hotkey of its own.")

    root = ET.Element("View", className="hf-page")
    ET.SubElement(root, "Style").text = STYLE
    page = ET.SubElement(root, "View", className="hf-columns")
    left = ET.SubElement(page, "View", className="hf-left")
    ET.SubElement(left, "HyperText", name=VIEWER, value=f"${VIEWER_DATA}", inline="true", selectionEnabled="false")
    right = ET.SubElement(page, "View", className="hf-right")
    ET.SubElement(right, "Header", value=question, size="4")
    choices = ET.SubElement(
        right, "Choices", name=CONTROL, toName=VIEWER, choice="single", required="true", showInline="false"
    )
    for one, hotkey in zip(classes, hotkeys, strict=True):
        dot = f'<span class="hf-dot" style="background:{escape(one.color)}"></span>'
        attributes = {"value": one.name, "alias": one.key, "html": f"{dot}{escape(one.name)}"}
        ET.SubElement(choices, "Choice", attributes | ({"hotkey": hotkey} if hotkey else {}))
    return ET.tostring(root, encoding="unicode")


def task_data(*, queue_item: int, sample_id: str, shown: Shown) -> dict[str, str]:
    """A task's data: the page itself, and what Label Studio's own table of tasks is searched by."""
    return {
        "reason": shown.reason,
        "queue_item": str(queue_item),
        "sample_id": sample_id,
        VIEWER_DATA: _viewer_html(queue_item, shown),
    }


def _viewer_html(queue_item: int, shown: Shown) -> str:
    bars = "".join(_bar(name, probability) for name, probability in shown.probabilities)
    switch = over = ""
    if shown.overlay_url:
        # The checkbox stands before the frame, as its sibling: `:checked ~ .hf-frame` reaches no other way.
        name = f"hf-look-{queue_item}"
        switch = (
            f'<input type="checkbox" class="hf-look" id="{name}">'
            f'<label class="hf-switch" for="{name}">Show what the model looked at</label>'
        )
        over = f'<img class="hf-over" src="{escape(shown.overlay_url)}" alt="What the model looked at">'
    picture = f'<img src="{escape(shown.picture_url)}" alt="The picture to label">'
    return (
        f'<div class="hf-viewer"><p class="hf-reason">{escape(shown.reason)}</p>'
        f'<div class="hf-bars">{bars}</div>{switch}<div class="hf-frame">{picture}{over}</div></div>'
    )


def _bar(name: str, probability: float) -> str:
    percent = round(100 * probability)
    return (
        f'<div class="hf-bar"><span class="hf-name">{escape(name)}</span>'
        f'<span class="hf-track"><span class="hf-fill" style="width:{percent}%"></span></span>'
        f'<span class="hf-percent">{percent}%</span></div>'
    )
