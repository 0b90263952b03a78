"""The rules that start training, on their page: added, tried on history, changed, switched off, deleted."""

import pytest
from playwright.sync_api import Page, expect

from heedful.triggers.models import RetrainRule
from heedful.triggers.services import evaluate_rules
from tests.accounts.people import member
from tests.training import finished, label, rule

pytestmark = pytest.mark.browser


@pytest.fixture
def lived(ready):
    """A dozen labels and three runs that a rule of four labels has started."""
    rule(ready, "label_count", labels=4)
    cost = 1.0
    for _ in range(6):
        label(ready, "good", "good")
        if run := evaluate_rules(ready):
            finished(run, cost=cost, seconds=0.02)
            cost *= 0.9
    return ready


@pytest.fixture
def triggers(visit, owner):
    return lambda: visit(owner, "/triggers")


def choose(page: Page, field: str, option: str) -> None:
    page.get_by_role("combobox", name=field, exact=True).click()
    page.get_by_role("option", name=option).click()


def rows(page: Page):
    return page.get_by_role("list", name="Rules").get_by_role("listitem")


def test_a_project_without_rules_says_what_one_is_for_and_offers_it(ready, triggers):
    page = triggers()
    expect(page.get_by_text("No rule starts training")).to_be_visible()
    page.get_by_role("button", name="Add a rule…").click()
    choose(page, "When", "Money spent on labels")
    page.get_by_label("Spent since the last run (USD)").fill("25")
    page.get_by_role("button", name="Add the rule").click()
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("7.00 USD of 25.00 USD spent on labels")
    assert RetrainRule.objects.get(project=ready).parameters == {"amount": 25.0}


def test_a_rule_shows_how_far_it_is_and_is_changed_switched_off_and_deleted(lived, triggers):
    page = triggers()
    expect(rows(page)).to_contain_text("fired 3 times")
    expect(rows(page)).to_contain_text("2 of 4 new labels")
    page.get_by_role("button", name="Change 4 new labels").click()
    page.get_by_label("New labels", exact=True).fill("0")
    page.get_by_role("button", name="Change the rule").click()
    expect(page.get_by_text("Enter a whole number from 1 to 1,000,000.")).to_be_visible()
    page.get_by_label("New labels", exact=True).fill("50")
    choose(page, "Starts", "Deep")
    page.get_by_role("button", name="Change the rule").click()
    expect(rows(page)).to_contain_text("14 of 50 new labels")
    expect(rows(page)).to_contain_text("deep run")
    page.get_by_role("switch", name="50 new labels: on").click(force=True)
    expect(rows(page).get_by_text("off", exact=True)).to_be_visible()
    page.get_by_role("button", name="Delete 50 new labels").click()
    page.get_by_role("button", name="Delete the rule").click()
    expect(page.get_by_text("No rule starts training")).to_be_visible()
    assert not lived.rules.exists()
    expect(page.get_by_test_id("firing")).to_have_count(3)


def test_a_change_is_tried_on_history_before_it_is_saved(lived, triggers):
    page = triggers()
    page.get_by_role("button", name="Change 4 new labels").click()
    page.get_by_label("New labels", exact=True).fill("7")
    page.get_by_role("button", name="When would it have fired?").click()
    expect(page.get_by_text("These rules would have fired 2 times. Really rules have fired 3 times.")).to_be_visible()
    expect(page.get_by_test_id("would-fire")).to_have_count(2)
    expect(page.get_by_test_id("would-fire").first).to_contain_text("7 new labels (rule: 7 new labels)")
    assert lived.rules.get().parameters == {"labels": 4}


def test_the_dry_run_of_the_rules_as_they_are_agrees_with_the_log(lived, triggers):
    page = triggers()
    expect(page.get_by_test_id("firing")).to_have_count(3)
    page.get_by_role("button", name="Dry run…").click()
    expect(page.get_by_test_id("would-fire")).to_have_count(3)
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the dry run as CSV").click()
    lines = started.value.path().read_text().splitlines()
    assert [line.split(",")[2] for line in lines] == ["labels", "4", "8", "12"]


def test_the_panel_is_worked_with_the_keyboard(ready, triggers):
    page = triggers()
    page.get_by_role("button", name="Add a rule…").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="When", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("33")
    page.keyboard.press("Enter")
    expect(rows(page)).to_contain_text("2 of")
    assert RetrainRule.objects.filter(project=ready).count() == 1


def test_a_viewer_sees_the_rules_and_may_try_them_but_not_change_them(lived, visit):
    page = visit(member(lived, "viewer"), "/triggers")
    expect(rows(page)).to_have_count(1)
    page.get_by_role("button", name="Dry run…").click()
    expect(page.get_by_test_id("would-fire")).to_have_count(3)
    for name in ("Add a rule…", "Change 4 new labels", "Delete 4 new labels"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
