"""A plan is shown and changed before its money is reserved."""

from decimal import Decimal

import pytest

from heedful.accounts.models import AuditEntry
from heedful.acquisition.models import QueryRound, QueueItem
from heedful.acquisition.plans import approve_plan, change_planned, drop_planned
from heedful.acquisition.services import fill_round, open_round
from heedful.budgets.limits import freeze
from heedful.budgets.services import lower
from heedful.core.errors import BudgetFrozen, Conflict, InvalidInput
from heedful.jobs.models import Job
from heedful.notifications.models import Notification
from heedful.projects.models import Project
from tests.factories import chosen, know, make_pool, tier_of


@pytest.fixture
def planned(project):
    """A round of three samples at 1.00 each that waits for approval."""
    Project.objects.filter(pk=project.pk).update(plan_approval=True)
    samples = make_pool(project, size=6)
    opened = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=3, model_number=None)
    fill_round(round_id=opened.pk, strategy="by hand", choices=[chosen(one) for one in samples[:3]])
    opened.refresh_from_db()
    return opened


def test_a_plan_holds_no_money_until_it_is_approved(project, planned, owner):
    assert (planned.state, project.ledger.total("held")) == ("planned", 0)
    assert Notification.objects.get(kind="round_needs_approval").sentence.endswith("3.00 USD wait for your approval.")

    approve_plan(project_id=project.pk, by=owner)

    assert project.ledger.total("held") == Decimal(3)
    assert Job.objects.filter(kind=Job.Kind.EXPLAIN_ROUND).exists()
    assert AuditEntry.objects.get(action="plan").after == {"expert": {"answers": 3, "price": "3.0000"}}


def test_without_approval_the_money_is_reserved_at_once(project):
    samples = make_pool(project, size=6)
    opened = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=3, model_number=None)
    fill_round(round_id=opened.pk, strategy="by hand", choices=[chosen(one) for one in samples[:3]])
    assert project.ledger.total("held") == Decimal(3)


def test_a_manager_gives_an_item_to_another_tier_and_to_several(project, planned, owner):
    weak = tier_of(project, "weak")
    for person in (11, 12):
        know(project, person, "weak")
    item = planned.items.get(rank=1)

    change_planned(project_id=project.pk, item_id=item.pk, tier_id=weak.pk, answers=2, by=owner)
    approve_plan(project_id=project.pk, by=owner)

    assert item.ledger.total("held") == Decimal("0.2")
    with pytest.raises(Conflict):
        approve_plan(project_id=project.pk, by=owner)


def test_an_item_is_given_to_no_more_people_than_there_are(project, planned, owner):
    item = planned.items.get(rank=1)
    with pytest.raises(InvalidInput) as refused:
        change_planned(project_id=project.pk, item_id=item.pk, tier_id=item.tier_id, answers=2, by=owner)
    assert refused.value.field == "answers"


def test_what_the_budget_no_longer_buys_is_left_out(project, planned, owner):
    lower(project_id=project.pk, amount=Decimal(98))
    approved = approve_plan(project_id=project.pk, by=owner)
    assert (approved.size, approved.items.count()) == (2, 2)


def test_a_frozen_budget_approves_nothing(project, planned, owner):
    freeze(project_id=project.pk)
    with pytest.raises(BudgetFrozen):
        approve_plan(project_id=project.pk, by=owner)
    assert planned.items.filter(state=QueueItem.State.PLANNED).count() == 3


def test_an_item_is_dropped_but_not_the_last(project, planned, owner):
    first, second, last = planned.items.order_by("rank")
    for item in (first, second):
        drop_planned(project_id=project.pk, item_id=item.pk, by=owner)
    with pytest.raises(Conflict):
        drop_planned(project_id=project.pk, item_id=last.pk, by=owner)
    planned.refresh_from_db()
    assert planned.size == 1
