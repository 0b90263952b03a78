"""An open round under a new champion: which of its items would be chosen again, and what the champion says of them.

An item keeps its place if a round of the same size, opened now, would choose it: from the pool and from all that
strategies chose into this round and nobody has answered. What is sent keeps its place in any case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from heedful.acquisition.models import ASK_AGAIN, ASKED_FIRST, CONTROL_STRATEGY, Explanation, QueryRound, QueueItem
from heedful.acquisition.reranking import by_strategy, rerank, rerankable, untouched
from heedful.labeling.outbox import begun, connect
from heedful.registry.models import ModelVersion
from heedful.registry.services import champion
from ml.arrays import Probabilities
from ml.strategies.reasons import names_another, reason
from ml.strategies.selection import Choice, select
from workers.asking import asking
from workers.judged import opinions
from workers.running import RunningJob
from workers.tasks.explain import BATCH, explanations_of
from workers.tasks.score import shortlisted

# A stream of chance of its own, beyond those that filled the round.
RERANKING = 1_000_003


def rank_again(running: RunningJob) -> None:
    """Everything is stored at once at the end: a kill before that changes nothing, and the next attempt does the same.

    Left alone if there is a newer champion by now, or if it is done.
    """
    query_round = QueryRound.objects.select_related("project").get(pk=running.arguments["round_id"])
    model = champion(query_round.project_id)
    number = running.arguments["model_number"]
    if model is None or model.number != number or not rerankable(query_round, model_number=number):
        return
    waiting = untouched(query_round).exclude(pk__in=begun(query_round, client=connect()))
    ranking = ranked(query_round, model, list(waiting.select_related("sample", "round")))
    rerank(
        round_id=query_round.pk,
        model_number=number,
        refreshed=ranking.kept,
        explanations=_explanations(running, query_round, model, ranking.kept),
        lost=ranking.lost,
    )


@dataclass(frozen=True, slots=True)
class Ranking:
    """kept: best first, with what the model says of them, not saved. lost: the ids of the unsent ones that it would
    not choose."""

    kept: list[QueueItem]
    lost: list[int]


@dataclass(frozen=True, slots=True)
class Saying:
    """How an item's reason is worded. places, target: of its slot. chosen: whether the model would choose it."""

    strategy: str
    places: int = 1
    target: int | None = None
    chosen: bool = True


def ranked(query_round: QueryRound, model: ModelVersion, items: Sequence[QueueItem]) -> Ranking:
    """Of waiting items that nobody has begun."""
    choices = _chosen_now(query_round, model, [item for item in items if by_strategy(item)])
    lost = [item.pk for item in items if _is_lost(item, choices)]
    kept = sorted((item for item in items if item.pk not in lost), key=lambda item: _place(item, choices))
    sayings = {item.pk: _saying(item, choices.get(item.sample_id)) for item in kept if not item.honeypot}
    rng = np.random.default_rng([query_round.project.seed, query_round.number, RERANKING, model.number])
    for item, said in zip(kept, opinions(model, [item.sample for item in kept]), strict=True):
        saying = sayings.get(item.pk) or _like_another(item, list(sayings.values()), rng)
        choice = choices.get(item.sample_id) if by_strategy(item) else None
        item.strategy = saying.strategy
        if choice:
            item.score, item.slot = choice.score, choice.slot
        item.neighbour_id = choice.neighbour.sample_id if choice and choice.neighbour else None
        item.reason = choice.reason if choice else _reason(query_round, saying, said)
        item.probabilities = said.tolist()
    return Ranking(kept, lost)


def _chosen_now(query_round: QueryRound, model: ModelVersion, items: Sequence[QueueItem]) -> dict[int, Choice]:
    """{sample: choice} of a round of the same size under the model; its control has been drawn already."""
    if not items:
        return {}
    drawn = query_round.items.filter(honeypot=False).exclude(strategy__in=[CONTROL_STRATEGY, ASK_AGAIN, ASKED_FIRST])
    size = drawn.count()
    asked = asking(query_round, model, model.backbone)
    plan = replace(asked.plan, control_share=0.0)
    asked = replace(asked, plan=plan)
    candidates = shortlisted(query_round, model, asked, size=size, also=[item.sample_id for item in items])
    rng = np.random.default_rng([query_round.project.seed, query_round.number, RERANKING])
    return {choice.sample_id: choice for choice in select(candidates, plan, size=size, rng=rng)}


def _is_lost(item: QueueItem, choices: dict[int, Choice]) -> bool:
    return by_strategy(item) and item.state == QueueItem.State.RESERVED and item.sample_id not in choices


def _place(item: QueueItem, choices: dict[int, Choice]) -> tuple[bool, int]:
    """What the model would choose by its rank, then the others as they stood."""
    choice = choices.get(item.sample_id)
    return (False, choice.rank) if choice else (True, item.rank)


def _saying(item: QueueItem, choice: Choice | None) -> Saying:
    if choice is not None and by_strategy(item):
        return Saying(choice.strategy, choice.places, choice.target)
    return Saying(item.strategy, chosen=not by_strategy(item))


def _like_another(item: QueueItem, others: Sequence[Saying], rng: np.random.Generator) -> Saying:
    """A honeypot speaks as another item of the round does, if it can as one that names no other sample."""
    others = [one for one in others if not names_another(one.strategy)] or others
    return others[int(rng.integers(len(others)))] if others else Saying(item.strategy)


def _reason(query_round: QueryRound, saying: Saying, said: Probabilities) -> str:
    project = query_round.project
    classes = tuple(one.name for one in project.classes())
    if saying.chosen:
        return reason(saying.strategy, probabilities=said, classes=classes, target=saying.target, size=saying.places)
    top = int(np.argmax(said))
    return f"Chosen before the newest model, which says {classes[top]} at {said[top]:.2f}; others are worth more to it."


def _explanations(
    running: RunningJob, query_round: QueryRound, model: ModelVersion, items: list[QueueItem]
) -> list[Explanation]:
    drawn: list[Explanation] = []
    for start in range(0, len(items), BATCH):
        drawn += explanations_of(query_round, model, items[start : start + BATCH])
        running.progress(len(drawn), len(items), "heatmaps")
    return drawn
