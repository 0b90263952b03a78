"""How somebody joins, is priced and is paused on the page of people."""

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from heedful.labeling.models import Annotator
from tests.factories import hear, know, queue, tier_of

pytestmark = pytest.mark.browser

ADA, STRONG = "ada@example.com", "a battery staple"


@pytest.fixture
def people(project, owner, visit):
    cache.clear()
    tier_of(project, "expert")
    return lambda: visit(owner, "/people")


def choose(page: Page, field: str, option: str) -> None:
    page.get_by_role("combobox", name=field).click()
    page.get_by_role("option", name=option).click()


def test_whoever_is_invited_follows_the_link_and_finds_their_queue(people, visit, pictures):
    page = people()
    page.get_by_label("E-mail").fill(ADA)
    choose(page, "Tier", "expert")
    page.get_by_role("button", name="Invite", exact=True).click()
    link = page.get_by_test_id("invitation-link").inner_text()

    ada = visit(None)
    ada.goto(link)
    ada.get_by_label("Your name").fill("Ada")
    ada.get_by_label("A new password").fill(STRONG)
    ada.get_by_role("button", name="Join the project").click()
    ada.get_by_role("link", name="Cells").click()

    expect(ada.get_by_role("link", name="My queue")).to_be_visible()
    expect(ada.get_by_text("Next for you")).to_be_visible()
    expect(ada.get_by_role("link", name="Money")).to_have_count(0)


def test_a_withdrawn_invitation_opens_nothing(people, visit):
    page = people()
    page.get_by_label("E-mail").fill(ADA)
    choose(page, "Tier", "expert")
    page.get_by_role("button", name="Invite", exact=True).click()
    link = page.get_by_test_id("invitation-link").inner_text()
    page.get_by_role("button", name=f"Withdraw the invitation of {ADA}").click()
    page.get_by_role("button", name="Withdraw the invitation", exact=True).click()
    expect(page.get_by_test_id("invitation")).to_have_count(0)

    ada = visit(None)
    ada.goto(link)

    expect(ada.get_by_text("This invitation cannot be used")).to_be_visible()


def test_whoever_answers_unknown_is_assigned_after_the_price_is_named(people, project, pictures):
    for item in queue(project, pictures[:2]):
        hear(item, "good", tier=None, person=7)
    page = people()
    row = page.get_by_test_id("unknown-annotator")
    row.get_by_role("combobox", name="Tier of").click()
    page.get_by_role("option", name="expert").click()
    expect(row.get_by_role("status")).to_contain_text("$2.00")
    row.get_by_role("button", name="Assign").click()
    expect(page.get_by_test_id("unknown-annotator")).to_have_count(0)
    assert project.ledger.total("spent") == 2


def test_a_paused_annotator_is_asked_nothing_until_resumed(people, project):
    annotator = know(project, 7)
    page = people()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    assert Annotator.objects.get(pk=annotator.pk).state == "paused"
