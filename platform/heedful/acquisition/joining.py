"""Items that join a round which is under way: asked for by a person rather than chosen by its plan."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from heedful.acquisition.models import QueryRound, QueueItem
from heedful.acquisition.services import last_number, request_explaining
from heedful.budgets import services as budgets
from heedful.core.errors import Conflict
from heedful.pool.marks import was_asked
from heedful.projects.models import Project


@transaction.atomic
def join_round(
    *,
    project_id: int,
    sample_ids: Sequence[int],
    tier_id: int,
    price: Decimal,
    answers: int,
    strategy: str,
    reason: str,
    model_number: int | None,
) -> QueryRound:
    """Reserve the price of so many answers to each sample and have them asked: in the open round, after what is in it,
    or where none is open in a round of their own, whose heatmaps are of version `model_number`.

    Raises Conflict while the open round is not settled yet, BudgetFrozen or BudgetExhausted.
    """
    project = Project.objects.select_for_update().get(pk=project_id)
    budgets.lock(project_id)
    query_round = _open_round(project, strategy, len(sample_ids), model_number)
    last = query_round.items.aggregate(last=Max("rank", default=0))["last"]
    items = QueueItem.objects.bulk_create(
        QueueItem(
            round=query_round,
            sample_id=sample_id,
            tier_id=tier_id,
            rank=last + place,
            strategy=strategy,
            score=1.0,
            selection_probability=1.0,
            reason=reason,
            price=price,
            answers_wanted=answers,
            expires_at=timezone.now() + timedelta(days=project.item_days),
        )
        for place, sample_id in enumerate(sample_ids, start=1)
    )
    budgets.reserve(project_id=project_id, holds=[budgets.Hold(item.pk, tier_id, price * answers) for item in items])
    was_asked(sample_ids)
    QueryRound.objects.filter(pk=query_round.pk).update(size=query_round.items.count())
    request_explaining(query_round)
    return query_round


def _open_round(project: Project, strategy: str, size: int, model_number: int | None) -> QueryRound:
    newest = project.rounds.exclude(state=QueryRound.State.CLOSED).first()
    if newest is None:
        return QueryRound.objects.create(
            project=project,
            number=last_number(project) + 1,
            kind=QueryRound.Kind.QUERY,
            strategy=strategy,
            size=size,
            model_number=model_number,
        )
    if newest.state == QueryRound.State.PLANNED:
        raise Conflict(f"Round {newest.number} waits for its approval. Approve its plan on the Queue page first.")
    if not newest.items.exists():
        raise Conflict(f"Round {newest.number} is being filled at this moment. Try again soon.")
    return newest
