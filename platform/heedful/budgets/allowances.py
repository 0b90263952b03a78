"""The limits beside the budget's own, and how much room each still leaves.

Used sums are read from the ledger under the lock of the budget's row: there is no counter that could drift.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone

from heedful.budgets.models import Allowance, Budget, LedgerEntry, LedgerQuerySet
from heedful.core.money import ZERO, worded

NAMES = {
    Allowance.Period.TOTAL: "limit",
    Allowance.Period.DAY: "daily limit",
    Allowance.Period.WEEK: "weekly limit",
    Allowance.Period.MONTH: "monthly limit",
}


@dataclass(frozen=True, slots=True)
class Use:
    """What an allowance is used for: `spent` in the present period, and `held` now."""

    spent: Decimal
    held: Decimal

    @property
    def sum(self) -> Decimal:
        # What was given back of an earlier period's charges does not make room in this one.
        return max(self.spent, ZERO) + self.held


@dataclass(slots=True)
class Room:
    """What one limit still allows. `tier_id` is None if it concerns every tier; `holds` if reservations count."""

    name: str
    left: Decimal
    tier_id: int | None = None
    holds: bool = True

    def concerns(self, tier_id: int) -> bool:
        return self.tier_id in (None, tier_id)


def use_of(allowance: Allowance, budget: Budget, *, now: datetime) -> Use:
    spent = in_period(allowance, now=now).total("spent")
    if allowance.annotator_id:
        return Use(spent=spent, held=ZERO)
    return Use(spent=spent, held=_concerned(allowance).total("held") if allowance.tier_id else budget.reserved)


def in_period(allowance: Allowance, *, now: datetime) -> LedgerQuerySet:
    """The movements that an allowance limits, of its present period."""
    began = allowance.began(now)
    entries = _concerned(allowance)
    return entries.filter(at__gte=began) if began else entries


def _concerned(allowance: Allowance) -> LedgerQuerySet:
    if allowance.annotator_id:
        return LedgerEntry.objects.filter(annotator_id=allowance.annotator_id)
    if allowance.tier_id:
        return LedgerEntry.objects.filter(tier_id=allowance.tier_id)
    return LedgerEntry.objects.filter(project_id=allowance.project_id)


def rooms_to_reserve(budget: Budget, tier_ids: Iterable[int]) -> list[Room]:
    """The budget's room, and that of each allowance which concerns one of these tiers."""
    concerned = budget.project.allowances.filter(annotator=None).filter(Q(tier=None) | Q(tier__in=set(tier_ids)))
    return [Room("the budget", budget.left), *_rooms(budget, concerned)]


def rooms_to_charge(budget: Budget, *, tier_id: int, annotator_id: int) -> list[Room]:
    """The room of each allowance that concerns an answer of this annotator in this tier."""
    of_project = Q(tier=None, annotator=None)
    concerned = budget.project.allowances.filter(of_project | Q(tier=tier_id) | Q(annotator=annotator_id))
    return _rooms(budget, concerned)


def _rooms(budget: Budget, allowances: QuerySet[Allowance]) -> list[Room]:
    now = timezone.now()
    return [
        Room(
            name=named(allowance, budget.currency),
            left=allowance.limit - use_of(allowance, budget, now=now).sum,
            tier_id=allowance.tier_id,
            holds=allowance.annotator_id is None,
        )
        for allowance in allowances.select_related("tier", "annotator").order_by("pk")
    ]


def named(allowance: Allowance, currency: str) -> str:
    """The allowance in a sentence: “the weak tier's daily limit of 20.00 USD”."""
    owner = f"the {allowance.tier} tier's" if allowance.tier else "the project's"
    if allowance.annotator:
        owner = f"{allowance.annotator}'s"
    return f"{owner} {NAMES[Allowance.Period(allowance.period)]} of {worded(allowance.limit, currency)}"


def walk(rooms: Sequence[Room], prices: Sequence[tuple[int, Decimal]]) -> tuple[list[int], Room | None]:
    """Fit labels into the rooms one after another, given (tier, price) of each.

    The positions that fit, and the first room that was too small for one. Uses the rooms up.
    """
    fitting, refused = [], None
    for position, (tier_id, price) in enumerate(prices):
        concerned = [room for room in rooms if room.concerns(tier_id)]
        tight = next((room for room in concerned if room.left < price), None)
        if tight:
            refused = refused or tight
            continue
        for room in concerned:
            room.left -= price
        fitting.append(position)
    return fitting, refused
