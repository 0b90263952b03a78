"""Several heads from the same labels, each weighing them by chance: where they disagree, labels are missing."""

import numpy as np
import numpy.typing as npt
import torch

from ml.arrays import Embeddings, Labels
from ml.errors import require_finite
from ml.heads import HeadEnsemble
from ml.training.descent import HeadConfig, Problem, descend, on_raw_embeddings, standardise
from ml.training.head import label_counts
from ml.training.losses import answering_shift, soft_targets, weights_of_classes

MEMBERS = 8
CONFIG = HeadConfig()
# Small, so that the heads are free to differ where the labels leave room.
WEIGHT_DECAY = 0.1


def train_ensemble(
    embeddings: Embeddings,
    labels: Labels,
    *,
    n_classes: int,
    rng: np.random.Generator,
    members: int = MEMBERS,
    sureness: npt.NDArray[np.float64] | None = None,
) -> HeadEnsemble:
    """(n, d) embeddings, (n,) labels -> heads under the Bayesian bootstrap (Rubin, 1981), all trained at once; the same
    input and seed give the same heads.

    Each label counts by an exponential weight, so no class drops out, however rare. Raises as `train_head` does.
    """
    label_counts(labels, n_classes)
    require_finite("embeddings", embeddings)
    scaled, centre, scale = standardise(embeddings)
    targets = soft_targets(labels, sureness, n_classes)
    found = targets.sum(axis=0)
    weights = weights_of_classes(found, CONFIG.loss, None)
    weighed = torch.from_numpy(np.asarray(targets * weights, np.float32))
    problem = Problem(
        features=torch.from_numpy(scaled),
        labels=torch.from_numpy(labels),
        targets=weighed,
        often=torch.ones(len(labels)),
        offset=torch.zeros(n_classes),
    )
    counted = torch.from_numpy(rng.standard_exponential((members, len(labels)), np.float32))
    decays = torch.full((members,), WEIGHT_DECAY)
    *_, (_, rows, bias) = descend(problem, counted, decays, CONFIG, CONFIG.max_steps // 2)
    shift = answering_shift(found, found, weights)
    return HeadEnsemble(
        tuple(
            on_raw_embeddings(one.numpy(), own.numpy() + shift, centre, scale, 1.0)
            for one, own in zip(rows, bias, strict=True)
        )
    )
