"""What a deep run's model makes of the labels it did not learn from, and whether another does better beyond noise."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Labels
from ml.evaluation.bootstrap import Interval, interval, resamples

LEAST_HELD_OUT = 5
"""Groups of each class: fewer can look better by chance alone."""
_LEVEL = 0.05
_DRAWS = 2_000
_CONFIDENCE = 0.95

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """(n,) labels, groups and losses in nats, at the fitted temperature."""

    labels: Labels
    groups: npt.NDArray[np.generic]
    losses: Floats

    @property
    def loss(self) -> float:
        """The mean, each class alike."""
        return float(np.mean([self.losses[self.labels == label].mean() for label in np.unique(self.labels)]))

    @property
    def groups_per_class(self) -> tuple[int, ...]:
        """Of the classes that are there."""
        return tuple(len(np.unique(self.groups[self.labels == label])) for label in np.unique(self.labels))


@dataclass(frozen=True, slots=True)
class Gain:
    """difference: of the losses, each class alike; below 0 the other does better. probability_better: the share of
    bootstrap draws in which it does.
    """

    difference: Interval
    probability_better: float


def gain(before: HeldOut, after: HeldOut, rng: np.random.Generator) -> Gain:
    """Both on the same labels. What is drawn anew is a class's part of a group, since pictures of a group are alike."""
    _, group = np.unique(before.groups, return_inverse=True)
    parts, part = np.unique(np.stack([before.labels, group]), axis=1, return_inverse=True)
    totals = np.bincount(part.ravel(), weights=after.losses - before.losses).astype(np.float64)
    sizes = np.bincount(part.ravel()).astype(np.float64)
    counts = np.concatenate([*resamples(parts[0], _DRAWS, rng)])
    draws = _by_class(counts, parts[0], totals, sizes)
    value = float(_by_class(np.ones((1, len(sizes))), parts[0], totals, sizes)[0])
    return Gain(interval(value, draws, _CONFIDENCE), float((draws < 0).mean()))


def best_beyond_noise(base: HeldOut, tried: Mapping[str, HeldOut], seed: int) -> tuple[str | None, dict[str, Gain]]:
    """The name of the best, if it is surely better than `base`, counting that several were tried (Bonferroni); and what
    each gains.
    """
    gains = {name: gain(base, one, np.random.default_rng([seed, 5])) for name, one in tried.items()}
    best = min(gains, key=lambda name: gains[name].difference.value)
    return best if gains[best].probability_better >= 1 - _LEVEL / len(gains) else None, gains


def _by_class(counts: Floats, labels: Labels, totals: Floats, sizes: Floats) -> Floats:
    """(r, k) draws of k parts -> (r,): the mean of each class, each alike."""
    of_classes = [
        (counts[:, members] @ totals[members]) / (counts[:, members] @ sizes[members])
        for members in (labels == label for label in np.unique(labels))
    ]
    return np.asarray(np.mean(of_classes, axis=0))
