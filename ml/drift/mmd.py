"""Maximum mean discrepancy: how far apart two clouds of embeddings lie (Gretton et al., 2012, A Kernel Two-Sample
Test).

The kernel is Gaussian; its width is the median distance of all samples that are compared, so that no permutation of
who is new changes it.
"""

from collections.abc import Callable

import numpy as np

from ml.arrays import Embeddings
from ml.drift.permutation import Floats, Memberships
from ml.errors import require_finite


def mmd_statistics(new: Embeddings, old: Embeddings, training: Embeddings | None) -> Callable[[Memberships], Floats]:
    """(m, d), (n, d) and (t, d) embeddings -> statistics of memberships, higher = further apart:

    * MMD² between new and old, biased, 0 and above;
    * with training samples, how much further the new lie from them than the old do: MMD²(new, training) less
      MMD²(old, training). What was chosen for training differs from the pool by design; what matters is whether the
      new samples lie further out than those it was chosen from, and these two may be permuted.

    Memory O((m + n)² + (m + n) t), time O((m + n)²) a permutation.
    """
    both = np.concatenate([new, old]).astype(np.float32)
    require_finite("embeddings", both)
    centre = both.mean(axis=0)
    both -= centre
    squares = squared_distances(both, both)
    scale = _width(squares)
    kernel = np.exp(squares / -scale)
    total, columns = float(kernel.sum()), kernel.sum(axis=1)
    towards = None
    if training is not None:
        require_finite("training embeddings", training)
        towards = np.exp(squared_distances(both, training.astype(np.float32) - centre) / -scale).mean(axis=1)
    return lambda members: _statistics(members, kernel, columns, total, towards)


def _statistics(members: Memberships, kernel: Floats, columns: Floats, total: float, towards: Floats | None) -> Floats:
    m = members[:, :1].sum(dtype=np.float64)
    n = len(members) - m
    within = ((kernel @ members) * members).sum(axis=0, dtype=np.float64)
    row = columns.astype(np.float64) @ members
    new_new = within / m**2
    new_old = (row - within) / (m * n)
    old_old = (total - 2 * row + within) / n**2
    apart = new_new + old_old - 2 * new_old
    if towards is None:
        return np.asarray(apart[None])
    near = towards.astype(np.float64)
    to_new = near @ members
    further = new_new - old_old - 2 * (to_new / m - (near.sum() - to_new) / n)
    return np.stack([apart, further])


def mmd(one: Embeddings, other: Embeddings) -> float:
    """MMD² of two clouds, biased, 0 and above: what the first statistic is where nothing is permuted."""
    members = np.zeros((len(one) + len(other), 1), np.float32)
    members[: len(one)] = 1
    return float(mmd_statistics(one, other, None)(members)[0, 0])


def squared_distances(one: Embeddings, other: Embeddings) -> Floats:
    """(n, d), (m, d) -> (n, m), never below 0."""
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None] - 2 * one @ other.T
    return np.asarray(np.maximum(squares, 0, out=squares))


def _width(squares: Floats) -> np.float32:
    """The median squared distance; 1 where all samples are one and the same."""
    apart = squares[np.triu_indices(len(squares), k=1)]
    return np.float32(np.median(apart) or 1.0)
