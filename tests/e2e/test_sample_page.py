"""The page of one sample: its label is corrected, disputed and let stand, and its history tells of all of it."""

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from heedful.pool.models import Source
from tests.accounts.people import member
from tests.factories import hear, queue

pytestmark = pytest.mark.browser


@pytest.fixture
def labeled(project, pictures):
    """Somebody answered “good” to it."""
    [item] = queue(project, pictures[:1])
    hear(item, "good")
    return item.sample


@pytest.fixture
def sample_page(visit, owner, labeled):
    return lambda user=owner: visit(user, f"/samples/{labeled.pk}")


def dispute(page: Page) -> None:
    page.get_by_label("Your comment").fill("There is a crack.")
    page.get_by_label("This disputes the label").check()
    page.get_by_role("button", name="Dispute the label").click()


def test_a_correction_holds_above_the_answers_until_it_is_taken_back(sample_page):
    page = sample_page()
    page.get_by_role("radio", name="defective").check()
    page.get_by_label("Comment", exact=True).fill("A crack, top left.")
    page.get_by_role("button", name="Correct the label").click()
    expect(page.get_by_text("“A crack, top left.”")).to_be_visible()
    expect(page.locator("[data-testid=event][data-kind=correction]")).to_have_count(1)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back; the answers decide again.")).to_be_visible()
    expect(page.get_by_role("button", name="Take it back")).to_have_count(0)


def test_a_dispute_is_listed_on_the_queue_page_until_a_manager_lets_the_label_stand(sample_page, visit, owner):
    page = sample_page()
    dispute(page)
    expect(page.get_by_text("The label is disputed")).to_be_visible()
    expect(visit(owner, "/queue").get_by_test_id("dispute")).to_contain_text("There is a crack.")
    page.get_by_role("button", name="Close it, the label stands").click()
    expect(page.get_by_text("dispute closed")).to_be_visible()
    expect(page.locator("[data-testid=event][data-kind=resolved]")).to_have_count(1)


def test_a_viewer_reads_and_says_nothing(sample_page, project):
    page = sample_page(member(project, "viewer"))
    expect(page.get_by_test_id("answer")).to_have_count(1)
    expect(page.get_by_role("button", name="Correct the label")).to_have_count(0)
    expect(page.get_by_label("Your comment")).to_have_count(0)


def test_what_people_marked_is_framed_in_the_picture(sample_page, labeled):
    labeled.metadata = {"box": "0.25, 0, 0.75, 0.5"}
    labeled.save()
    page = sample_page()
    frame = page.get_by_role("img", name="Where the object is marked").bounding_box()
    picture = page.get_by_role("img", name=labeled.name).bounding_box()
    assert frame["width"] == pytest.approx(picture["width"] / 2, abs=1)
    assert frame["x"] - picture["x"] == pytest.approx(picture["width"] / 4, abs=1)
    assert frame["y"] == pytest.approx(picture["y"], abs=1)


def test_what_people_drew_is_outlined_in_the_picture(sample_page, project, labeled, tmp_path):
    Source.objects.filter(project=project).update(kind=Source.Kind.CSV, address=str(tmp_path / "table.csv"))
    drawn = Image.new("1", (labeled.width, labeled.height))
    drawn.paste(1, (8, 8, 24, 20))
    drawn.save(tmp_path / "mask.png")
    labeled.metadata = {"mask": "mask.png"}
    labeled.save()
    page = sample_page()
    outline = page.get_by_role("img", name="Where the object is marked")
    expect(outline).to_be_visible()
    expect(outline).to_have_js_property("naturalWidth", labeled.width)
    assert outline.bounding_box() == page.get_by_role("img", name=labeled.name).bounding_box()
