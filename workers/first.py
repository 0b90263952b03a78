"""What a person wants asked before all else goes into a round first."""

from collections.abc import Sequence

from heedful.acquisition.choices import ChosenSample
from heedful.acquisition.models import ASKED_FIRST, CONTROL_STRATEGY, QueryRound
from heedful.pool.marks import waiting_first
from heedful.registry.models import ModelVersion
from workers.judged import opinions


def put_first(
    query_round: QueryRound, choices: Sequence[ChosenSample], model: ModelVersion | None
) -> list[ChosenSample]:
    """The wanted samples, then as many of the choices as the round still has places for; the random control keeps its
    places, so that what is measured by it does not depend on what people want. Wanted samples were not drawn: their
    selection probability is 1, and no estimate rests on them."""
    control = [one for one in choices if one.strategy == CONTROL_STRATEGY]
    room = max(query_round.size - len(control), 0)
    # What joined the pool since waits until it is embedded.
    waiting = list(waiting_first(query_round.project_id).filter(sample__shard__isnull=False)[:room])
    said = opinions(model, [one.sample for one in waiting]).tolist() if model else [None] * len(waiting)
    wanted = [
        ChosenSample(
            sample_id=one.sample_id,
            strategy=ASKED_FIRST,
            score=1.0,
            selection_probability=1.0,
            reason=one.reason,
            probabilities=probabilities,
        )
        for one, probabilities in zip(waiting, said, strict=True)
    ]
    if not wanted:
        return list(choices)
    there = {one.sample_id for one in wanted}
    others = [one for one in choices if one.sample_id not in there and one.strategy != CONTROL_STRATEGY]
    kept = {one.sample_id for one in others[: room - len(wanted)]} | {one.sample_id for one in control}
    return [*wanted, *(one for one in choices if one.sample_id in kept and one.sample_id not in there)]
