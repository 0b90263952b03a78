"""A query round from its opening to its close.

Opened, it is filled with chosen samples whose price is reserved in the same transaction; then each gets a heatmap,
then all are sent. It closes by itself when nothing in it waits any more. An item ends once: answered, skipped, or
withdrawn, which gives its reservation back. Whatever ends one locks the budget first, as every movement of money does.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.acquisition.choices import ChosenSample
from heedful.acquisition.models import Explanation, QueryRound, QueueItem
from heedful.budgets import services as budgets
from heedful.budgets.rates import expected_prices, expert_tier
from heedful.core.errors import BudgetExhausted, BudgetFrozen, Conflict, NotFound, NothingToLabel, RoundInProgress
from heedful.core.money import ZERO, worded
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.notifications.models import Notification
from heedful.notifications.services import notify
from heedful.pool.marks import was_asked
from heedful.pool.models import Sample
from heedful.projects.models import Project

ITEM = QueueItem.State
ENDING = QueueItem.Ending
ROUND = QueryRound.State


@transaction.atomic
def open_round(*, project_id: int, kind: QueryRound.Kind, size: int, model_number: int | None) -> QueryRound:
    """Open a round for as many labels as the budget still buys, at most `size`, and have it filled.

    Raises RoundInProgress, BudgetFrozen, BudgetExhausted or NothingToLabel.
    """
    project = Project.objects.select_for_update().get(pk=project_id)
    if project.rounds.exclude(state=ROUND.CLOSED).exists():
        raise RoundInProgress(f"Round {last_number(project)} of {project} is still open.")
    if project.budget.frozen:
        raise BudgetFrozen("The budget is frozen; nothing new is asked.")
    tier_id = expert_tier(project_id) if kind == QueryRound.Kind.GOLD else None
    affordable = budgets.affordable(project_id=project_id, tier_id=tier_id)
    size = size if affordable is None else min(size, affordable)
    if size < 1:
        raise BudgetExhausted("The budget does not buy one more label. Raise it to go on.")
    if kind == QueryRound.Kind.QUERY and not project.samples.candidates().exists():
        raise NothingToLabel("Every sample of the pool is labeled, queued or skipped. Import more to go on.")
    query_round = QueryRound.objects.create(
        project=project, number=last_number(project) + 1, kind=kind, size=size, model_number=model_number
    )
    enqueue(
        Job.Kind.FILL_ROUND,
        key=str(query_round.pk),
        project_id=project_id,
        subject=f"round {query_round.number}",
        round_id=query_round.pk,
    )
    return query_round


def last_number(project: Project) -> int:
    """Of its rounds; 0 before the first."""
    return project.rounds.aggregate(last=Max("number", default=0))["last"]  # type: ignore[no-any-return]


@transaction.atomic
def fill_round(
    *, round_id: int, strategy: str, choices: Sequence[ChosenSample], plan: Mapping[str, object] | None = None
) -> None:
    """Queue the chosen samples in rank order, as many as the budget still buys, and reserve their price; where a
    manager approves plans, only after that. `plan` says what the answers are expected to cost and to save.

    A filled round is left alone.
    """
    query_round = QueryRound.objects.select_for_update(of=("self",)).select_related("project").get(pk=round_id)
    if query_round.items.exists() or query_round.state != ROUND.FILLING:
        return
    # Nobody moves money between this look and the reservation.
    budgets.lock(query_round.project_id)
    bids = _bids(query_round.project_id, choices)
    if not bids:
        _close(query_round)
        return
    QueueItem.objects.bulk_create(
        QueueItem(
            round=query_round,
            sample_id=choice.sample_id,
            tier_id=tier_id,
            rank=rank,
            strategy=choice.strategy,
            slot=choice.slot,
            score=choice.score,
            selection_probability=choice.selection_probability,
            reason=choice.reason,
            neighbour_id=choice.neighbour_id,
            probabilities=choice.probabilities,
            price=price,
            answers_wanted=choice.answers,
            honeypot=choice.honeypot,
            blind=choice.blind,
            state=ITEM.PLANNED,
        )
        for rank, (choice, tier_id, price) in enumerate(bids, start=1)
    )
    QueryRound.objects.filter(pk=round_id).update(strategy=strategy, size=len(bids), plan=plan, state=ROUND.PLANNED)
    if query_round.project.plan_approval:
        _ask_for_approval(query_round, bids)
    else:
        reserve_plan(query_round)


def _ask_for_approval(query_round: QueryRound, bids: Sequence[tuple[ChosenSample, int, Decimal]]) -> None:
    project = query_round.project
    price = worded(sum((price * choice.answers for choice, _, price in bids), ZERO), project.budget.currency)
    notify(
        project_id=project.pk,
        kind=Notification.Kind.ROUND_NEEDS_APPROVAL,
        sentence=f"Round {query_round.number} is planned: {len(bids)} samples for {price} wait for your approval.",
        path=f"/projects/{project.pk}/queue",
        key=str(query_round.pk),
    )


def reserve_plan(query_round: QueryRound) -> None:
    """Reserve the price of every planned item that can be afforded, drop the others, and have the round go on.

    The caller holds the budget's lock.
    """
    planned = list(query_round.items.filter(state=ITEM.PLANNED).order_by("rank"))
    holds = [budgets.Hold(item.pk, item.tier_id, item.price * item.answers_wanted) for item in planned]
    places = budgets.fitting(project_id=query_round.project_id, prices=[(hold.tier_id, hold.price) for hold in holds])
    kept = [holds[place] for place in places]
    query_round.items.filter(state=ITEM.PLANNED).exclude(pk__in=[hold.item_id for hold in kept]).delete()
    if not kept:
        _close(query_round)
        return
    expires_at = timezone.now() + timedelta(days=query_round.project.item_days)
    query_round.items.filter(state=ITEM.PLANNED).update(state=ITEM.RESERVED, expires_at=expires_at)
    budgets.reserve(project_id=query_round.project_id, holds=kept)
    was_asked(query_round.items.values_list("sample_id", flat=True))
    QueryRound.objects.filter(pk=query_round.pk).update(state=ROUND.FILLING, size=len(kept))
    request_explaining(query_round)


def _bids(project_id: int, choices: Sequence[ChosenSample]) -> list[tuple[ChosenSample, int, Decimal]]:
    """The choices that can be paid for, each with its tier and the price expected of one answer."""
    experts = expert_tier(project_id)
    tiers = [choice.tier_id or experts for choice in choices]
    prices = expected_prices(tiers)
    bids = [(choice, tier_id, prices[tier_id]) for choice, tier_id in zip(choices, tiers, strict=True)]
    sums = [(tier_id, price * choice.answers) for choice, tier_id, price in bids]
    return [bids[position] for position in budgets.fitting(project_id=project_id, prices=sums)]


@transaction.atomic
def explain_items(*, explanations: Sequence[Explanation]) -> None:
    """Store heatmaps; an item that has one keeps it."""
    Explanation.objects.bulk_create(explanations, ignore_conflicts=True)


def request_explaining(query_round: QueryRound) -> None:
    """Have the missing heatmaps drawn, then what is unsent or out of date sent."""
    _enqueue_for(Job.Kind.EXPLAIN_ROUND, query_round)


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


@transaction.atomic
def mark_answered(*, item: QueueItem) -> None:
    """The item has its answers. Newly so, whatever else asks about the sample is withdrawn, so that it is not paid for
    twice."""
    is_new = item.state != ITEM.ANSWERED
    _end(item, ITEM.ANSWERED)
    Sample.objects.filter(pk=item.sample_id, skipped=True).update(skipped=False)
    others = QueueItem.objects.select_related("round").filter(sample_id=item.sample_id, state__in=QueueItem.WAITING)
    for other in others if is_new else ():
        _withdraw_waiting(other, ENDING.SETTLED)


@transaction.atomic
def mark_partly_answered(*, item: QueueItem, answers: int) -> None:
    """So many have answered or skipped a waiting item, and others are still asked: what is held for these stays."""
    project_id = item.round.project_id
    budgets.lock(project_id)
    budgets.release(project_id=project_id, item_id=item.pk, keep=still_held(item, answers=answers))


def still_held(item: QueueItem, *, answers: int) -> Decimal:
    """What a waiting item holds once so many people have answered or skipped it."""
    return item.price * max(item.answers_wanted - answers, 0) if item.waits else ZERO


@transaction.atomic
def mark_skipped(*, item: QueueItem) -> None:
    """Nobody who was asked would say: the sample is not asked about again. Gold knows its answer already."""
    _end(item, ITEM.SKIPPED)
    if not item.honeypot:
        Sample.objects.filter(pk=item.sample_id).update(skipped=True)


@transaction.atomic
def mark_unanswered(*, item: QueueItem) -> None:
    """The answer was taken back in Label Studio: the sample returns to the pool and may be chosen again."""
    _end(item, ITEM.WITHDRAWN, ENDING.TAKEN_BACK)


def _end(item: QueueItem, state: QueueItem.State, because: str = "") -> None:
    """The item waits no more, and what a charge has not used of its reservation is free again."""
    project_id = item.round.project_id
    budgets.lock(project_id)
    QueueItem.objects.filter(pk=item.pk).update(state=state, ended_because=because)
    budgets.release(project_id=project_id, item_id=item.pk)
    close_if_done(round_id=item.round_id)


@transaction.atomic
def withdraw(*, project_id: int, item_id: int, by: User | None = None) -> QueueItem:
    """Take a waiting item back from the queue and release its money. Raises Conflict once it is answered."""
    item = QueueItem.objects.select_related("round").filter(pk=item_id, round__project_id=project_id).first()
    if item is None:
        raise NotFound(f"There is no queue item {item_id} in this project.")
    if not _withdraw_waiting(item, ENDING.WITHDRAWN):
        raise Conflict(f"“{item.sample}” is already {item.state}; only a waiting item can be withdrawn.")
    record(
        project_id=project_id,
        by=by,
        action=AuditEntry.Action.ITEM_WITHDRAWN,
        subject=item.sample.name,
        before={"item": item.pk, "round": item.round.number, "price": item.price},
    )
    item.refresh_from_db()
    return item


@transaction.atomic
def outbid(*, round_id: int, keep: Collection[int]) -> list[int]:
    """After ranking again: withdraw the round's waiting items that are not in `keep`; their ids.

    Whoever is answering one at this moment is paid all the same.
    """
    waiting = QueueItem.objects.select_related("round").filter(round_id=round_id, state__in=QueueItem.WAITING)
    lost = waiting.exclude(pk__in=keep).order_by("pk")
    return [item.pk for item in lost if _withdraw_waiting(item, ENDING.OUTBID)]


def expire_items(*, now: datetime) -> int:
    """Withdraw what nobody answered in time, in every project; how many. Each is a transaction of its own."""
    waiting = QueueItem.objects.select_related("round").filter(state__in=QueueItem.WAITING)
    overdue = list(waiting.filter(expires_at__lte=now).order_by("pk"))
    return sum(_withdraw_waiting(item, ENDING.EXPIRED) for item in overdue)


@transaction.atomic
def _withdraw_waiting(item: QueueItem, because: QueueItem.Ending) -> bool:
    """False if the item no longer waits: an answer was faster."""
    budgets.lock(item.round.project_id)
    if not QueueItem.objects.filter(pk=item.pk, state__in=QueueItem.WAITING).exists():
        return False
    _end(item, ITEM.WITHDRAWN, because)
    return True


def close_if_done(*, round_id: int) -> None:
    """Close an open round in which nothing waits any more."""
    waiting = QueueItem.objects.filter(round_id=round_id, state__in=QueueItem.WAITING)
    query_round = QueryRound.objects.get(pk=round_id)
    if query_round.state == ROUND.OPEN and not waiting.exists():
        _close(query_round)


def _close(query_round: QueryRound) -> None:
    QueryRound.objects.filter(pk=query_round.pk).update(state=ROUND.CLOSED, closed_at=timezone.now())
    answered = query_round.items.filter(state=ITEM.ANSWERED).count()
    notify(
        project_id=query_round.project_id,
        kind=Notification.Kind.ROUND_CLOSED,
        sentence=f"Round {query_round.number} is closed: {answered} of {query_round.items.count()} samples answered.",
        path=f"/projects/{query_round.project_id}/queue?round={query_round.number}",
        key=str(query_round.pk),
    )
