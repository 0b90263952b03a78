"""Is it right as often as it says (the reliability diagram; Niculescu-Mizil & Caruana, 2005)?"""

from dataclasses import dataclass

import numpy as np

from ml.arrays import Labels, Probabilities
from ml.evaluation.bootstrap import Interval
from ml.evaluation.slices import share

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Samples whose likeliest class has a probability of low..high; said: its mean there; right: how often that class
    was right, with its interval."""

    low: float
    high: float
    size: int
    said: float
    right: Interval


def reliability(probabilities: Probabilities, labels: Labels) -> list[Bin]:
    """(n, c), (n,) -> the bins that hold samples."""
    said, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    return [
        Bin(
            low=one / BINS,
            high=(one + 1) / BINS,
            size=int((place == one).sum()),
            said=float(said[place == one].mean()),
            right=share(int(right[place == one].sum()), int((place == one).sum())),
        )
        for one in np.unique(place).tolist()
    ]
