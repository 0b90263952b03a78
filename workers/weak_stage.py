"""The weak stage of a run: what it learns from before any expert's label, and what that was worth."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from heedful.quality.services import LabeledSample
from heedful.quality.weak import places
from heedful.registry.models import Backbone, TrainingRun
from ml.arrays import Labels, Probabilities
from ml.evaluation.comparison import compare
from ml.evaluation.metrics import evaluate
from ml.training.weak import WeakSamples
from workers.files import gather, shard_embeddings
from workers.terms import Terms
from workers.weak import covered, store_targets, weigh

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class WeakStage:
    """addresses: where the samples' pictures lie. said: what to report of it."""

    samples: WeakSamples
    addresses: list[str]
    said: dict[str, Any]


def weak_stage(run: TrainingRun, backbone: Backbone, labeled: Sequence[LabeledSample]) -> WeakStage | None:
    """The weak labels of the pool, of samples that no expert has labeled; gold teaches nothing. None without any."""
    weighed = weigh(run.project, known={one.sample_id: one.position for one in labeled})
    if weighed.combined is None:
        return None
    where, by_experts = places(run.project_id), {one.sample_id for one in labeled}
    ids = weighed.votes.sample_ids
    rows = [
        row
        for row in covered(weighed).tolist()
        if ids[row] in where and not where[ids[row]].gold and ids[row] not in by_experts
    ]
    if not rows:
        return None
    found = [where[ids[row]] for row in rows]
    samples = WeakSamples(
        embeddings=gather(shard_embeddings(run.project_id, backbone.key), [(one.shard_id, one.row) for one in found]),
        targets=weighed.combined.posterior[rows],
        groups=np.array([one.group for one in found]),
    )
    name, address = store_targets(run.project, weighed)
    contradicting = [
        source.name
        for source, judged in zip(weighed.votes.sources, weighed.judged, strict=True)
        if source.enabled and judged.contradicts
    ]
    return WeakStage(
        samples,
        [one.address for one in found],
        {
            "samples": len(rows),
            "sources": [weighed.votes.sources[place].name for place in weighed.counting],
            "contradicting": contradicting,
            "content_hash": name,
            "address": address,
        },
    )


def worth(without: Probabilities, staged: Probabilities, labels: Labels, terms: Terms, seed: int) -> dict[str, Any]:
    """Of the same gold samples: the expected cost without the stage and with it, and their difference, paired."""
    rng = np.random.default_rng(seed)
    verdict = compare(
        without,
        staged,
        labels,
        terms.costs,
        confidence=CONFIDENCE,
        recall_floors={},
        rng=rng,
        group=terms.evaluation,
    )
    costs = [
        asdict(evaluate(one, labels, terms.costs, rng=rng, group=terms.evaluation).expected_cost)
        for one in (without, staged)
    ]
    return {
        "without": costs[0],
        "with": costs[1],
        "cost_difference": asdict(verdict.cost_difference),
        "probability_cheaper": verdict.probability_cheaper,
    }
