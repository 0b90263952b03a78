"""What may be spent: allowances and their periods, overruns and who decides, freezing, alerts, and money set free."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from heedful.acquisition.models import QueueItem
from heedful.acquisition.services import expire_items, outbid
from heedful.budgets.charges import approve
from heedful.budgets.limits import change_rules, freeze, set_allowance, thresholds_passed, unfreeze
from heedful.budgets.models import Allowance
from heedful.budgets.rates import NewRate, rate_at
from heedful.budgets.services import lower, top_up
from heedful.core.errors import BudgetExhausted, BudgetFrozen, InvalidInput, NothingOwed
from heedful.labeling.models import Annotation
from heedful.labeling.pricing import add_rate, waive
from tests.factories import hear, know, queue, tier_of

DAY, WEEK, MONTH, TOTAL = Allowance.Period.DAY, Allowance.Period.WEEK, Allowance.Period.MONTH, Allowance.Period.TOTAL


@pytest.fixture
def hourly(project):
    """An expected 36 s cost $1, the cap of 120 s $3.33."""
    add_rate(project_id=project.pk, tier_id=tier_of(project, "expert").pk, new=NewRate("hourly", Decimal(100)))


def books(project) -> tuple[Decimal, Decimal, Decimal]:
    """(reserved, spent, owed)"""
    project.budget.refresh_from_db()
    return project.budget.reserved, project.budget.spent, project.ledger.total("owed")


def today_is(monkeypatch, month: int, day: int) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, month, day, 12, tzinfo=UTC))


def decide(project, decision) -> Decimal:
    return decision(project_id=project.pk, annotation_id=Annotation.objects.get().pk, by=None)


@pytest.mark.parametrize(("period", "later"), [(DAY, (3, 5)), (WEEK, (3, 9)), (MONTH, (4, 1))])
def test_an_allowance_gives_room_again_in_its_next_period(monkeypatch, project, pool, period, later):
    today_is(monkeypatch, 3, 4)
    set_allowance(project_id=project.pk, period=period, limit=Decimal(2))
    for item in queue(project, pool[:2]):
        hear(item, "good")
    with pytest.raises(BudgetExhausted):
        queue(project, pool[2:3])
    today_is(monkeypatch, *later)
    assert len(queue(project, pool[2:5])) == 2


def test_a_tiers_allowance_leaves_the_others_alone(project, pool):
    set_allowance(project_id=project.pk, tier_id=tier_of(project, "weak").pk, period=TOTAL, limit=Decimal(0))
    assert len(queue(project, pool[:3])) == 3


def test_what_passes_an_annotators_allowance_is_owed(project, pool):
    set_allowance(project_id=project.pk, annotator_id=know(project).pk, period=DAY, limit=Decimal("0.4"))
    hear(queue(project, pool[:1])[0], "good")
    assert books(project) == (0, Decimal("0.4"), Decimal("0.6"))


def test_an_allowance_is_not_set_below_what_is_used(project, pool):
    queue(project, pool[:3])
    with pytest.raises(InvalidInput, match="spent or reserved already"):
        set_allowance(project_id=project.pk, period=DAY, limit=Decimal(2))


@pytest.mark.usefixtures("hourly")
def test_an_overrun_within_the_rule_is_paid_at_once(project, pool):
    hear(queue(project, pool[:1])[0], "good", lead_time=54)
    assert books(project) == (0, Decimal("1.5"), 0)


@pytest.mark.usefixtures("hourly")
def test_an_overrun_beyond_the_rule_is_owed_until_it_is_approved(project, pool):
    hear(queue(project, pool[:1])[0], "good", lead_time=72)
    assert books(project) == (0, Decimal("1.5"), Decimal("0.5"))
    assert decide(project, approve) == Decimal("0.5")
    assert books(project) == (0, 2, 0)


@pytest.mark.usefixtures("hourly")
def test_what_is_waived_is_never_due_again(project, pool):
    item = queue(project, pool[:1])[0]
    hear(item, "good", lead_time=72)
    decide(project, waive)
    hear(item, "defective", lead_time=72, minutes=1)
    assert books(project) == (0, Decimal("1.5"), 0)


@pytest.mark.usefixtures("hourly")
@pytest.mark.parametrize("decision", [approve, waive])
def test_what_is_owed_is_decided_once(project, pool, decision):
    hear(queue(project, pool[:1])[0], "good", lead_time=72)
    decide(project, decision)
    with pytest.raises(NothingOwed):
        decide(project, decision)


@pytest.mark.usefixtures("hourly")
def test_not_even_a_manager_approves_beyond_the_budget(project, pool):
    hear(queue(project, pool[:1])[0], "good", lead_time=72)
    lower(project_id=project.pk, amount=Decimal("98.4"))
    with pytest.raises(BudgetExhausted, match=r"0\.50 USD are owed, and 0\.10 USD"):
        decide(project, approve)


@pytest.mark.usefixtures("hourly")
def test_a_rule_of_no_overrun_pays_the_reservation_alone(project, pool):
    change_rules(project_id=project.pk, overrun_share=0)
    hear(queue(project, pool[:1])[0], "good", lead_time=40)
    assert books(project) == (0, 1, Decimal("0.1111"))


@pytest.mark.usefixtures("hourly")
def test_a_frozen_budget_pays_what_is_reserved_and_no_more(project, pool):
    item = queue(project, pool[:1])[0]
    freeze(project_id=project.pk)
    hear(item, "good", lead_time=54)
    assert books(project) == (0, 1, Decimal("0.5"))
    with pytest.raises(BudgetFrozen):
        queue(project, pool[1:2])
    unfreeze(project_id=project.pk)
    assert queue(project, pool[1:2])


def test_each_threshold_is_passed_once(project, pool):
    lower(project_id=project.pk, amount=Decimal(90))
    told = []
    for item in queue(project, pool[:10]):
        hear(item, "good")
        told.append(thresholds_passed(project.pk))
    assert told == [[], [], [], [], [50], [], [], [80], [], [100]]
    assert thresholds_passed(project.pk) == []


def test_a_higher_limit_has_its_thresholds_before_it_again(project, pool):
    lower(project_id=project.pk, amount=Decimal(98))
    for item in queue(project, pool[:2]):
        hear(item, "good")
    assert thresholds_passed(project.pk) == [50, 80, 100]
    top_up(project_id=project.pk, amount=Decimal(1))
    assert thresholds_passed(project.pk) == [50]


def test_a_new_rate_leaves_past_charges_as_they_were(project, pool):
    first, second = queue(project, pool[:2])
    hear(first, "good")
    add_rate(project_id=project.pk, tier_id=tier_of(project, "expert").pk, new=NewRate("per_label", Decimal("1.2")))
    hear(first, "defective", minutes=1)
    assert books(project) == (1, 1, 0)
    hear(second, "good", minutes=1)
    assert books(project) == (0, Decimal("2.2"), 0)


def test_an_annotators_own_rate_goes_before_their_tiers_from_its_day_on(project):
    ada, now = know(project), timezone.now()
    own = add_rate(
        project_id=project.pk,
        annotator_id=ada.pk,
        new=NewRate("per_label", Decimal(3), effective_from=now + timedelta(days=1)),
    )
    assert rate_at(tier_id=ada.tier_id, annotator_id=ada.pk, at=now).tier == ada.tier
    assert rate_at(tier_id=ada.tier_id, annotator_id=ada.pk, at=now + timedelta(days=2)) == own


def test_what_expires_frees_its_money(project, pool):
    queue(project, pool[:3])
    assert expire_items(now=timezone.now()) == 0
    assert expire_items(now=timezone.now() + timedelta(days=365)) == 3
    assert (books(project), set(QueueItem.objects.values_list("ended_because", flat=True))) == ((0, 0, 0), {"expired"})


def test_what_is_outbid_frees_its_money_and_the_rest_stays(project, pool):
    best, *others = queue(project, pool[:3])
    assert outbid(round_id=best.round_id, keep=[best.pk]) == [item.pk for item in others]
    assert books(project) == (1, 0, 0)
