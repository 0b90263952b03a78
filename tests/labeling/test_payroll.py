"""A scripted month whose payroll was worked out by hand, and the way from each sum back to who answered what."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from heedful.budgets.charges import approve
from heedful.budgets.models import LedgerEntry
from heedful.budgets.rates import NewRate
from heedful.labeling.audit import audit
from heedful.labeling.inbox import delete_answers
from heedful.labeling.models import Annotation, Annotator
from heedful.labeling.pricing import add_rate
from heedful.quality.services import settle_labels
from tests.factories import hear, know, make_pool, queue, tier_of

ADA, BO, CY = 1, 2, 3
MINUTES_A_DAY = 24 * 60

# Ada, expert: $90 an hour, of which 120 s are the most that is paid; $108 from the 15th on.
#   5 March   item 0   36 s                        36 x 90 / 3600  = 0.90
#   6 March   item 1  300 s, cut to 120 s         120 x 90 / 3600  = 3.00, of which 1.35 are paid: the reservation of
#                                                 0.90 and half as much again; 1.65 are owed, approved on 20 March
#   7 March   item 2   40 s                        40 x 90 / 3600  = 1.00, deleted on 8 March: 0
#   16 March  item 3   45 s                        45 x 108 / 3600 = 1.35
#   14 March  item 4   20 s, told on 16 March      20 x 90 / 3600  = 0.50, at the rate of its day
#   2 April   item 0 is edited: 44 s now           44 x 90 / 3600  = 1.10, so 0.20 more, in April
# Bo, expert with an own rate of $72 an hour:
#   10 March  item 5   60 s                        60 x 72 / 3600  = 1.20
#   11 March  item 6   skipped: 0
# Cy, weak at $0.15 a label:
#   12 and 13 March   items 7, 8 for 10 and 12 s   2 x 0.15        = 0.30
HEAD = "annotator_id,annotator,tier,first_day,last_day,labels,minutes_paid,rate,rate_kind,amount,currency\r\n"
MARCH = """\
{ada},Label Studio user 1,expert,2026-03-01,2026-03-31,1,0.7500,108.0000,hourly,1.3500,USD
{ada},Label Studio user 1,expert,2026-03-01,2026-03-31,3,2.9333,90.0000,hourly,4.4000,USD
{bo},Label Studio user 2,expert,2026-03-01,2026-03-31,1,1.0000,72.0000,hourly,1.2000,USD
{cy},Label Studio user 3,weak,2026-03-01,2026-03-31,2,0.3667,0.1500,per_label,0.3000,USD
"""
APRIL = """\
{ada},Label Studio user 1,expert,2026-04-01,2026-04-30,0,0.1333,90.0000,hourly,0.2000,USD
"""


@pytest.fixture
def on(monkeypatch) -> Callable[[int, int], None]:
    """Sets the day: noon UTC."""

    def set_to(month: int, day: int) -> None:
        monkeypatch.setattr(timezone, "now", lambda: datetime(2026, month, day, 12, tzinfo=UTC))

    return set_to


@pytest.fixture
def people(project, on) -> dict[str, Annotator]:
    """The month as it went."""
    on(3, 1)
    tiers = {"expert": tier_of(project, "expert"), "weak": tier_of(project, "weak", amount=Decimal("0.15"))}
    add_rate(project_id=project.pk, tier_id=tiers["expert"].pk, new=NewRate("hourly", Decimal(90)))
    ada, bo, cy = know(project, ADA), know(project, BO), know(project, CY, "weak")
    add_rate(project_id=project.pk, annotator_id=bo.pk, new=NewRate("hourly", Decimal(72)))
    items = queue(project, make_pool(project, size=9))

    def answer(day: int, place: int, seconds: float, *, person: int = ADA, choice: str | None = "good") -> None:
        on(3, day)
        hear(items[place], choice, tier=None, lead_time=seconds, person=person)

    answer(5, 0, 36)
    answer(6, 1, 300)
    answer(7, 2, 40)
    on(3, 8)
    delete_answers(project_id=project.pk, external_ids=[items[2].pk], settle=settle_labels)
    answer(10, 5, 60, person=BO)
    answer(11, 6, 15, person=BO, choice=None)
    answer(12, 7, 10, person=CY)
    answer(13, 8, 12, person=CY)
    on(3, 15)
    add_rate(project_id=project.pk, tier_id=tiers["expert"].pk, new=NewRate("hourly", Decimal(108)))
    answer(16, 3, 45)
    hear(items[4], "good", tier=None, lead_time=20, person=ADA, minutes=-2 * MINUTES_A_DAY)
    on(3, 20)
    approve(project_id=project.pk, annotation_id=Annotation.objects.get(item=items[1]).pk, by=None)
    on(4, 2)
    hear(items[0], "defective", tier=None, lead_time=44, person=ADA)
    return {"ada": ada, "bo": bo, "cy": cy}


def fetch(browser, project, what: str, first_day: str, last_day: str) -> str:
    response = browser.get(f"/api/projects/{project.pk}/{what}.csv?from={first_day}&to={last_day}")
    return b"".join(response).decode()


def by_hand(rows: str, people: dict[str, Annotator]) -> str:
    return HEAD + rows.format(**{name: one.pk for name, one in people.items()}).replace("\n", "\r\n")


def test_the_payroll_of_a_month_is_what_it_comes_to_by_hand(browser, project, people):
    assert fetch(browser, project, "payroll", "2026-03-01", "2026-03-31") == by_hand(MARCH, people)


def test_an_edit_after_the_month_is_paid_in_its_own_and_leaves_the_past_alone(browser, project, people):
    assert fetch(browser, project, "payroll", "2026-04-01", "2026-04-30") == by_hand(APRIL, people)


def test_each_sum_of_the_payroll_is_that_of_entries_and_their_annotations(browser, project, people):
    sums: dict[tuple[str, ...], list[Decimal]] = {}
    for line in table(fetch(browser, project, "payroll-lines", "2026-03-01", "2026-03-31")):
        entry = LedgerEntry.objects.get(pk=line["entry"])
        annotation = Annotation.objects.get(pk=line["annotation"])
        assert (entry.annotation, entry.spent, entry.labels) == (
            annotation,
            Decimal(line["amount"]),
            int(line["labels"]),
        )
        assert (annotation.annotator_id, annotation.rate.amount) == (int(line["annotator_id"]), Decimal(line["rate"]))
        assert annotation.sample.name == line["sample"]
        sum_ = sums.setdefault(tuple(line[name] for name in ("annotator", "tier", "rate")), [Decimal(), Decimal()])
        sum_[0] += Decimal(line["amount"])
        sum_[1] += int(line["labels"])
    rows = table(fetch(browser, project, "payroll", "2026-03-01", "2026-03-31"))
    assert sums == {
        (row["annotator"], row["tier"], row["rate"]): [Decimal(row["amount"]), Decimal(row["labels"])] for row in rows
    }


def test_what_is_on_the_payroll_is_what_was_spent(browser, project, people):
    project.budget.refresh_from_db()
    rows = table(fetch(browser, project, "payroll", "2026-01-01", "2026-12-31"))
    assert sum(Decimal(row["amount"]) for row in rows) == project.budget.spent == Decimal("7.45")
    assert audit(project.pk).differences == []


def test_the_last_day_is_not_before_the_first(browser, project):
    response = browser.get(f"/api/projects/{project.pk}/payroll.csv?from=2026-03-31&to=2026-03-01")
    assert (response.status_code, response.json()["field"]) == (422, "to")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))
