"""Every way of asking that a project can choose, with all the evidence that any of them needs."""

from collections.abc import Callable

import numpy as np

from benchmarks.selection.own import shards
from benchmarks.selection.pool import CLASSES, Pool
from ml.arrays import Indices
from ml.heads import LinearHead
from ml.strategies.candidates import Candidates
from ml.strategies.evidence import Evidence
from ml.strategies.recipes import mixture
from ml.strategies.selection import select
from ml.strategies.shortlist import Shortlist
from ml.training.ensemble import train_ensemble
from ml.training.head import torch_threads

RAREST = CLASSES - 1


def prepared(pool: Pool, size: int, recipe: str) -> Callable[[], Indices]:
    """A round as the workers choose it, from a pool that streams by; the ensemble is trained beforehand."""
    plan = mixture({recipe: 1}, target=RAREST, n_classes=CLASSES, control_share=0.0)
    probabilities, embeddings = pool.probabilities, pool.embeddings
    evidence = _evidence(pool)
    ids = np.arange(len(probabilities))

    def run() -> Indices:
        shortlist = Shortlist(plan, size=size, evidence=evidence)
        for number, shard in enumerate(shards(len(ids))):
            points = embeddings[shard] if shortlist.needs_embeddings else None
            shortlist.add(ids[shard], probabilities[shard], np.random.default_rng([0, number]), points)
        kept = shortlist.ids
        candidates = Candidates(
            ids=kept,
            embeddings=embeddings[kept],
            probabilities=probabilities[kept],
            labeled=evidence.embeddings,
            control_ids=shortlist.control_ids,
            eligible=shortlist.eligible,
            evidence=evidence,
        )
        return np.array([one.sample_id for one in select(candidates, plan, size=size, rng=np.random.default_rng(0))])

    return run


def _evidence(pool: Pool) -> Evidence:
    labels = pool.labels
    with torch_threads(1):
        ensemble = train_ensemble(pool.labeled, labels, n_classes=CLASSES, rng=np.random.default_rng(0))
    weights, bias = pool.head
    return Evidence(
        ids=-1 - np.arange(len(labels)),
        embeddings=pool.labeled,
        labels=labels,
        # Each tenth of the others was taken for the rarest class.
        said=np.where(np.arange(len(labels)) % 10 == 0, RAREST, labels),
        costs=1 - np.eye(CLASSES) + 99 * np.outer(np.arange(CLASSES) == RAREST, np.arange(CLASSES) != RAREST),
        head=LinearHead(weights, bias, 1.0),
        ensemble=ensemble,
    )
