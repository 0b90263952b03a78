"""What is told and kept: the bell, webhooks and the trail of changes; and the settings that a manager saves."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from heedful.budgets.services import top_up
from heedful.notifications.models import WebhookEndpoint
from tests.notifications.telling import tell

pytestmark = pytest.mark.browser


def test_the_bell_counts_what_is_unread(project, pictures, visit, owner):
    tell(project, key="ann")
    tell(project, key="bob", sentence="Bob is paused.")
    page = visit(owner)
    page.get_by_role("button", name="Notifications, 2 unread").click()
    expect(page.get_by_text("Bob is paused.")).to_be_visible()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()


def test_the_secret_of_a_webhook_is_shown_once(project, pictures, visit, owner):
    page = visit(owner, "/notifications")
    page.get_by_label("Address").fill("https://93.184.215.14/heedful")
    page.get_by_role("button", name="Add a webhook").click()
    secret = page.get_by_test_id("webhook-secret").inner_text()
    assert WebhookEndpoint.objects.get(project=project).secret == secret
    page.reload()
    expect(page.get_by_text("https://93.184.215.14/heedful").first).to_be_visible()
    expect(page.get_by_text(secret)).to_have_count(0)


def test_a_change_stands_in_the_activity_with_who_made_it(project, pictures, visit, owner):
    top_up(project_id=project.pk, amount=Decimal(50), by=owner)
    page = visit(owner, "/activity")
    expect(page.get_by_test_id("activity").filter(has_text=owner.email).filter(has_text="150").first).to_be_visible()


def test_settings_are_saved_and_hold(project, pictures, visit, owner):
    page = visit(owner, "/settings")
    page.get_by_label("Samples a round").fill("25")
    page.get_by_label("Share of a round").fill("8")
    page.get_by_role("button", name="Save the settings").click()
    expect(page.get_by_text("The settings hold from the next round on.")).to_be_visible()
    project.refresh_from_db()
    assert (project.round_size, project.honeypot_share) == (25, 0.08)


def test_a_setting_that_makes_no_sense_is_refused_at_its_field(project, pictures, visit, owner):
    page = visit(owner, "/settings")
    page.get_by_label("Share of the items").fill("150")
    page.get_by_role("button", name="Save the settings").click()
    expect(page.get_by_label("Share of the items")).to_have_attribute("aria-invalid", "true")
    project.refresh_from_db()
    assert project.blind_share < 1


def test_the_quality_page_says_what_is_missing_for_a_comparison(project, pictures, visit, owner):
    page = visit(owner, "/quality")
    expect(page.get_by_text("No two kinds of answers to compare yet")).to_be_visible()
