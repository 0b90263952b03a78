"""Where the money went: each way of grouping adds up to the ledger, and the burn-down to the budget."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from heedful.acquisition.models import QueryRound
from heedful.acquisition.services import fill_round, open_round
from heedful.budgets.rates import NewRate
from heedful.budgets.services import top_up
from heedful.labeling.inbox import delete_answers
from heedful.labeling.pricing import add_rate
from heedful.labeling.spending import By, burn_down, owed_answers, spend
from heedful.quality.services import settle_labels
from tests.factories import chosen, hear, make_project, queue, tier_of


def today_is(monkeypatch, day: int) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 3, day, 12, tzinfo=UTC))


@pytest.fixture
def project(monkeypatch, owner):
    today_is(monkeypatch, 2)
    return make_project(owner=owner)


@pytest.fixture
def spent(monkeypatch, project, pool):
    """2 March: three experts' answers are asked, two come, one of them slow. 4 March: one is deleted, the budget grows,
    and a cheaper tier is asked twice; one of its answers is given by an expert."""
    add_rate(project_id=project.pk, tier_id=tier_of(project, "expert").pk, new=NewRate("hourly", Decimal(100)))
    items = queue(project, pool[:3])
    hear(items[0], "good", lead_time=36)
    hear(items[1], "defective", lead_time=72)
    today_is(monkeypatch, 4)
    delete_answers(project_id=project.pk, external_ids=[items[0].pk], settle=settle_labels)
    hear(items[2], None)
    top_up(project_id=project.pk, amount=Decimal(20))
    weak = tier_of(project, "weak", amount=Decimal("0.1"))
    cheap = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=3, model_number=None)
    choices = [chosen(one, tier_id=weak.pk) for one in pool[3:6]]
    fill_round(round_id=cheap.pk, strategy="by hand", choices=choices)
    first, second, _ = cheap.items.order_by("rank")
    hear(first, "good", tier="weak", person=2)
    hear(second, "defective", person=1, lead_time=3)


@pytest.mark.usefixtures("spent")
@pytest.mark.parametrize("by", list(By))
def test_the_groups_add_up_to_the_ledger(project, by):
    groups, ledger = spend(project_id=project.pk, by=by), project.ledger.totals("spent", "owed", "labels", "paid_ms")
    assert sum(group.spent for group in groups) == ledger["spent"] > 0
    assert sum(group.owed for group in groups) == ledger["owed"] > 0
    assert sum(group.labels for group in groups) == ledger["labels"]
    assert sum(group.seconds for group in groups) == ledger["paid_ms"] / 1000


@pytest.mark.usefixtures("spent")
@pytest.mark.parametrize("by", [By.TIER, By.STRATEGY, By.ROUND])
def test_what_is_held_adds_up_where_it_belongs_to_a_group(project, by):
    assert sum(group.held for group in spend(project_id=project.pk, by=by)) == project.ledger.total("held") > 0


@pytest.mark.usefixtures("spent")
def test_spending_is_of_the_tier_that_answered_and_reservations_of_the_tier_asked(project):
    experts, weak = spend(project_id=project.pk, by=By.TIER)
    assert (experts.name, experts.spent, experts.owed, experts.held) == ("expert", Decimal("1.5833"), Decimal("0.5"), 0)
    assert (weak.name, weak.spent, weak.owed, weak.held) == ("weak", Decimal("0.1"), 0, Decimal("0.1"))


@pytest.mark.usefixtures("spent")
def test_the_burn_down_has_a_point_for_each_day_and_ends_at_the_budget(project):
    second, fourth = burn_down(project.pk)
    assert (second.day, second.limit, second.spent, second.reserved, second.labels) == (
        *(date(2026, 3, 2), 100, Decimal("2.5"), 1, 2),
    )
    project.budget.refresh_from_db()
    budget = project.budget
    assert (fourth.limit, fourth.spent, fourth.reserved) == (budget.limit, budget.spent, budget.reserved)
    assert (fourth.day, fourth.limit, fourth.labels) == (date(2026, 3, 4), 120, 3)


@pytest.mark.usefixtures("spent")
def test_what_is_owed_says_how_much_and_why(project):
    (answer,) = owed_answers(project.pk)
    assert (answer.paid, answer.owed) == (Decimal("1.5"), Decimal("0.5"))
    assert answer.owed_because == "0.50 USD beyond its reservation and 50% more"
