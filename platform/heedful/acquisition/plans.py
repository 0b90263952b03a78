"""A round's plan before its money is reserved: who is to answer what, how often, and what that comes to.

Where the project asks for approval the plan waits for a manager, who may change it; else it is reserved at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.acquisition.models import QueryRound, QueueItem
from heedful.acquisition.services import reserve_plan
from heedful.budgets import services as budgets
from heedful.budgets.rates import askable_tiers
from heedful.core.errors import Conflict, InvalidInput, NotFound
from heedful.core.money import ZERO


@dataclass(frozen=True, slots=True)
class PlannedTier:
    """What a plan asks of one tier."""

    tier: str
    samples: int
    answers: int
    price: Decimal


def planned_tiers(items: Iterable[QueueItem]) -> list[PlannedTier]:
    """Of items with their tier, in the order of the tiers."""
    sums: dict[int, PlannedTier] = {}
    for item in sorted(items, key=lambda one: one.tier_id):
        before = sums.get(item.tier_id, PlannedTier(str(item.tier), 0, 0, ZERO))
        sums[item.tier_id] = PlannedTier(
            tier=before.tier,
            samples=before.samples + 1,
            answers=before.answers + item.answers_wanted,
            price=before.price + item.price * item.answers_wanted,
        )
    return list(sums.values())


@transaction.atomic
def approve_plan(*, project_id: int, by: User) -> QueryRound:
    """Reserve the money of the planned round, and have it sent. What the budget no longer buys is left out.

    Raises Conflict while no plan waits, BudgetFrozen, or BudgetExhausted if nothing can be paid.
    """
    budgets.lock(project_id)
    planned = _planned_round(project_id)
    budgets.check_may_reserve(project_id)
    items = list(planned.items.select_related("tier"))
    reserve_plan(planned)
    record(
        project_id=project_id,
        by=by,
        action=AuditEntry.Action.PLAN,
        subject=f"round {planned.number} approved",
        after={one.tier: {"answers": one.answers, "price": one.price} for one in planned_tiers(items)},
    )
    planned.refresh_from_db()
    return planned


@transaction.atomic
def change_planned(*, project_id: int, item_id: int, tier_id: int, answers: int, by: User) -> QueueItem:
    """Have another tier, or more or fewer of its people, answer a planned item. Raises InvalidInput, NotFound."""
    budgets.lock(project_id)
    item = _planned_item(project_id, item_id)
    tiers = {tier.tier_id: tier for tier in askable_tiers(project_id)}
    if tier_id not in tiers:
        raise InvalidInput("That tier has no rate, or nobody who answers.", field="tier_id")
    if not 1 <= answers <= tiers[tier_id].people:
        raise InvalidInput(f"{tiers[tier_id].people} people of that tier can answer at most.", field="answers")
    before = {"tier": str(item.tier), "answers": item.answers_wanted}
    QueueItem.objects.filter(pk=item.pk).update(tier_id=tier_id, answers_wanted=answers, price=tiers[tier_id].price)
    record(
        project_id=project_id,
        by=by,
        action=AuditEntry.Action.PLAN,
        subject=item.sample.name,
        before=before,
        after={"tier": tiers[tier_id].kind, "answers": answers},
    )
    return _planned_item(project_id, item_id)


@transaction.atomic
def drop_planned(*, project_id: int, item_id: int, by: User) -> None:
    """Do not ask about a planned item. Raises Conflict for the last one: an empty round asks nothing."""
    budgets.lock(project_id)
    item = _planned_item(project_id, item_id)
    if item.round.items.count() == 1:
        raise Conflict("This is the last item of the round; an empty round asks nothing.")
    record(
        project_id=project_id,
        by=by,
        action=AuditEntry.Action.PLAN,
        subject=item.sample.name,
        before={"tier": str(item.tier), "answers": item.answers_wanted},
    )
    item.delete()
    QueryRound.objects.filter(pk=item.round_id).update(size=item.round.items.count())


def _planned_round(project_id: int) -> QueryRound:
    rounds = QueryRound.objects.select_related("project")
    planned = rounds.filter(project_id=project_id, state=QueryRound.State.PLANNED).first()
    if planned is None:
        raise Conflict("No plan waits for approval.")
    return planned


def _planned_item(project_id: int, item_id: int) -> QueueItem:
    items = QueueItem.objects.select_related("round", "tier", "sample")
    item = items.filter(pk=item_id, round__project_id=project_id, state=QueueItem.State.PLANNED).first()
    if item is None:
        raise NotFound(f"There is no planned item {item_id} in this project.")
    return item
