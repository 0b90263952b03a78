"""Stratified bootstrap: how much a number would wobble had another gold set been drawn.

A resample is a row of counts (how often each sample was drawn), so a thousand resamples of any weighted
metric are one matrix product. Each class keeps its size: otherwise a resample could lack the rare class
altogether.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Labels

_CELLS_PER_BLOCK = 4_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and the percentile interval around it; low <= value <= high."""

    value: float
    low: float
    high: float


def resamples(labels: Labels, n_bootstrap: int, rng: np.random.Generator) -> Iterator[npt.NDArray[np.float64]]:
    """Blocks (r, n) of counts, n_bootstrap rows in all; a block is small enough to keep memory bounded."""
    rows_per_block = max(1, _CELLS_PER_BLOCK // max(len(labels), 1))
    strata = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    for start in range(0, n_bootstrap, rows_per_block):
        rows = min(rows_per_block, n_bootstrap - start)
        counts = np.empty((rows, len(labels)))
        for members in strata:
            even = np.full(len(members), 1 / len(members))
            counts[:, members] = rng.multinomial(len(members), even, size=rows)
        yield counts


def mean_interval(
    values: npt.NDArray[np.floating],
    *,
    rng: np.random.Generator,
    labels: Labels | None = None,
    confidence: float = 0.95,
    n_bootstrap: int = 2000,
) -> Interval:
    """The mean of (n,) values with its interval. labels: (n,), each class keeps its size; None is one class."""
    strata = np.zeros(len(values), np.int64) if labels is None else labels
    draws = np.concatenate([counts @ values / len(values) for counts in resamples(strata, n_bootstrap, rng)])
    return interval(float(values.mean()), draws, confidence)


def interval(value: float, draws: npt.NDArray[np.float64], confidence: float) -> Interval:
    """The central `confidence` of the draws.

    Widened to hold the value itself: the bootstrap of a biased metric (calibration error never falls below
    zero) can lie wholly to one side of it.
    """
    tail = (1 - confidence) / 2
    low, high = np.quantile(draws, (tail, 1 - tail))
    return Interval(value, min(float(low), value), max(float(high), value))
