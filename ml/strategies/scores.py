"""One score a sample, from what the model says of it. Higher = more worth a label. All stream over shards."""

import numpy as np

from ml.arrays import Probabilities, Scores
from ml.errors import require_finite

_ROWS_PER_BLOCK = 16_384  # small enough for the partitioned copy to stay in the processor's cache


def margin(probabilities: Probabilities) -> Scores:
    """1 - (p1 - p2), the gap between the two likeliest classes (Scheffer et al., 2001). (n, c) -> (n,) in
    0..1.

    O(n c). Raises NotFinite.
    """
    require_finite("probabilities", probabilities)
    if probabilities.shape[1] == 2:
        return np.asarray(1 - np.abs(probabilities[:, 0] - probabilities[:, 1]))
    scores = np.empty(len(probabilities), probabilities.dtype)
    for start in range(0, len(probabilities), _ROWS_PER_BLOCK):
        block = slice(start, start + _ROWS_PER_BLOCK)
        top_two = np.partition(probabilities[block], -2, axis=1)[:, -2:]
        scores[block] = 1 - (top_two[:, 1] - top_two[:, 0])
    return scores


def rare_class_score(probabilities: Probabilities, target: int) -> Scores:
    """The probability of the costly rare class. (n, c) -> (n,) in 0..1.

    Its highest scores are that class's likely members and its hard negatives alike; both teach (certainty
    sampling, Lewis & Gale, 1994). O(n). Raises NotFinite.
    """
    require_finite("probabilities", probabilities)
    return probabilities[:, target].copy()


def uniform(n_samples: int, rng: np.random.Generator) -> Scores:
    """Independent random numbers: the highest are a uniform draw without replacement. O(n)."""
    return rng.random(n_samples)
