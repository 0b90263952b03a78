"""A pool far larger than what is held of it: every way of asking that begins with a score, all at once."""

import tracemalloc

import numpy as np

from ml.strategies.candidates import Candidates
from ml.strategies.catalogue import STRATEGIES
from ml.strategies.recipes import RANDOM, RECIPES, mixture
from ml.strategies.selection import select
from ml.strategies.shortlist import Shortlist
from tests.ml.given import some_evidence

POOL, SHARD, WIDTH, CLASSES = 200_000, 20_000, 128, 3
MB = 2**20
STREAMING = [name for name, one in RECIPES.items() if STRATEGIES[one.strategies[0]].score and name != RANDOM]


def choose(pool=POOL, size=200):
    """The choices, and the highest memory over the evidence while the pool streamed by."""
    evidence = some_evidence(0, m=200, width=WIDTH, classes=CLASSES)
    plan = mixture(dict.fromkeys(STREAMING, 1.0), target=1, n_classes=CLASSES, control_share=0.1)
    shortlist = Shortlist(plan, size=size, evidence=evidence)
    tracemalloc.start()
    for number in range(pool // SHARD):
        points = embeddings_of(number)
        ids = np.arange(SHARD) + number * SHARD
        shortlist.add(ids, evidence.head.probabilities(points), np.random.default_rng(number), points)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    ids = shortlist.ids
    kept = np.concatenate([embeddings_of(shard)[ids[ids // SHARD == shard] % SHARD] for shard in range(pool // SHARD)])
    candidates = Candidates(
        ids=ids,
        embeddings=kept,
        probabilities=evidence.head.probabilities(kept),
        labeled=evidence.embeddings,
        control_ids=shortlist.control_ids,
        eligible=shortlist.eligible,
        evidence=evidence,
    )
    return candidates, select(candidates, plan, size=size, rng=np.random.default_rng(0)), peak


def embeddings_of(shard):
    return np.random.default_rng([7, shard]).standard_normal((SHARD, WIDTH), np.float32)


def test_a_pool_streams_by_in_the_memory_of_a_few_shards():
    """The pool's embeddings alone would be 98 MB, 10 MB a shard."""
    candidates, choices, peak = choose()
    assert peak < 60 * MB
    assert len({one.sample_id for one in choices}) == 200
    assert {one.slot for one in choices} == {*STREAMING, "control"}
    assert len(candidates.ids) < 20_000
