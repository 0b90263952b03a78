"""What may be spent, and what is held of it: granted, reserved before a sample is sent, released when it is not asked.

The limits hold under any concurrency: every movement locks the budget's row first, and the database checks its sums.
What answers cost is in `charges`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.budgets.allowances import rooms_to_reserve, walk
from heedful.budgets.models import Budget, LedgerEntry
from heedful.budgets.rates import NewRate, add_rate, askable_tiers, current_rate, expert_tier
from heedful.core.errors import BudgetExhausted, BudgetFrozen, InvalidInput
from heedful.core.money import ZERO, money, worded

Kind = LedgerEntry.Kind


def lock(project_id: int) -> Budget:
    """The project's budget, held against every other movement until the transaction ends."""
    return Budget.objects.locked(project_id)


def affordable(*, project_id: int, tier_id: int | None = None) -> int | None:
    """How many more labels of a tier (the cheapest that may be asked unless named) can be reserved; None when they are
    free."""
    budget = Budget.objects.get(project_id=project_id)
    if budget.frozen:
        return 0
    tier_id = tier_id or min(askable_tiers(project_id), key=lambda tier: tier.price).tier_id
    price = current_rate(tier_id).expected_price()
    left = min(room.left for room in rooms_to_reserve(budget, [tier_id]))
    return max(int(left / price), 0) if price else None


def fitting(*, project_id: int, prices: Sequence[tuple[int, Decimal]]) -> list[int]:
    """Which labels can be reserved together, in this order, given (tier, price) of each: their positions."""
    budget = Budget.objects.get(project_id=project_id)
    if budget.frozen:
        return []
    return walk(rooms_to_reserve(budget, [tier_id for tier_id, _ in prices]), prices)[0]


@dataclass(frozen=True, slots=True)
class Hold:
    """The expected price of a queue item, held for the tier that is to answer it."""

    item_id: int
    tier_id: int
    price: Decimal


def check_may_reserve(project_id: int) -> None:
    """Raises BudgetFrozen, or BudgetExhausted if not even one label can be paid."""
    if Budget.objects.get(project_id=project_id).frozen:
        raise BudgetFrozen("The budget is frozen; nothing new is reserved.")
    if affordable(project_id=project_id) == 0:
        raise BudgetExhausted("The budget does not buy one more label. Raise it to go on.")


@transaction.atomic
def reserve(*, project_id: int, holds: Sequence[Hold]) -> None:
    """Hold the expected price of each queue item, all or none. Raises BudgetFrozen, or BudgetExhausted at a limit."""
    budget = lock(project_id)
    if budget.frozen:
        raise BudgetFrozen("The budget is frozen; nothing new is reserved.")
    prices = [(hold.tier_id, hold.price) for hold in holds]
    total = sum((hold.price for hold in holds), ZERO)
    _, refused = walk(rooms_to_reserve(budget, [tier_id for tier_id, _ in prices]), prices)
    if refused:
        need = f"{len(holds)} labels need {worded(total, budget.currency)}"
        raise BudgetExhausted(f"{need}; {refused.name} does not allow that much.")
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            project_id=project_id, kind=Kind.RESERVE, item_id=hold.item_id, tier_id=hold.tier_id, held=hold.price
        )
        for hold in holds
    )
    Budget.objects.filter(pk=budget.pk).update(reserved=F("reserved") + money(total))


@transaction.atomic
def release(*, project_id: int, item_id: int, keep: Decimal = ZERO) -> Decimal:
    """Give back what is held for a queue item beyond `keep`; releasing twice releases once."""
    lock(project_id)
    held, tier_id = held_for(item_id)
    freed = max(held - keep, ZERO)
    if freed:
        move(project_id, kind=Kind.RELEASE, item_id=item_id, tier_id=tier_id, held=-freed)
    return freed


def held_for(item_id: int) -> tuple[Decimal, int | None]:
    """What is still held for a queue item, and for which tier."""
    entries = LedgerEntry.objects.filter(item_id=item_id)
    return entries.total("held"), entries.filter(kind=Kind.RESERVE).values_list("tier_id", flat=True).first()


def move(
    project_id: int,
    *,
    kind: str,
    granted: Decimal = ZERO,
    held: Decimal = ZERO,
    spent: Decimal = ZERO,
    owed: Decimal = ZERO,
    **about: Any,
) -> None:
    """Add an entry to the ledger and bring the budget's sums along. The caller holds the lock."""
    LedgerEntry.objects.create(
        project_id=project_id, kind=kind, granted=granted, held=held, spent=spent, owed=owed, **about
    )
    Budget.objects.filter(project_id=project_id).update(
        limit=F("limit") + money(granted), reserved=F("reserved") + money(held), spent=F("spent") + money(spent)
    )


@dataclass(frozen=True, slots=True)
class NewBudget:
    """What may be spent, and what an expert's answer costs (see RateCard)."""

    currency: str
    limit: Decimal
    rate_kind: str
    rate_amount: Decimal
    expected_seconds: float = 36.0
    cap_seconds: float = 120.0


@transaction.atomic
def open_budget(*, project_id: int, new: NewBudget, by: User | None = None) -> None:
    """Give a new project its money, and its experts their rate. Raises InvalidInput, which names the field."""
    if new.cap_seconds < new.expected_seconds:
        raise InvalidInput("The cap must not be below the expected time of an answer.", field="rate.cap_seconds")
    rate = NewRate(
        kind=new.rate_kind,
        amount=new.rate_amount,
        expected_seconds=new.expected_seconds,
        cap_seconds=new.cap_seconds,
    )
    add_rate(new=rate, tier_id=expert_tier(project_id), by=by)
    Budget.objects.create(project_id=project_id, currency=new.currency, limit=ZERO)
    move(project_id, kind=Kind.GRANT, granted=new.limit, by=by, note="The opening budget.")


@transaction.atomic
def top_up(*, project_id: int, amount: Decimal, by: User | None = None, note: str = "") -> None:
    """Allow so much more to be spent. Raises InvalidInput for nothing or less."""
    if amount <= 0:
        raise InvalidInput("Say by how much the budget is to grow.", field="amount")
    _grant(lock(project_id), amount, by=by, note=note)


@transaction.atomic
def lower(*, project_id: int, amount: Decimal, by: User | None = None, note: str = "") -> None:
    """Allow so much less to be spent. Raises InvalidInput below what is spent and reserved already."""
    if amount <= 0:
        raise InvalidInput("Say by how much the budget is to shrink.", field="amount")
    budget = lock(project_id)
    _check_covers(budget, budget.limit - amount, field="amount")
    _grant(budget, -amount, by=by, note=note)


@transaction.atomic
def change_limit(*, project_id: int, limit: Decimal, by: User | None = None) -> None:
    """Raise or lower what may be spent in all. Raises InvalidInput below what is spent and reserved already."""
    budget = lock(project_id)
    _check_covers(budget, limit, field="budget")
    if limit != budget.limit:
        _grant(budget, limit - budget.limit, by=by, note="")


def _grant(budget: Budget, amount: Decimal, *, by: User | None, note: str) -> None:
    move(budget.project_id, kind=Kind.GRANT, granted=amount, by=by, note=note)
    record(
        project_id=budget.project_id,
        by=by,
        action=AuditEntry.Action.BUDGET,
        subject=note,
        before={"limit": budget.limit},
        after={"limit": budget.limit + amount},
    )


def _check_covers(budget: Budget, limit: Decimal, *, field: str) -> None:
    bound = budget.spent + budget.reserved
    if limit < bound:
        gone = worded(bound, budget.currency)
        raise InvalidInput(f"{gone} are spent or reserved already; the budget cannot be less.", field=field)
