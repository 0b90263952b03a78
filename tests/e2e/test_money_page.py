"""What a manager does about money on its page, and that whoever may only look finds nothing to do there."""

import csv
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from heedful.budgets.models import Allowance
from heedful.budgets.rates import NewRate
from heedful.labeling.pricing import add_rate
from tests.accounts.people import member
from tests.factories import hear, queue, tier_of

pytestmark = pytest.mark.browser


@pytest.fixture
def owing(project, pictures):
    """Two answers that took six minutes where two were held and the overrun allows little: each is owed the rest."""
    add_rate(
        project_id=project.pk,
        tier_id=tier_of(project, "expert").pk,
        new=NewRate(kind="hourly", amount=Decimal(60), expected_seconds=60, cap_seconds=600),
    )
    for item in queue(project, pictures[:2]):
        hear(item, "good", lead_time=360.0)
    return project


@pytest.fixture
def money(visit, owner):
    return lambda part="": visit(owner, f"/money{part}")


def choose(page: Page, field: str, option: str) -> None:
    page.get_by_role("combobox", name=field).click()
    page.get_by_role("option", name=option).click()


def test_a_top_up_raises_the_limit_and_its_reason_stands_in_the_ledger(money, project, pictures):
    page = money()
    page.get_by_role("button", name="Top up…").click()
    page.get_by_label("Raise the limit by (USD)").fill("50")
    page.get_by_label("Why").fill("a second year")
    page.get_by_role("button", name="Top up the budget").click()
    expect(page.get_by_role("heading", name="Budget $150")).to_be_visible()
    page.get_by_role("tab", name="Ledger").click()
    expect(page.get_by_text("a second year")).to_be_visible()
    project.budget.refresh_from_db()
    assert project.budget.limit == 150


def test_a_frozen_budget_says_so_until_somebody_unfreezes_it(money, project, pictures):
    page = money()
    page.get_by_role("button", name="Freeze…").click()
    page.get_by_role("button", name="Freeze the budget").click()
    expect(page.get_by_text("frozen", exact=True)).to_be_visible()
    page.get_by_role("button", name="Unfreeze").click()
    expect(page.get_by_role("button", name="Freeze…")).to_be_visible()
    project.budget.refresh_from_db()
    assert not project.budget.frozen


def test_a_rate_may_begin_at_a_later_time(money, project, pictures):
    begins = timezone.now() + timedelta(days=3)
    page = money("?part=rates")
    page.get_by_role("button", name="Add a rate…").click()
    choose(page, "Whose", "expert")
    page.get_by_text("By the label").click()
    page.get_by_label("Amount a label (USD)").fill("2.50")
    page.get_by_label("From (your time)").fill(f"{begins:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Add the rate").click()
    expect(page.get_by_role("row").filter(has_text="2.50")).to_be_visible()
    added = tier_of(project, "expert").rates.get(amount=Decimal("2.5"))
    assert added.effective_from > timezone.now()


def test_a_limit_is_set_beside_the_budgets_own(money, project, pictures):
    page = money("?part=rates")
    page.get_by_role("button", name="Set a limit…").click()
    page.get_by_label("At most (USD)").fill("20")
    page.get_by_role("button", name="Set the limit").click()
    expect(page.get_by_role("row").filter(has_text="The project").filter(has_text="$20.00").first).to_be_visible()
    assert Allowance.objects.get(project=project).limit == 20


def test_what_is_owed_is_approved_or_waived_one_by_one(owing, money):
    page = money("?part=owed")
    rows = page.get_by_test_id("owed-answer")
    expect(rows).to_have_count(2)
    rows.first.get_by_role("button", name="Approve…").click()
    page.get_by_role("button", name="Approve and charge").click()
    expect(rows).to_have_count(1)
    rows.first.get_by_role("button", name="Waive…").click()
    page.get_by_role("button", name="Waive $").click()
    expect(page.get_by_text("Every answer was paid in full")).to_be_visible()
    assert owing.ledger.total("owed") == 0
    assert owing.ledger.total("spent") > 6


def test_the_payroll_is_a_csv_of_who_is_paid_what(owing, money):
    page = money("?part=payroll")
    with page.expect_download() as started:
        page.get_by_role("link", name="Payroll CSV").click()
    with started.value.path().open() as file:
        [row] = csv.DictReader(file)
    assert row["labels"] == "2"
    assert Decimal(row["amount"]) == owing.ledger.total("spent")


def test_the_spend_table_sums_what_the_ledger_holds(owing, money):
    page = money("?part=spending&spend=table")
    spent = f"${owing.ledger.total('spent'):.2f}"
    expect(page.get_by_role("row").filter(has_text="All").get_by_text(spent)).to_be_visible()


@pytest.mark.parametrize("part", ["spending", "rates", "owed"])
def test_a_viewer_finds_no_button_that_changes_anything(owing, visit, part):
    page = visit(member(owing, "viewer"), f"/money?part={part}")
    expect(page.get_by_role("tab", selected=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    changing = ("Top up…", "Lower…", "Freeze…", "Rules…", "Add a rate…", "Set a limit…", "Approve…", "Waive…")
    for name in changing:
        expect(page.get_by_role("button", name=name)).to_have_count(0)
