"""The exact best m of a pool that is only ever seen a shard at a time."""

import numpy as np
import numpy.typing as npt

from ml.arrays import Indices, Scores
from ml.errors import require_finite


class TopM:
    """Keeps the m highest (score, id) pairs of all that were added; on a tie the lower id wins.

    The result does not depend on the order or the grouping of the additions, so shards can be scored
    anywhere and merged twice or late. An id added twice with the same score counts once. O(m) memory, O(n)
    time a shard.
    """

    def __init__(self, m: int) -> None:
        if m < 0:
            raise ValueError(f"Cannot keep {m} samples.")
        self.m = m
        self._ids: Indices = np.empty(0, np.int64)
        self._scores: npt.NDArray[np.float64] = np.empty(0, np.float64)

    def add(self, ids: Indices, scores: Scores) -> None:
        """(n,) distinct ids with their scores, higher = better. Raises NotFinite."""
        require_finite("scores", scores)
        if len(self._ids) == self.m and self.m:
            keep = scores >= self._scores[-1]
            ids, scores = ids[keep], scores[keep]
        ids, best = _best(ids, np.asarray(scores, np.float64), self.m)
        ids = np.concatenate((self._ids, ids))
        best = np.concatenate((self._scores, best))
        _, first = np.unique(ids, return_index=True)
        self._ids, self._scores = _best(ids[first], best[first], self.m)

    def merge(self, other: "TopM") -> None:
        self.add(*other.result())

    def result(self) -> tuple[Indices, npt.NDArray[np.float64]]:
        """Ids and scores, best first."""
        return self._ids.copy(), self._scores.copy()


def _best(ids: Indices, scores: npt.NDArray[np.float64], m: int) -> tuple[Indices, npt.NDArray[np.float64]]:
    if 0 < m < len(ids):
        # Everything above or equal to the m-th score: ties at the edge are settled by the sort below.
        edge = np.partition(scores, len(scores) - m)[len(scores) - m]
        keep = scores >= edge
        ids, scores = ids[keep], scores[keep]
    order = np.lexsort((ids, -scores))[:m]
    return ids[order], scores[order]
