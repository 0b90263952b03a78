"""How samples are chosen is set on the settings page; the queue shows what betrays a hard negative."""

import pytest
from playwright.sync_api import expect

from heedful.acquisition.models import QueryRound, QueueItem
from heedful.acquisition.services import open_round
from tests.factories import hear, know, queue

pytestmark = pytest.mark.browser

ASKED_BY = {
    "kind": "auto",
    "slots": [{"slot": "badge", "share": 0.675}, {"slot": "rare-class", "share": 0.225}],
    "left_out": ["look-alike"],
    "arms": [
        {"recipe": "rare-class", "mean": 0.31, "deviation": 0.14},
        {"recipe": "badge", "mean": 0.42, "deviation": 0.11},
    ],
}
ADVICE = {"size": 24, "redundancy": 0.18, "sentence": "About 24 samples a round: training takes 5 min."}


@pytest.fixture
def by_auto(project, pictures):
    """A round that `auto` chose."""
    know(project, 1)
    opened = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=3, model_number=None)
    plan = {"asked_by": ASKED_BY, "advice": ADVICE}
    QueryRound.objects.filter(pk=opened.pk).update(plan=plan, strategy="68% margin then badge")
    return opened


def section(page):
    return page.locator("section").filter(has=page.get_by_role("heading", name="How samples are chosen"))


@pytest.mark.parametrize("width", [1440, 390])
def test_a_mixture_is_put_together_and_chosen(project, visit, owner, width):
    page = visit(owner, "/settings", viewport={"width": width, "height": 900})
    part = section(page)
    expect(part.get_by_text("No round has been chosen yet.")).to_be_visible()
    part.get_by_text("Mixture", exact=True).click()
    part.get_by_role("button", name="Add a way…").click()
    expect(part.get_by_text("The shares come to 120%; they are scaled to 100%.")).to_be_visible()
    part.get_by_label("Share of Margin, then k-center").fill("60")
    part.get_by_role("button", name="Choose so").click()
    expect(page.get_by_text("The next round is chosen so.")).to_be_visible()
    project.refresh_from_db()
    assert project.query_plan == {
        "kind": "mixture",
        "parts": [{"recipe": "spread-margin", "share": 0.75}, {"recipe": "margin", "share": 0.25}],
    }
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide


def test_a_way_says_what_it_is_for_and_a_share_of_nothing_is_refused(project, visit, owner):
    part = section(visit(owner, "/settings"))
    part.get_by_text("One way", exact=True).click()
    part.get_by_role("combobox", name="Way of asking").click()
    part.page.get_by_role("option", name="Hard negatives: look-alikes").click()
    expect(part.get_by_text("What resembles confirmed false positives")).to_be_visible()
    part.get_by_text("Mixture", exact=True).click()
    part.get_by_label("Share of Margin, then k-center").fill("0")
    expect(part.get_by_role("alert")).to_have_text("Each way needs a share above 0%.")
    expect(part.get_by_role("button", name="Choose so")).to_be_disabled()


def test_auto_says_what_it_used_and_believes_and_advises_a_size(project, by_auto, visit, owner):
    part = section(visit(owner, "/settings"))
    used = "Round 1 asked by 67.5% BADGE and 22.5% Rare class; 10% were drawn at random."
    expect(part.get_by_text(used)).to_be_visible()
    expect(part.get_by_text("Hard negatives: look-alikes.")).to_be_visible()
    expect(part.get_by_role("row").nth(1)).to_contain_text("BADGE")
    part.get_by_role("button", name="Ask about 24 a round").click()
    expect(part.get_by_text("So it is.")).to_be_visible()
    project.refresh_from_db()
    assert project.round_size == 24


@pytest.mark.parametrize("width", [1440, 390])
def test_a_hard_negative_stands_beside_what_betrays_it(project, pictures, visit, owner, width):
    known, asked = queue(project, pictures[:2])
    hear(known, "good")
    QueueItem.objects.filter(pk=asked.pk).update(
        strategy="look-alike", slot="look-alike", neighbour=known.sample, reason="It looks like one of those."
    )
    page = visit(owner, "/queue", viewport={"width": width, "height": 900})
    expect(page.get_by_test_id("neighbour")).to_have_text(f"Compare with {known.sample.name}, labeled good")
    page.get_by_role("button", name=f"Open {asked.sample.name}").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_test_id("neighbour").get_by_role("img")).to_be_visible()
    expect(drawer.get_by_role("link", name=known.sample.name)).to_be_visible()
