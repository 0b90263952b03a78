"""How far annotators agree, with each other and with the truth; each number with its interval."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Indices
from ml.consensus.answers import Answers, Matrix
from ml.evaluation.bootstrap import Interval

_Z = 1.959964  # 95%
_CELLS_PER_BLOCK = 4_000_000


@dataclass(frozen=True, slots=True)
class Share:
    """`right` of `of`, and that share with its 95% interval (Wilson, 1927); None when there was nothing to count."""

    right: int
    of: int
    share: Interval | None


def share(right: int, of: int) -> Share:
    if of == 0:
        return Share(0, 0, None)
    value, spread = right / of, _Z**2 / of
    centre = (value + spread / 2) / (1 + spread)
    half = _Z * np.sqrt(value * (1 - value) / of + spread / (4 * of)) / (1 + spread)
    low, high = max(0.0, float(centre - half)), min(1.0, float(centre + half))
    return Share(right, of, Interval(value, min(low, value), max(high, value)))


def krippendorff_alpha(
    votes: npt.NDArray[np.int64], *, rng: np.random.Generator, n_bootstrap: int = 1000
) -> Interval | None:
    """(n_samples, n_classes) votes -> 1 for full agreement, 0 for chance, below 0 for worse (Krippendorff, 2011;
    nominal, missing answers allowed). The 95% interval resamples samples.

    None where fewer than two samples have two answers, or only one class was ever named: there is nothing to disagree
    about.
    """
    paired = votes[votes.sum(axis=1) >= 2].astype(np.float64)
    if len(paired) < 2 or (paired.sum(axis=0) > 0).sum() < 2:
        return None
    draws = np.concatenate([_alphas(paired, weights) for weights in _resamples(len(paired), n_bootstrap, rng)])
    [value] = _alphas(paired, np.ones((1, len(paired))))
    low, high = np.nanquantile(draws, (0.025, 0.975))
    return Interval(float(value), min(float(low), float(value)), max(float(high), float(value)))


def _resamples(n: int, n_bootstrap: int, rng: np.random.Generator) -> Iterator[Matrix]:
    """Blocks (r, n) of how often each sample was drawn, small enough to keep memory bounded."""
    rows = max(1, _CELLS_PER_BLOCK // n)
    for start in range(0, n_bootstrap, rows):
        yield rng.multinomial(n, np.full(n, 1 / n), size=min(rows, n_bootstrap - start)).astype(np.float64)


def _alphas(votes: Matrix, weights: Matrix) -> Matrix:
    """(r,) for (r, n_samples) weights; NaN where a resample names a single class."""
    each = votes.sum(axis=1)
    observed = weights @ ((each**2 - (votes**2).sum(axis=1)) / (each - 1))
    named = weights @ votes
    total = named.sum(axis=1)
    expected = (total**2 - (named**2).sum(axis=1)) / (total - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - observed / expected)


def pairwise(answers: Answers) -> dict[tuple[int, int], Share]:
    """How often two annotators gave the same answer to the samples that both answered, for each pair that met."""
    table = answers.table()
    pairs = {}
    for one in range(answers.n_annotators):
        for other in range(one + 1, answers.n_annotators):
            both = ~np.isnan(table[:, one]) & ~np.isnan(table[:, other])
            if both.any():
                same = int((table[both, one] == table[both, other]).sum())
                pairs[one, other] = share(same, int(both.sum()))
    return pairs


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often somebody named the truth: over all, and of each true class in class order."""

    over_all: Share
    of_classes: tuple[Share, ...]


def accuracy(given: Indices, true: Indices, n_classes: int) -> Accuracy:
    """(n,) answers against (n,) truths."""
    right = given == true
    of_classes = tuple(share(int(right[true == c].sum()), int((true == c).sum())) for c in range(n_classes))
    return Accuracy(share(int(right.sum()), len(given)), of_classes)
