"""Labels that somebody wants answered again now: their price, reserved at once, and the queue items that ask.

They join the open round; where none is open they are a round of their own. Nobody is shown a prediction with them:
whether the model or the label is right is the question.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.acquisition.joining import join_round
from heedful.acquisition.models import ASK_AGAIN, QueryRound
from heedful.budgets.allowances import rooms_to_reserve
from heedful.budgets.models import Budget
from heedful.budgets.rates import AskableTier, askable_tiers
from heedful.core.errors import InvalidInput
from heedful.core.money import ZERO
from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.quality.services import asked_again

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """Whom labels may be asked of again, and the money that may be reserved for them."""

    tier: AskableTier
    left: Decimal


def offers(project: Project) -> list[Offer]:
    """The experts first."""
    budget = Budget.objects.get(project=project)
    return [
        Offer(one, max(min(room.left for room in rooms_to_reserve(budget, [one.tier_id])), ZERO))
        for one in askable_tiers(project.pk)
    ]


def may_be_asked(project: Project, sample_ids: Iterable[int]) -> list[int]:
    """Those of these whose label may be asked about again."""
    return list(asked_again(project.pk).filter(pk__in=set(sample_ids)).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def ask_again(
    *,
    project_id: int,
    sample_ids: Sequence[int],
    tier_id: int,
    answers: int,
    reason: str,
    model_number: int | None,
    by: User,
) -> QueryRound:
    """Reserve the price of so many answers to each sample and have them asked. `model_number` is the version whose
    heatmaps a round of their own gets.

    Raises InvalidInput, Conflict while the open round is not settled yet, BudgetFrozen or BudgetExhausted.
    """
    # Nobody else asks about them between this look and the reservation.
    project = Project.objects.select_for_update().get(pk=project_id)
    tier = _tier(project, tier_id, answers)
    ids = _askable(project, sample_ids)
    query_round = join_round(
        project_id=project_id,
        sample_ids=ids,
        tier_id=tier_id,
        price=tier.price,
        answers=answers,
        strategy=ASK_AGAIN,
        reason=reason,
        model_number=model_number,
    )
    record(
        project_id=project_id,
        by=by,
        action=AuditEntry.Action.PLAN,
        subject=f"{len(ids)} labels asked again in round {query_round.number}",
        after={"tier": tier.kind, "answers": answers, "price": tier.price * answers * len(ids)},
    )
    return query_round


def _tier(project: Project, tier_id: int, answers: int) -> AskableTier:
    tiers = {tier.tier_id: tier for tier in askable_tiers(project.pk)}
    if tier_id not in tiers:
        raise InvalidInput("That tier has no rate, or nobody who answers.", field="tier_id")
    if not 1 <= answers <= tiers[tier_id].people:
        raise InvalidInput(f"{tiers[tier_id].people} people of that tier can answer at most.", field="answers")
    return tiers[tier_id]


def _askable(project: Project, sample_ids: Sequence[int]) -> list[int]:
    wanted = sorted(set(sample_ids))
    if not 1 <= len(wanted) <= MOST_AT_ONCE:
        raise InvalidInput(f"Name 1 to {MOST_AT_ONCE} samples at once.", field="samples")
    if refused := set(wanted) - set(may_be_asked(project, wanted)):
        name = Sample.objects.filter(project=project, pk__in=refused).values_list("name", flat=True).first()
        raise InvalidInput(
            f"The label of {name or 'an unknown sample'} cannot be asked about again: only one of the pool that"
            " answers settled, and that is not in the queue. Correct the others on their own page.",
            field="samples",
        )
    return wanted
