"""Where a class ends: the score at which labels turn from one class to the others, and what lies near it."""

import numpy as np

from ml.arrays import Labels, Probabilities, Scores
from ml.errors import require_finite


def class_lead(probabilities: Probabilities, target: int) -> Scores:
    """(n, c) -> (n,) in -1..1: p(target) less the best of the other classes."""
    others = np.delete(probabilities, target, axis=1).max(axis=1)
    return np.asarray(probabilities[:, target] - others)


def class_threshold(leads: Scores, is_target: Labels) -> float:
    """The lead that parts labels of the class from the others with the fewest mistakes, each side weighed alike.

    leads, is_target: (m,). Between two labels the middle; of equally good places the middle one. Without labels of
    both kinds 0, where the class stops being the likeliest.
    """
    is_target = is_target.astype(bool)
    positives, negatives = int(is_target.sum()), int((~is_target).sum())
    if not positives or not negatives:
        return 0.0
    order = np.argsort(leads, kind="stable")
    sorted_leads = leads[order].astype(np.float64)
    # With the threshold after the first i labels: the positives below it and the negatives above it are mistaken.
    below = np.concatenate(([0], np.cumsum(is_target[order]))) / positives
    above = 1 - np.concatenate(([0], np.cumsum(~is_target[order]))) / negatives
    cuts = np.concatenate(([sorted_leads[0]], (sorted_leads[1:] + sorted_leads[:-1]) / 2, [sorted_leads[-1]]))
    mistakes = below + above
    # Equal leads cannot be parted.
    mistakes[1:-1][sorted_leads[1:] == sorted_leads[:-1]] = np.inf
    best = np.flatnonzero(mistakes <= mistakes.min() + 1e-12)
    return float(cuts[best[len(best) // 2]])


def near_threshold(probabilities: Probabilities, target: int, threshold: float) -> Scores:
    """2 - the distance of each sample's lead to the class's threshold, one class at a time. (n,) in 0..2.

    Where a class is rare the threshold lies far from where margin looks, and the labels near it are more evenly of
    both kinds (GALAXY, Zhang et al., 2022; DIRECT, Nuggehalli et al., 2025). O(n c). Raises NotFinite.
    """
    require_finite("probabilities", probabilities)
    return np.asarray(2 - np.abs(class_lead(probabilities, target) - threshold))
