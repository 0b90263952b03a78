"""Cover: the samples that leave the fewest others without a similar one among the labeled."""

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans

from ml.arrays import Embeddings, Indices, Scores
from ml.errors import require_finite
from ml.geometry import unit_length

PURITY = 0.95
_SAMPLE = 2_000
_CELLS_PER_BLOCK = 1_048_576
_RADII = np.arange(0.05, 1.45, 0.05)


def probcover(
    embeddings: Embeddings,
    size: int,
    *,
    rng: np.random.Generator,
    labeled: Embeddings | None = None,
    radius: float | None = None,
    n_classes: int = 2,
) -> tuple[Indices, Scores]:
    """ProbCover (Yehuda, Dekel, Hacohen & Weinshall, 2022): greedily the sample within whose radius most samples lie
    that nothing picked or labeled covers.

    embeddings: (n, d) candidates, labeled: (m, d), compared by direction. radius: None takes the largest at which 95%
    of the balls hold one cluster of k-means only, as in the paper. Returns min(size, n) distinct rows, the first picked
    first, and how many each newly covered; on a tie the lower row. Raises NotFinite.

    O(n (n + m) d) time, O(n) memory: no graph is kept, distances are worked out again for what becomes covered.
    """
    require_finite("embeddings", embeddings)
    n, size = len(embeddings), min(size, len(embeddings))
    rows, scores = np.empty(size, np.int64), np.empty(size, np.float32)
    if size == 0:
        return rows, scores
    points = unit_length(embeddings)
    radius = pure_radius(points, n_classes, rng) if radius is None else radius
    reach = np.float32(1 - radius**2 / 2)  # of unit vectors: |a - b| <= r exactly where a.b >= 1 - r^2 / 2
    covered = np.zeros(n, bool)
    if labeled is not None and len(labeled):
        known = unit_length(labeled)
        for block in _blocks(n, len(known)):
            covered[block] = (points[block] @ known.T >= reach).any(axis=1)
    gain = _counted(points, np.flatnonzero(~covered), reach)
    for turn in range(size):
        best = int(gain.argmax())
        rows[turn], scores[turn] = best, gain[best]
        newly = np.flatnonzero((points @ points[best] >= reach) & ~covered)
        newly = np.union1d(newly, [best]) if not covered[best] else newly
        covered[newly] = True
        gain -= _counted(points, newly, reach)
        gain[rows[: turn + 1]] = -1
    return rows, scores


def pure_radius(points: Embeddings, n_classes: int, rng: np.random.Generator) -> float:
    """The largest radius at which 95% of the balls around samples hold samples of one cluster only."""
    if len(points) > _SAMPLE:
        points = points[np.sort(rng.choice(len(points), _SAMPLE, replace=False))]
    clusters = min(n_classes, len(np.unique(points, axis=0)))
    seed = int(rng.integers(2**31))
    kmeans = KMeans(clusters, n_init=1, random_state=seed) if len(points) <= _SAMPLE else MiniBatchKMeans(clusters)
    cluster = kmeans.fit_predict(points)
    similar = points @ points.T
    similar[cluster[:, None] == cluster] = -np.inf
    # A ball stays pure up to the distance of the nearest sample of another cluster.
    until = np.sqrt(np.maximum(2 - 2 * similar.max(axis=1), 0))
    pure = [(until > radius).mean() >= PURITY for radius in _RADII]
    return float(_RADII[max(sum(np.cumprod(pure)) - 1, 0)])


def _counted(points: Embeddings, of: Indices, reach: np.float32) -> Scores:
    """(n,): how many of these rows lie within reach of each."""
    counts = np.zeros(len(points), np.float32)
    others = points[of].T
    if len(of):
        for block in _blocks(len(points), len(of)):
            counts[block] = (points[block] @ others >= reach).sum(axis=1)
    return counts


def _blocks(n: int, others: int) -> list[slice]:
    rows = max(_CELLS_PER_BLOCK // max(others, 1), 1)
    return [slice(start, start + rows) for start in range(0, n, rows)]
