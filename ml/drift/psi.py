"""Population stability index: how far two distributions of a score differ (Siddiqi, 2006, Credit Risk Scorecards).

Sum over bins of (new share - old share) ln(new share / old share). Customary reading: below 0.1 alike, from 0.25 on
different; the p-value of a permutation says it without a custom. The bins hold equally many of all samples that are
compared, so that no permutation of who is new moves them; half a sample is added to each, so that an empty one is not
infinitely far.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ml.arrays import Probabilities
from ml.drift.permutation import Floats, Memberships
from ml.errors import require_finite

_BINS = 10
_HALF = 0.5


def psi_statistics(
    new: Probabilities, old: Probabilities, training: Probabilities | None
) -> Callable[[Memberships], Floats]:
    """(m, c), (n, c) and (t, c) probabilities -> statistics of memberships, higher = further apart:

    * the highest PSI of any class's probability between new and old;
    * with training samples, how much higher it is between new and training than between old and training (as with
      MMD, what was chosen for training differs by design), the highest of any class.

    O((m + n) x bins x classes) a permutation.
    """
    both = np.concatenate([new, old]).astype(np.float64)
    require_finite("scores", both)
    edges = [np.unique(np.quantile(column, np.linspace(0, 1, _BINS + 1)[1:-1])) for column in both.T]
    held = [_one_hot(column, edge) for column, edge in zip(both.T, edges, strict=True)]
    known = None
    if training is not None:
        require_finite("training scores", training)
        columns = training.astype(np.float64).T
        known = [_one_hot(column, edge).sum(axis=0) for column, edge in zip(columns, edges, strict=True)]
    return lambda members: _statistics(members, held, known)


def _statistics(members: Memberships, held: list[npt.NDArray[np.float32]], known: list[Floats] | None) -> Floats:
    apart, further = [], []
    for place, one_hot in enumerate(held):
        new = one_hot.T @ members
        old = one_hot.sum(axis=0)[:, None] - new
        apart.append(_index(new, old))
        if known is not None:
            trained = known[place][:, None]
            further.append(_index(new, trained) - _index(old, trained))
    rows = [np.max(apart, axis=0)]
    if known is not None:
        rows.append(np.max(further, axis=0))
    return np.stack(rows)


def psi(one: Probabilities, other: Probabilities) -> float:
    """The highest PSI of any class: what the first statistic is where nothing is permuted."""
    members = np.zeros((len(one) + len(other), 1), np.float32)
    members[: len(one)] = 1
    return float(psi_statistics(one, other, None)(members)[0, 0])


def _one_hot(column: Floats, edges: Floats) -> npt.NDArray[np.float32]:
    return np.eye(len(edges) + 1, dtype=np.float32)[np.searchsorted(edges, column, side="right")]


def _index(one: Floats, other: Floats) -> Floats:
    """(bins, b) counts of each -> (b,)."""
    shares, others = _shares(one), _shares(other)
    return np.asarray(((shares - others) * np.log(shares / others)).sum(axis=0))


def _shares(counts: Floats) -> Floats:
    smoothed = counts + _HALF
    return np.asarray(smoothed / smoothed.sum(axis=0, keepdims=True))
