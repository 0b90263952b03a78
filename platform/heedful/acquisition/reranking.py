"""An open round under a champion that came after it: what is no longer worth its place goes, the rest is refreshed.

Only what waits and nobody has answered changes. Sent, it stays before the experts and says what the champion says;
unsent, it may be outbid, and its money is there for the next round. The random control and honeypots were not chosen
for what a model says of them, so they are refreshed and never outbid: the control's chance stays as stated, and a
honeypot that kept an old opinion would give itself away. What asks again stays as it is: the champion may have learned
from the very answers that are in doubt.
"""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry
from heedful.acquisition.models import ASK_AGAIN, CONTROL_STRATEGY, Explanation, QueryRound, QueueItem, Reranking
from heedful.acquisition.services import outbid, request_explaining
from heedful.budgets import services as budgets
from heedful.budgets.models import Budget

OPINION = ("strategy", "slot", "score", "reason", "neighbour", "probabilities")


def rerankable(query_round: QueryRound, *, model_number: int) -> bool:
    """Whether something waits in a reserved round that was neither chosen nor ranked under this version yet."""
    return (
        query_round.kind == QueryRound.Kind.QUERY
        and query_round.state in (QueryRound.State.FILLING, QueryRound.State.OPEN)
        and query_round.model_number != model_number
        and not query_round.rerankings.filter(model_number=model_number).exists()
        and query_round.items.filter(state__in=QueueItem.WAITING).exists()
    )


def untouched(query_round: QueryRound) -> QuerySet[QueueItem]:
    """The waiting items that may change: no answer to the item, nor, except to gold, to its sample, of which a model
    may have learned."""
    waiting = query_round.items.filter(state__in=QueueItem.WAITING)
    told = Q(sample__label__isnull=False) | Q(sample__annotations__isnull=False)
    known = waiting.filter(Q(annotations__isnull=False) | Q(strategy=ASK_AGAIN) | (Q(honeypot=False) & told))
    return waiting.exclude(pk__in=known.values("pk")).order_by("rank")


def by_strategy(item: QueueItem) -> bool:
    """Whether a strategy chose the item for what it is; it competes for its place, and its rank follows its worth."""
    return not item.honeypot and item.strategy not in (CONTROL_STRATEGY, ASK_AGAIN)


@transaction.atomic
def rerank(
    *,
    round_id: int,
    model_number: int,
    refreshed: Sequence[QueueItem],
    explanations: Iterable[Explanation],
    lost: Collection[int],
) -> Reranking:
    """Store what the champion says of the round's items, and withdraw the unsent ones in `lost`; once a version.

    `refreshed` carry their new strategy, slot, score, reason, neighbour and probabilities, not saved yet, the best
    first. What was answered, sent or withdrawn since they were read is left as it is.
    """
    query_round = QueryRound.objects.get(pk=round_id)
    # Nobody answers meanwhile, and below nobody sends.
    reserved = budgets.lock(query_round.project_id).reserved
    if done := query_round.rerankings.filter(model_number=model_number).first():
        return done
    states = dict(untouched(query_round).select_for_update(of=("self",)).values_list("pk", "state"))
    dropped = [pk for pk in lost if states.get(pk) == QueueItem.State.RESERVED]
    kept = [item for item in refreshed if item.pk in states and item.pk not in dropped]
    _refresh(kept, [one for one in explanations if one.item_id in {item.pk for item in kept}])
    _rank(query_round, [item.pk for item in kept if by_strategy(item)], dropped)
    waiting = query_round.items.filter(state__in=QueueItem.WAITING).values_list("pk", flat=True)
    outbid(round_id=round_id, keep=set(waiting) - set(dropped))
    released = reserved - Budget.objects.get(project_id=query_round.project_id).reserved
    return _noted(query_round, model_number, len(kept), len(dropped), released)


def _refresh(items: Sequence[QueueItem], explanations: Sequence[Explanation]) -> None:
    QueueItem.objects.bulk_update(items, OPINION)
    QueueItem.objects.filter(pk__in=[item.pk for item in items]).update(edition=F("edition") + 1)
    Explanation.objects.filter(item__in=items).delete()
    Explanation.objects.bulk_create(explanations)


def _rank(query_round: QueryRound, best_first: Sequence[int], last: Sequence[int]) -> None:
    """Deal the ranks that these items have among them anew; all others keep theirs."""
    order = [*best_first, *last]
    items = query_round.items.filter(pk__in=order)
    ranks = sorted(items.values_list("rank", flat=True))
    beyond = query_round.items.aggregate(last=Max("rank", default=0))["last"]
    # A rank is taken by one item at a time.
    items.update(rank=F("rank") + beyond)
    for pk, rank in zip(order, ranks, strict=True):
        QueueItem.objects.filter(pk=pk).update(rank=rank)


def _noted(query_round: QueryRound, model_number: int, refreshed: int, lost: int, released: Decimal) -> Reranking:
    record(
        project_id=query_round.project_id,
        by=None,
        action=AuditEntry.Action.QUEUE_RERANKED,
        subject=f"round {query_round.number} under version {model_number}",
        after={"refreshed": refreshed, "outbid": lost, "released": released},
    )
    request_explaining(query_round)
    return Reranking.objects.create(
        round=query_round, model_number=model_number, refreshed=refreshed, outbid=lost, released=released
    )
