"""What a person does: looks at the queue, follows a sample into Label Studio, labels it, and sees it paid."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from heedful.demo.cells import GOOD
from tests.stack.loops import start_loop

pytestmark = [pytest.mark.services, pytest.mark.browser, pytest.mark.timeout(600)]

PATIENCE_MS = 60_000


@pytest.fixture
def loop(heedful):
    """A project whose first samples wait for a person, who is an expert of it; nobody is simulated."""
    loop = start_loop(heedful, "by hand", good=30, defective=10, gold_size=6)
    [experts] = heedful.get(f"/projects/{loop.id}/people")["tiers"]
    person = {"email": heedful.credentials.label_studio_email, "tier_id": experts["id"]}
    heedful.post(f"/projects/{loop.id}/annotators", person)
    loop.until(lambda now: now["next_step"]["code"] == "labeling_gold")
    return loop


@pytest.fixture
def page(chromium):
    with chromium.new_context(viewport={"width": 1440, "height": 900}) as context:
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        yield context.new_page()


def log_in(page: Page, loop) -> None:
    own = loop.heedful.credentials
    page.goto(f"{loop.heedful.url}/projects/{loop.id}")
    page.get_by_label("E-mail").fill(own.admin_email)
    page.get_by_label("Password", exact=True).fill(own.admin_password)
    page.get_by_role("button", name="Log in").click()


def log_in_to_label_studio(there: Page, loop) -> None:
    own = loop.heedful.credentials
    there.locator("input[name=email]").fill(own.label_studio_email)
    there.locator("input[name=password]").fill(own.label_studio_password)
    there.locator("input[name=password]").press("Enter")


def opacity_of(page: Page) -> float:
    return float(page.get_by_test_id("heat").first.evaluate("image => getComputedStyle(image).opacity"))


def is_drawn(there: Page, picture: str) -> bool:
    """Whether it is on the page, and its file came."""
    image = there.get_by_alt_text(picture)
    expect(image).to_be_visible()
    return bool(image.evaluate("image => image.decode().then(() => image.naturalWidth > 0)"))


def test_a_person_labels_a_queued_sample_and_sees_it_charged(page, loop):
    log_in(page, loop)
    expect(page.get_by_test_id("queue-item")).to_have_count(6)

    slider = page.get_by_role("slider", name="Heatmap opacity")
    slider.press("Home")
    assert opacity_of(page) == 0
    slider.press("End")
    page.wait_for_function("getComputedStyle(document.querySelector('[data-testid=heat]')).opacity > 0.9")

    spent = page.get_by_test_id("budget-spent")
    before = spent.inner_text()
    with page.expect_popup() as opened:
        page.get_by_test_id("queue-item").first.get_by_role("link", name="Label in Label Studio").click()
    there = opened.value
    log_in_to_label_studio(there, loop)
    assert is_drawn(there, "The picture to label")
    expect(there.get_by_alt_text("What the model looked at")).to_be_hidden()
    there.get_by_text("Show what the model looked at", exact=True).click()
    assert is_drawn(there, "What the model looked at")
    there.get_by_text(GOOD, exact=True).click()
    there.get_by_role("button", name="Submit").click()

    expect(spent).not_to_have_text(before)
    [answered] = loop.heedful.get(f"/projects/{loop.id}/queue?state=answered")["items"]
    assert answered["label"]["name"] == GOOD
    assert Decimal(answered["charged"]) > 0
    expect(page.locator("[data-testid=queue-item][data-state=answered]")).to_have_count(1)
