"""Heedful's own selection, fed a shard at a time and refined on the shortlist, as the workers do it."""

from collections.abc import Callable

import numpy as np

from benchmarks.selection.pool import CLASSES, Pool
from ml.arrays import Indices
from ml.strategies.candidates import Candidates
from ml.strategies.plan import QueryPlan, Slot, default_plan
from ml.strategies.scores import margin as margin_scores
from ml.strategies.selection import select
from ml.strategies.shortlist import Shortlist
from ml.strategies.top import TopM

SHARD = 20_000


def ranking(pool: Pool, size: int) -> Callable[[], Indices]:
    """The smallest margins and nothing more, which is what the peers answer."""
    probabilities = pool.probabilities
    ids = np.arange(len(probabilities))

    def run() -> Indices:
        top = TopM(size)
        for shard in shards(len(ids)):
            top.add(ids[shard], margin_scores(probabilities[shard]))
        return top.result()[0]

    return run


def margin(pool: Pool, size: int) -> Callable[[], Indices]:
    """The same as a round: with ranks, scores, and a sentence of reason for each."""
    return _prepared(pool, QueryPlan((Slot("uncertain", ("margin",), 1.0),), control_share=0.0), size)


def two_stage(pool: Pool, size: int) -> Callable[[], Indices]:
    return _prepared(pool, QueryPlan((Slot("uncertain", ("margin", "k-center"), 1.0),), control_share=0.0), size)


def default(pool: Pool, size: int) -> Callable[[], Indices]:
    """What a round asks for: see `ml.strategies.plan.default_plan`."""
    return _prepared(pool, default_plan(CLASSES - 1), size)


def _prepared(pool: Pool, plan: QueryPlan, size: int) -> Callable[[], Indices]:
    probabilities = pool.probabilities
    # The workers look up embeddings even for a plan without k-center, so this does too.
    embeddings, labeled = pool.embeddings, pool.labeled
    ids = np.arange(len(probabilities))
    classes = tuple(f"class {number}" for number in range(CLASSES))

    def run() -> Indices:
        shortlist = Shortlist(plan, size=size)
        for number, shard in enumerate(shards(len(ids))):
            shortlist.add(ids[shard], probabilities[shard], np.random.default_rng([0, number]))
        kept = shortlist.ids
        candidates = Candidates(
            ids=kept,
            embeddings=embeddings[kept],
            probabilities=probabilities[kept],
            labeled=labeled,
            control_ids=shortlist.control_ids,
            eligible=shortlist.eligible,
            classes=classes,
        )
        choices = select(candidates, plan, size=size, rng=np.random.default_rng(0))
        return np.array([choice.sample_id for choice in choices])

    return run


def shards(n: int) -> list[slice]:
    return [slice(start, start + SHARD) for start in range(0, n, SHARD)]
