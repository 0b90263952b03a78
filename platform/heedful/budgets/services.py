"""Every movement of money: reserve before a sample is sent, charge when it is answered, release when it is not.

The limit holds under any concurrency: a reservation is one conditional update of the budget row, every other movement
locks that row first, and the database checks both sums. `settle` asks what an annotation is worth now and moves the
difference, so a doubled, late or reordered event ends in the same state.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from heedful.budgets.models import Budget, LedgerEntry, RateCard
from heedful.core.errors import BudgetExhausted, InvalidInput
from heedful.core.money import ZERO, money

Kind = LedgerEntry.Kind


def affordable(*, project_id: int) -> int | None:
    """How many more labels the budget can reserve at the expected price; None when labels are free."""
    budget = Budget.objects.select_related("project__rate").get(project_id=project_id)
    price = budget.project.rate.expected_price()
    return int(budget.left / price) if price else None


@transaction.atomic
def reserve(*, project_id: int, prices: Mapping[int, Decimal]) -> None:
    """Hold the expected price of each queue item, all or none. Raises BudgetExhausted if the limit would be passed."""
    total = sum(prices.values(), ZERO)
    held = Budget.objects.filter(project_id=project_id, limit__gte=F("reserved") + F("spent") + money(total)).update(
        reserved=F("reserved") + money(total)
    )
    if not held:
        budget = Budget.objects.get(project_id=project_id)
        raise BudgetExhausted(
            f"{len(prices)} labels need {total:.2f} {budget.currency}, and {budget.left:.2f} of the budget are left."
        )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(project_id=project_id, kind=Kind.RESERVE, item_id=item_id, held=price)
        for item_id, price in prices.items()
    )


@transaction.atomic
def release(*, project_id: int, item_id: int) -> Decimal:
    """Give back what is still held for a queue item; releasing twice releases once."""
    lock(project_id)
    held = _held(item_id)
    if held:
        _move(project_id, kind=Kind.RELEASE, item_id=item_id, held=-held)
    return held


@transaction.atomic
def settle(*, project_id: int, item_id: int, annotation_id: int, price: Decimal) -> None:
    """Bring what an annotation has cost to `price`: 0 once it is skipped or deleted.

    The first charge gives the item's reservation back. What the limit does not allow to be charged is kept as owed.
    """
    budget = lock(project_id)
    past = LedgerEntry.objects.filter(annotation_id=annotation_id)
    sums = past.aggregate(spent=Sum("spent", default=ZERO), owed=Sum("owed", default=ZERO))
    due = price - sums["spent"] - sums["owed"]
    if not due:
        return
    held = _held(item_id) if price else ZERO
    spent = min(due, budget.left + held) if due > 0 else due + min(-due, sums["owed"])
    charged_before = past.filter(kind=Kind.CHARGE).exists()
    _move(
        project_id,
        kind=(Kind.ADJUST if price else Kind.REFUND) if charged_before else Kind.CHARGE,
        item_id=item_id,
        annotation_id=annotation_id,
        held=-held,
        spent=spent,
        owed=due - spent,
    )


def lock(project_id: int) -> Budget:
    """The project's budget, held against every other movement until the transaction ends."""
    return Budget.objects.select_for_update().get(project_id=project_id)


def _held(item_id: int) -> Decimal:
    held: Decimal = LedgerEntry.objects.filter(item_id=item_id).aggregate(sum=Sum("held", default=ZERO))["sum"]
    return held


def _move(
    project_id: int,
    *,
    kind: str,
    item_id: int,
    annotation_id: int | None = None,
    held: Decimal = ZERO,
    spent: Decimal = ZERO,
    owed: Decimal = ZERO,
) -> None:
    LedgerEntry.objects.create(
        project_id=project_id,
        kind=kind,
        item_id=item_id,
        annotation_id=annotation_id,
        held=held,
        spent=spent,
        owed=owed,
    )
    Budget.objects.filter(project_id=project_id).update(
        reserved=F("reserved") + money(held), spent=F("spent") + money(spent)
    )


@dataclass(frozen=True, slots=True)
class NewBudget:
    """What may be spent, and what an answer costs (see RateCard)."""

    currency: str
    limit: Decimal
    rate_kind: str
    rate_amount: Decimal
    expected_seconds: float = 36.0
    cap_seconds: float = 120.0


@transaction.atomic
def open_budget(*, project_id: int, new: NewBudget) -> None:
    """Give a new project its money and its rate. Raises InvalidInput, which names the field."""
    if new.cap_seconds < new.expected_seconds:
        raise InvalidInput("The cap must not be below the expected time of an answer.", field="rate.cap_seconds")
    Budget.objects.create(project_id=project_id, currency=new.currency, limit=new.limit)
    RateCard.objects.create(
        project_id=project_id,
        kind=new.rate_kind,
        amount=new.rate_amount,
        expected_seconds=new.expected_seconds,
        cap_seconds=new.cap_seconds,
    )


@transaction.atomic
def change_limit(*, project_id: int, limit: Decimal) -> None:
    """Raise or lower what may be spent. Raises InvalidInput below what is spent and reserved already."""
    changed = Budget.objects.filter(project_id=project_id).alias(bound=F("spent") + F("reserved"))
    if not changed.filter(bound__lte=money(limit)).update(limit=limit):
        budget = Budget.objects.get(project_id=project_id)
        bound = budget.spent + budget.reserved
        raise InvalidInput(
            f"{bound:.2f} {budget.currency} are spent or reserved already; the budget cannot be less.", field="budget"
        )
