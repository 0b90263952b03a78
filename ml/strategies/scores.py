"""One score a sample, from what the model says of it. Higher = more worth a label. All stream over shards."""

import numpy as np

from ml.arrays import Costs, Probabilities, Scores
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


def entropy(probabilities: Probabilities) -> Scores:
    """-sum p log p in nats (Shannon, 1948; Holub, Perona & Burl, 2008). (n, c) -> (n,) in 0..log c.

    O(n c). Raises NotFinite.
    """
    require_finite("probabilities", probabilities)
    scores = np.empty(len(probabilities), probabilities.dtype)
    for start in range(0, len(probabilities), _ROWS_PER_BLOCK):
        block = slice(start, start + _ROWS_PER_BLOCK)
        scores[block] = _entropies(probabilities[block])
    return scores


def least_confidence(probabilities: Probabilities) -> Scores:
    """1 - the likeliest class's probability (Lewis & Catlett, 1994). (n, c) -> (n,) in 0..1.

    O(n c). Raises NotFinite.
    """
    require_finite("probabilities", probabilities)
    return np.asarray(1 - probabilities.max(axis=1))


def expected_cost(probabilities: Probabilities, costs: Costs) -> Scores:
    """What the cheapest decision is still expected to cost (conditional risk; Chen & Lin, 2013): as much as a certain
    label of the sample would save. (n, c), (c, c) -> (n,), in the unit of the costs.

    O(n c^2). Raises NotFinite.
    """
    require_finite("probabilities", probabilities)
    return np.asarray((probabilities @ costs).min(axis=1))


def bald(members: Probabilities) -> Scores:
    """How much the members of an ensemble disagree: the entropy of their mean less the mean of their entropies (Houlsby
    et al., 2011; Beluch et al., 2018). (e, n, c) -> (n,) in 0..log c.

    O(e n c). Raises NotFinite.
    """
    require_finite("members", members)
    doubts = np.stack([_entropies(member) for member in members]).mean(axis=0)
    return np.asarray(np.maximum(_entropies(members.mean(axis=0)) - doubts, 0))


def class_uncertainty(probabilities: Probabilities, target: int) -> Scores:
    """Entropy among the samples predicted `target`, the others behind all of them: with a slot for each class, quotas
    by predicted class (class-stratified sampling, as ClaSP does it for segmentation). (n, c) -> (n,) in -log c..log c.

    O(n c). Raises NotFinite.
    """
    behind = np.log(probabilities.shape[1]) * (probabilities.argmax(axis=1) != target)
    return np.asarray(entropy(probabilities) - behind)


def _entropies(probabilities: Probabilities) -> Scores:
    return np.asarray(-np.einsum("nc,nc->n", probabilities, np.log(np.maximum(probabilities, 1e-30))))


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
