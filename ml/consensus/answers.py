"""Answers as arrays: who said what of which sample, and what that amounts to."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Indices

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answers:
    """(n,) arrays of indices: answer i is that `annotator[i]` calls `sample[i]` the class `given[i]`.

    Raises ValueError when lengths differ, an index is out of range, or an annotator answers a sample twice.
    """

    sample: Indices
    annotator: Indices
    given: Indices
    n_samples: int
    n_annotators: int
    n_classes: int

    def __post_init__(self) -> None:
        bounds = ((self.sample, self.n_samples), (self.annotator, self.n_annotators), (self.given, self.n_classes))
        for values, bound in bounds:
            if len(values) != len(self.sample) or (len(values) and not 0 <= values.min() <= values.max() < bound):
                raise ValueError("Answers need as many samples, annotators and classes, each within its range.")
        if len(np.unique(self.sample * self.n_annotators + self.annotator)) < len(self.sample):
            raise ValueError("An annotator answers a sample at most once.")

    def votes(self) -> npt.NDArray[np.int64]:
        """(n_samples, n_classes): how many annotators named each class."""
        cells = np.bincount(self.sample * self.n_classes + self.given, minlength=self.n_samples * self.n_classes)
        return cells.reshape(self.n_samples, self.n_classes)

    def table(self) -> Matrix:
        """(n_samples, n_annotators) of classes, NaN where an annotator has not answered."""
        table = np.full((self.n_samples, self.n_annotators), np.nan)
        table[self.sample, self.annotator] = self.given
        return table


@dataclass(frozen=True, slots=True)
class Consensus:
    """Arrays over samples. classes: what the answers amount to. quality: how sure that is, 0..1, higher = surer."""

    classes: Indices
    quality: Matrix
