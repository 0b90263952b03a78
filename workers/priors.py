"""Whether the labels that a run learned from are as frequent as what its model will meet."""

from collections.abc import Sequence

import numpy as np

from heedful.quality.services import LabeledSample, read_snapshot
from heedful.registry.models import Backbone, TrainingRun
from ml.arrays import Embeddings
from ml.evaluation.priors import Priors, compare_priors, em_priors
from ml.heads import LinearHead
from workers.files import shard_embeddings
from workers.labeled import labels_of

# Of the pool: the shares of classes are as sure from so many as they need to be.
MOST_ROWS = 20_000


def priors_of(run: TrainingRun, backbone: Backbone, trained: LinearHead, gold: Sequence[LabeledSample]) -> Priors:
    """`trained` is calibrated, so it answers at the frequencies of gold."""
    names = [one.name for one in run.project.classes()]
    labels, of_gold = (np.bincount(labels_of(one), minlength=len(names)) for one in (read_snapshot(run.snapshot), gold))
    pool = em_priors(trained.probabilities(_rows_of_pool(run, backbone)), (of_gold + 0.5) / (of_gold + 0.5).sum())
    return compare_priors(labels, of_gold, pool, names)


def _rows_of_pool(run: TrainingRun, backbone: Backbone) -> Embeddings:
    """Evenly over all shards, without what has no finite features."""
    shards = list(shard_embeddings(run.project_id, backbone.key).values())
    step = max(sum(len(one) for one in shards) // MOST_ROWS, 1)
    rows = np.concatenate([np.asarray(one[::step], np.float32) for one in shards])
    return np.asarray(rows[np.isfinite(rows).all(axis=1)])
