"""What answers cost: charged, corrected, given back, and owed until a manager decides.

`settle` asks what an annotation is worth now and moves the difference, so a doubled, late or reordered event ends in
the same state. What a limit or the allowed overrun leaves no room for is owed: approved it is charged, waived it goes.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.budgets.allowances import Room, rooms_to_charge
from heedful.budgets.models import Budget, LedgerEntry
from heedful.budgets.services import held_for, lock, move, release
from heedful.core.errors import BudgetExhausted, NothingOwed
from heedful.core.money import ZERO, rounded, worded

Kind = LedgerEntry.Kind


@dataclass(frozen=True, slots=True)
class Answered:
    """Whose work an annotation is, and on which queue item; `expected` was reserved for it, and `keep` stays held for
    others who are still asked."""

    annotation_id: int
    item_id: int
    annotator_id: int
    tier_id: int
    expected: Decimal
    keep: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Worth:
    """What an annotation is worth as it stands: nothing once it is skipped or deleted."""

    amount: Decimal = ZERO
    labels: int = 0
    measured_ms: int = 0
    paid_ms: int = 0


@transaction.atomic
def settle(*, project_id: int, answered: Answered, worth: Worth) -> Decimal:
    """Bring what an annotation has cost to its worth; its charge takes the place of what was held for it.

    How much more it is owed by that.
    """
    budget = lock(project_id)
    past = LedgerEntry.objects.filter(annotation_id=answered.annotation_id)
    before = past.totals("spent", "owed", "labels", "measured_ms", "paid_ms")
    due = worth.amount - before["spent"] - before["owed"]
    work = {name: getattr(worth, name) - before[name] for name in ("labels", "measured_ms", "paid_ms")}
    if not due and not any(work.values()):
        return ZERO
    held, tier_id = held_for(answered.item_id) if worth.labels else (ZERO, None)
    held = max(held - answered.keep, ZERO)
    tight = _tightest(budget, answered, held=held, held_tier=tier_id, spent=before["spent"])
    spent = min(due, max(tight.left, ZERO)) if due > 0 else due + min(-due, before["owed"])
    charged = past.filter(kind=Kind.CHARGE).exists()
    if held and tier_id != answered.tier_id:
        # A movement that touches two tiers is two rows.
        release(project_id=project_id, item_id=answered.item_id, keep=answered.keep)
        held = ZERO
    move(
        project_id,
        kind=(Kind.ADJUST if worth.labels else Kind.REFUND) if charged else Kind.CHARGE,
        item_id=answered.item_id,
        annotation_id=answered.annotation_id,
        tier_id=answered.tier_id,
        annotator_id=answered.annotator_id,
        held=-held,
        spent=spent,
        owed=due - spent,
        note=f"{worded(due - spent, budget.currency)} beyond {tight.name}" if due > spent else "",
        **work,
    )
    owed: Decimal = due - spent
    return owed


def _tightest(budget: Budget, answered: Answered, *, held: Decimal, held_tier: int | None, spent: Decimal) -> Room:
    """The smallest room there is for a charge: of the limits, once `held` is free, and of the allowed overrun."""
    most = rounded(answered.expected * (1 + Decimal(str(budget.overrun_share))))
    rooms = [Room(f"its reservation and {budget.overrun_share:.0%} more", most - spent)]
    if budget.frozen:
        rooms.append(Room("what a frozen budget pays", held))
    rooms.append(Room("the budget", budget.left + held))
    for room in rooms_to_charge(budget, tier_id=answered.tier_id, annotator_id=answered.annotator_id):
        if room.holds and room.tier_id in (None, held_tier):
            room.left += held
        rooms.append(room)
    return min(rooms, key=lambda room: room.left)


@transaction.atomic
def approve(*, project_id: int, annotation_id: int, by: User | None, note: str = "") -> Decimal:
    """Charge what an annotation is owed: a manager's word, which only the budget's own limit can stop.

    Raises NothingOwed or BudgetExhausted.
    """
    budget = lock(project_id)
    owed = _owed(project_id, annotation_id)
    if budget.left < owed:
        left = worded(budget.left, budget.currency)
        raise BudgetExhausted(f"{worded(owed, budget.currency)} are owed, and {left} of the budget are left.")
    _decide(project_id, annotation_id, Kind.APPROVE, spent=owed, owed=-owed, by=by, note=note)
    return owed


@transaction.atomic
def waive(*, project_id: int, annotation_id: int, by: User | None, note: str = "") -> Decimal:
    """Strike what an annotation is owed; the caller lowers what it is due by as much. Raises NothingOwed."""
    lock(project_id)
    owed = _owed(project_id, annotation_id)
    _decide(project_id, annotation_id, Kind.WAIVE, spent=ZERO, owed=-owed, by=by, note=note)
    return owed


def _owed(project_id: int, annotation_id: int) -> Decimal:
    owed = LedgerEntry.objects.filter(project_id=project_id, annotation_id=annotation_id).total("owed")
    if not owed:
        raise NothingOwed(f"Nothing is owed for annotation {annotation_id}.")
    return owed


def _decide(
    project_id: int, annotation_id: int, kind: str, *, spent: Decimal, owed: Decimal, by: User | None, note: str
) -> None:
    charge = LedgerEntry.objects.get(annotation_id=annotation_id, kind=Kind.CHARGE)
    record(
        project_id=project_id,
        by=by,
        action=AuditEntry.Action.OWED,
        subject=note or f"annotation {annotation_id}",
        before={"owed": -owed},
        after={"charged": spent},
    )
    move(
        project_id,
        kind=kind,
        annotation_id=annotation_id,
        item_id=charge.item_id,
        tier_id=charge.tier_id,
        annotator_id=charge.annotator_id,
        spent=spent,
        owed=owed,
        by=by,
        note=note,
    )
