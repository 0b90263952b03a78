"""A query round from its opening to its close.

Opened, it is filled with chosen samples whose price is reserved in the same transaction; then each gets a heatmap,
then all are sent. It closes by itself when nothing in it waits any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from heedful.acquisition.models import Explanation, QueryRound, QueueItem
from heedful.budgets import services as budgets
from heedful.core.errors import BudgetExhausted, Conflict, NotFound, NothingToLabel, RoundInProgress
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.pool.models import Sample
from heedful.projects.models import Project

ITEM = QueueItem.State
ROUND = QueryRound.State


@dataclass(frozen=True, slots=True)
class ChosenSample:
    """What a strategy says of one sample it chose; `probabilities` in class order, None at a cold start."""

    sample_id: int
    strategy: str
    score: float
    selection_probability: float
    reason: str
    probabilities: Sequence[float] | None


@transaction.atomic
def open_round(*, project_id: int, kind: QueryRound.Kind, size: int, model_number: int | None) -> QueryRound:
    """Open a round for as many labels as the budget still buys, at most `size`, and have it filled.

    Raises RoundInProgress, BudgetExhausted or NothingToLabel.
    """
    project = Project.objects.select_for_update().get(pk=project_id)
    if project.rounds.exclude(state=ROUND.CLOSED).exists():
        raise RoundInProgress(f"Round {_last_number(project)} of {project} is still open.")
    affordable = budgets.affordable(project_id=project_id)
    size = size if affordable is None else min(size, affordable)
    if size < 1:
        raise BudgetExhausted("The budget does not buy one more label. Raise it to go on.")
    if kind == QueryRound.Kind.QUERY and not project.samples.candidates().exists():
        raise NothingToLabel("Every sample of the pool is labeled, queued or skipped. Import more to go on.")
    query_round = QueryRound.objects.create(
        project=project, number=_last_number(project) + 1, kind=kind, size=size, model_number=model_number
    )
    enqueue(
        Job.Kind.FILL_ROUND,
        key=str(query_round.pk),
        project_id=project_id,
        subject=f"round {query_round.number}",
        round_id=query_round.pk,
    )
    return query_round


def _last_number(project: Project) -> int:
    return project.rounds.aggregate(last=Max("number", default=0))["last"]  # type: ignore[no-any-return]


@transaction.atomic
def fill_round(*, round_id: int, strategy: str, choices: Sequence[ChosenSample]) -> None:
    """Queue the chosen samples in rank order, as many as the budget still buys, and reserve their price.

    A filled round is left alone.
    """
    query_round = QueryRound.objects.select_for_update().select_related("project__rate").get(pk=round_id)
    if query_round.items.exists() or query_round.state != ROUND.FILLING:
        return
    # Nobody moves money between this look and the reservation.
    budgets.lock(query_round.project_id)
    choices = choices[: budgets.affordable(project_id=query_round.project_id)]
    if not choices:
        _close(query_round)
        return
    price = query_round.project.rate.expected_price()
    items = QueueItem.objects.bulk_create(
        QueueItem(
            round=query_round,
            sample_id=choice.sample_id,
            rank=rank,
            strategy=choice.strategy,
            score=choice.score,
            selection_probability=choice.selection_probability,
            reason=choice.reason,
            probabilities=choice.probabilities,
            price=price,
        )
        for rank, choice in enumerate(choices, start=1)
    )
    budgets.reserve(project_id=query_round.project_id, prices={item.pk: price for item in items})
    QueryRound.objects.filter(pk=round_id).update(strategy=strategy, size=len(items))
    _enqueue_for(Job.Kind.EXPLAIN_ROUND, query_round)


@transaction.atomic
def explain_items(*, explanations: Sequence[Explanation]) -> None:
    """Store heatmaps; an item that has one keeps it."""
    Explanation.objects.bulk_create(explanations, ignore_conflicts=True)


def round_explained(*, round_id: int) -> None:
    """Every waiting item has its heatmap: the round may be sent."""
    _enqueue_for(Job.Kind.SEND_ROUND, QueryRound.objects.get(pk=round_id))


def _enqueue_for(kind: Job.Kind, query_round: QueryRound) -> None:
    enqueue(
        kind,
        key=str(query_round.pk),
        project_id=query_round.project_id,
        subject=f"round {query_round.number}",
        round_id=query_round.pk,
    )


def mark_sent(*, item_ids: Sequence[int]) -> None:
    QueueItem.objects.filter(pk__in=item_ids, state=ITEM.RESERVED).update(state=ITEM.SENT)


def round_sent(*, round_id: int) -> None:
    """The round is before the experts; from now on it closes when nothing in it waits."""
    QueryRound.objects.filter(pk=round_id, state=ROUND.FILLING).update(state=ROUND.OPEN)
    close_if_done(round_id=round_id)


def mark_answered(*, item: QueueItem) -> None:
    """The sample has its answer: whatever else asks about it is withdrawn, so that it is not paid for twice."""
    _end_item(item, ITEM.ANSWERED)
    # A charge has used the reservation up; an answer that costs nothing has left it.
    budgets.release(project_id=item.round.project_id, item_id=item.pk)
    Sample.objects.filter(pk=item.sample_id, skipped=True).update(skipped=False)
    for other in QueueItem.objects.filter(sample_id=item.sample_id, state__in=QueueItem.WAITING):
        withdraw(project_id=item.round.project_id, item_id=other.pk)


def mark_skipped(*, item: QueueItem) -> None:
    """The expert would not say: the money is released and the sample is not asked about again."""
    _end_item(item, ITEM.SKIPPED)
    budgets.release(project_id=item.round.project_id, item_id=item.pk)
    Sample.objects.filter(pk=item.sample_id).update(skipped=True)


def mark_unanswered(*, item: QueueItem) -> None:
    """The answer was taken back in Label Studio: the sample returns to the pool and may be chosen again."""
    _end_item(item, ITEM.WITHDRAWN)
    budgets.release(project_id=item.round.project_id, item_id=item.pk)


def _end_item(item: QueueItem, state: QueueItem.State) -> None:
    QueueItem.objects.filter(pk=item.pk).update(state=state)
    close_if_done(round_id=item.round_id)


@transaction.atomic
def withdraw(*, project_id: int, item_id: int) -> QueueItem:
    """Take a waiting item back from the queue and release its money. Raises Conflict once it is answered."""
    item = QueueItem.objects.select_related("round").filter(pk=item_id, round__project_id=project_id).first()
    if item is None:
        raise NotFound(f"There is no queue item {item_id} in this project.")
    if not QueueItem.objects.filter(pk=item_id, state__in=QueueItem.WAITING).update(state=ITEM.WITHDRAWN):
        raise Conflict(f"“{item.sample}” is already {item.state}; only a waiting item can be withdrawn.")
    budgets.release(project_id=project_id, item_id=item_id)
    close_if_done(round_id=item.round_id)
    item.refresh_from_db()
    return item


def close_if_done(*, round_id: int) -> None:
    """Close an open round in which nothing waits any more."""
    waiting = QueueItem.objects.filter(round_id=round_id, state__in=QueueItem.WAITING)
    query_round = QueryRound.objects.get(pk=round_id)
    if query_round.state == ROUND.OPEN and not waiting.exists():
        _close(query_round)


def _close(query_round: QueryRound) -> None:
    QueryRound.objects.filter(pk=query_round.pk).update(state=ROUND.CLOSED, closed_at=timezone.now())
