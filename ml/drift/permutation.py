"""Permutation tests that stop as soon as their answer is clear."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Memberships = npt.NDArray[np.float32]
"""(n, b): 1 where a sample counts as new in a permutation, 0 where it counts as old."""

_BLOCK = 500
_ENOUGH = 20
"""So many permutations as far apart as what was seen settle that there is nothing to see."""


@dataclass(frozen=True, slots=True)
class Tested:
    """A statistic, higher = further apart, and how probable one as high is where nothing has drifted."""

    value: float
    p: float


def permutation_tests(
    statistics: Callable[[Memberships], Floats],
    *,
    n_new: int,
    n_old: int,
    permutations: int,
    rng: np.random.Generator,
) -> list[Tested]:
    """One test of each statistic, on the same permutations.

    statistics: (n_new + n_old, b) memberships -> (k, b) values; the new samples come first. p is (1 + as high) over
    (1 + permutations), or, once `_ENOUGH` were as high, their number over the permutations this took: both are valid
    levels (Besag & Clifford, 1991, Sequential Monte Carlo p-values), the second in a hundredth of the time where
    nothing has drifted. O(permutations) calls in blocks, so memory stays bounded.
    """
    actual = np.zeros((n_new + n_old, 1), np.float32)
    actual[:n_new] = 1
    seen = np.asarray(statistics(actual), np.float64)[:, 0]
    as_high, settled = np.zeros(len(seen), np.int64), np.full(len(seen), np.nan)
    for start in range(0, permutations, _BLOCK):
        width = min(_BLOCK, permutations - start)
        drawn = statistics(_memberships(n_new, n_old, width, rng))
        # What differs by rounding alone is as high.
        higher = drawn >= (seen - 1e-6 * np.abs(seen))[:, None]
        reached = as_high[:, None] + higher.cumsum(axis=1)
        now = np.isnan(settled) & (reached[:, -1] >= _ENOUGH)
        settled[now] = _ENOUGH / (start + 1 + (reached[now] >= _ENOUGH).argmax(axis=1))
        as_high = reached[:, -1]
        if not np.isnan(settled).any():
            break
    p = np.where(np.isnan(settled), (1 + as_high) / (1 + permutations), settled)
    return [Tested(float(value), float(one)) for value, one in zip(seen, p, strict=True)]


def _memberships(n_new: int, n_old: int, width: int, rng: np.random.Generator) -> Memberships:
    """Each column a random choice of n_new of them."""
    keys = rng.random((n_new + n_old, width), np.float32)
    chosen = np.argpartition(keys, n_new - 1, axis=0)[:n_new]
    members = np.zeros((n_new + n_old, width), np.float32)
    np.put_along_axis(members, chosen, np.float32(1), axis=0)
    return members
