"""Diversity: samples far from each other and from everything labeled. No score of one sample sees that."""

import numpy as np

from ml.arrays import Embeddings, Indices, Scores
from ml.errors import require_finite

_ROWS_PER_BLOCK = 16_384
_LEADERS = 512


def k_center(embeddings: Embeddings, size: int, *, centres: Embeddings | None = None) -> tuple[Indices, Scores]:
    """Greedy farthest-first (Gonzalez, 1985; core-set of Sener & Savarese, 2018).

    embeddings: (n, d) candidates. centres: (m, d) points already covered, the labeled ones for example;
    without any, the first pick is the candidate nearest to the mean. Returns min(size, n) distinct rows in
    the order of picking, and each one's distance to what was covered before it. On a tie the lower row.
    Raises NotFinite.

    O(n d (size + m)) at worst, O(n + m) extra memory. Exact, but most picks are found among a few hundred
    leaders: distances only shrink, so a leader still ahead of everyone outside is the farthest of all.
    Distances to the new centres are then brought up to date for all rows at once, by one matrix product.
    """
    require_finite("embeddings", embeddings)
    size = min(size, len(embeddings))
    rows, distances = np.empty(size, np.int64), np.empty(size, np.float32)
    if size == 0:
        return rows, distances
    cover = _Cover(embeddings, centres)
    picked = 0
    if centres is None or len(centres) == 0:
        rows[0], distances[0] = cover.most_central(), np.inf
        cover.add(rows[:1])
        picked = 1
    while picked < size:
        found, at = cover.farthest(size - picked)
        rows[picked : picked + len(found)] = found
        distances[picked : picked + len(found)] = at
        cover.add(found)
        picked += len(found)
    return rows, distances


class _Cover:
    """Each row's squared distance to its nearest centre; -inf for rows already picked."""

    def __init__(self, embeddings: Embeddings, centres: Embeddings | None) -> None:
        # Moving the origin to the mean keeps |x|^2 - 2 x.c + |c|^2 from cancelling in float32.
        mean = embeddings.mean(axis=0, dtype=np.float64).astype(np.float32)
        self.points = embeddings - mean
        self.norms = np.einsum("nd,nd->n", self.points, self.points)
        self.nearest = np.full(len(embeddings), np.inf, np.float32)
        if centres is not None:
            require_finite("centres", centres)
            for start in range(0, len(centres), _LEADERS):
                self._cover(np.asarray(centres[start : start + _LEADERS], np.float32) - mean)

    def most_central(self) -> int:
        return int(self.norms.argmin())

    def add(self, rows: Indices) -> None:
        self._cover(self.points[rows])
        self.nearest[rows] = -np.inf

    def _cover(self, centres: Embeddings) -> None:
        norms = np.einsum("nd,nd->n", centres, centres)
        for start in range(0, len(self.points), _ROWS_PER_BLOCK):
            block = slice(start, start + _ROWS_PER_BLOCK)
            squared = (norms - 2 * (self.points[block] @ centres.T)).min(axis=1) + self.norms[block]
            np.minimum(self.nearest[block], np.maximum(squared, 0), out=self.nearest[block])

    def farthest(self, at_most: int) -> tuple[Indices, Scores]:
        """At least one pick: greedy among the leaders, as long as a leader is ahead of everyone else."""
        leaders, outside = self._leaders()
        points, norms = self.points[leaders], self.norms[leaders]
        among = np.maximum(norms[:, None] + norms - 2 * (points @ points.T), 0)
        nearest = self.nearest[leaders]
        picks: list[int] = []
        distances: list[float] = []
        while len(picks) < at_most:
            leader = int(nearest.argmax())
            ahead = nearest[leader] > outside or not picks
            if not ahead or nearest[leader] == -np.inf:
                break
            picks.append(leader)
            distances.append(float(np.sqrt(nearest[leader])))
            np.minimum(nearest, among[leader], out=nearest)
            nearest[leader] = -np.inf
        return leaders[picks], np.array(distances, np.float32)

    def _leaders(self) -> tuple[Indices, float]:
        """The farthest rows, ties settled for the lower, and the distance of the farthest row left out."""
        if len(self.points) <= _LEADERS:
            return np.arange(len(self.points)), -np.inf
        edge = np.partition(self.nearest, len(self.nearest) - _LEADERS)[len(self.nearest) - _LEADERS]
        above = np.flatnonzero(self.nearest > edge)
        level = np.flatnonzero(self.nearest == edge)[: _LEADERS - len(above)]
        return np.sort(np.concatenate((above, level))), float(edge)
