"""The rules of a budget: frozen or not, what an answer may cost beyond its reservation, allowances, and alerts."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.budgets.allowances import use_of
from heedful.budgets.models import Allowance, Budget
from heedful.budgets.rates import cheapest_price
from heedful.core.errors import InvalidInput, NotFound
from heedful.core.money import worded
from heedful.notifications.models import Notification
from heedful.notifications.services import notify
from heedful.projects.models import Tier

ACTION = AuditEntry.Action
THRESHOLDS = (50, 80, 100)


def freeze(*, project_id: int, by: User | None = None) -> None:
    """Reserve nothing new; what is reserved may still be charged."""
    _set_frozen(project_id, True, by)


def unfreeze(*, project_id: int, by: User | None = None) -> None:
    _set_frozen(project_id, False, by)


@transaction.atomic
def _set_frozen(project_id: int, frozen: bool, by: User | None) -> None:
    budget = Budget.objects.locked(project_id)
    Budget.objects.filter(pk=budget.pk).update(frozen=frozen)
    record(
        project_id=project_id,
        by=by,
        action=ACTION.FREEZE,
        before={"frozen": budget.frozen},
        after={"frozen": frozen},
    )


@transaction.atomic
def change_rules(
    *,
    project_id: int,
    overrun_share: float | None = None,
    median_factor: float | None = None,
    by: User | None = None,
) -> None:
    """Change what answers may cost from now on; what is given is changed. Raises InvalidInput."""
    if overrun_share is not None and overrun_share < 0:
        raise InvalidInput("An answer may at least cost what was reserved for it.", field="overrun_share")
    if median_factor is not None and median_factor < 1:
        raise InvalidInput("At least the median time must be paid.", field="median_factor")
    given = {"overrun_share": overrun_share, "median_factor": median_factor}
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        return
    budget = Budget.objects.locked(project_id)
    Budget.objects.filter(pk=budget.pk).update(**changes)
    before = {name: getattr(budget, name) for name in changes}
    record(project_id=project_id, by=by, action=ACTION.BUDGET_RULES, before=before, after=changes)


@transaction.atomic
def set_allowance(
    *,
    project_id: int,
    period: Allowance.Period,
    limit: Decimal,
    tier_id: int | None = None,
    annotator_id: int | None = None,
    by: User | None = None,
) -> Allowance:
    """Limit the project, a tier or an annotator; one limit each and period. Raises InvalidInput below what is used."""
    if tier_id and annotator_id:
        raise InvalidInput("Limit a tier or an annotator, not both at once.", field="tier_id")
    if period == Allowance.Period.TOTAL and not (tier_id or annotator_id):
        raise InvalidInput("What the project may spend in all is its budget; top it up or lower it.", field="period")
    if tier_id and not Tier.objects.filter(pk=tier_id, project_id=project_id).exists():
        raise NotFound(f"There is no tier {tier_id} in this project.")
    budget = Budget.objects.locked(project_id)
    place = {"project_id": project_id, "tier_id": tier_id, "annotator_id": annotator_id, "period": period}
    allowance = Allowance.objects.filter(**place).first() or Allowance(**place)
    used = use_of(allowance, budget, now=timezone.now()).sum
    if limit < used:
        gone = worded(used, budget.currency)
        raise InvalidInput(f"{gone} are spent or reserved already; the limit cannot be less.", field="limit")
    before = {"limit": allowance.limit} if allowance.pk else None
    allowance.limit = limit
    allowance.save()
    record(
        project_id=project_id,
        by=by,
        action=ACTION.ALLOWANCE,
        subject=_owner(allowance),
        before=before,
        after={"limit": limit},
    )
    return allowance


@transaction.atomic
def remove_allowance(*, project_id: int, allowance_id: int, by: User | None = None) -> None:
    allowance = Allowance.objects.filter(project_id=project_id, pk=allowance_id).first()
    if allowance is None:
        raise NotFound(f"There is no limit {allowance_id} in this project.")
    before = {"limit": allowance.limit}
    record(project_id=project_id, by=by, action=ACTION.ALLOWANCE, subject=_owner(allowance), before=before)
    allowance.delete()


def _owner(allowance: Allowance) -> str:
    return f"{allowance.tier or allowance.annotator or 'project'}, {allowance.period}"


@transaction.atomic
def thresholds_passed(project_id: int) -> list[int]:
    """Which of 50, 80 and 100% of the limit have been spent since last asked; each is told once a limit.

    All is spent when nothing is reserved and what is left buys no label.
    """
    budget = Budget.objects.locked(project_id)
    told = budget.alerted_percent if budget.alerted_limit == budget.limit else 0
    passed = [percent for percent in THRESHOLDS if _percent(budget) >= percent > told]
    if passed:
        Budget.objects.filter(pk=budget.pk).update(alerted_percent=passed[-1], alerted_limit=budget.limit)
    return passed


@transaction.atomic
def tell_thresholds(project_id: int) -> None:
    """Tell those concerned of what has been spent since last asked, if that is news."""
    for percent in thresholds_passed(project_id):
        budget = Budget.objects.get(project_id=project_id)
        spent, limit = worded(budget.spent, budget.currency), worded(budget.limit, budget.currency)
        notify(
            project_id=project_id,
            kind=Notification.Kind.BUDGET_THRESHOLD,
            sentence=f"{percent}% of the budget are used: {spent} of {limit} are spent.",
            path=f"/projects/{project_id}/money",
            key=f"{percent} {budget.limit}",
        )


def _percent(budget: Budget) -> Decimal:
    if not budget.spent:
        return Decimal(0)
    if not budget.reserved and budget.left < cheapest_price(budget.project_id):
        return Decimal(100)
    return 100 * budget.spent / budget.limit
