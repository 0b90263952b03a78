"""Newly imported samples against the pool before them and against what the champion learned from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Embeddings, Indices, Probabilities
from ml.drift.mmd import mmd, mmd_statistics
from ml.drift.permutation import Tested, permutation_tests
from ml.drift.psi import psi, psi_statistics

PERMUTATIONS = 24_999
"""Enough for a p-value of 4e-5: a false alarm in one of two hundred looks, once in a hundred times."""
LEAST = 20
"""With fewer new or old samples nothing is said."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The same samples as the backbone and the champion see them: (n, d) embeddings and (n, c) scores."""

    embeddings: Embeddings
    scores: Probabilities

    def __len__(self) -> int:
        return len(self.embeddings)


@dataclass(frozen=True, slots=True)
class Drift:
    """Each of the four tests, None of those without training samples. `chosen_embeddings` and `chosen_scores`: how far
    the training samples themselves lie from the old pool; that is no drift, for they were chosen."""

    embeddings_pool: Tested
    scores_pool: Tested
    embeddings_training: Tested | None
    scores_training: Tested | None
    chosen_embeddings: float | None
    chosen_scores: float | None


def measure_drift(
    new: Seen,
    old: Seen,
    training: Seen | None,
    *,
    rng: np.random.Generator,
    permutations: int = PERMUTATIONS,
) -> Drift:
    """Two tests on embeddings and two on scores. Samples must be exchangeable where nothing drifts: at most one of
    each group (`one_a_group`). Raises ValueError below `LEAST` new or old samples, NotFinite."""
    if min(len(new), len(old)) < LEAST:
        raise ValueError(f"{len(new)} new and {len(old)} old samples; at least {LEAST} of each are needed.")
    if training is not None and len(training) < LEAST:
        training = None
    sizes = {"n_new": len(new), "n_old": len(old), "permutations": permutations}
    far = permutation_tests(
        mmd_statistics(new.embeddings, old.embeddings, training.embeddings if training else None), **sizes, rng=rng
    )
    different = permutation_tests(
        psi_statistics(new.scores, old.scores, training.scores if training else None), **sizes, rng=rng
    )
    return Drift(
        embeddings_pool=far[0],
        scores_pool=different[0],
        embeddings_training=far[1] if training else None,
        scores_training=different[1] if training else None,
        chosen_embeddings=mmd(training.embeddings, old.embeddings) if training else None,
        chosen_scores=psi(training.scores, old.scores) if training else None,
    )


def one_a_group(groups: npt.NDArray[np.generic], size: int, rng: np.random.Generator) -> Indices:
    """At most `size` of n samples, each of another group, drawn at random: the cells of one panel are alike, and a
    test that took them for independent would find every new panel strange. Ascending."""
    order = rng.permutation(len(groups))
    _, first = np.unique(groups[order], return_index=True)
    places = order[first]
    if len(places) > size:
        places = rng.choice(places, size, replace=False)
    return np.sort(places)
