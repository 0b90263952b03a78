"""Uncertain and different at once: samples whose labels would move the head in different directions."""

import numpy as np
import numpy.typing as npt

from ml.arrays import Embeddings, Indices, Probabilities, Scores
from ml.errors import require_finite


def badge(
    embeddings: Embeddings, probabilities: Probabilities, size: int, *, rng: np.random.Generator
) -> tuple[Indices, Scores]:
    """BADGE (Ash, Zhang, Krishnamurthy, Langford & Agarwal, 2020): k-means++ on the gradients that a head would get if
    its own guess were the label.

    embeddings: (n, d); probabilities: (n, c). Returns min(size, n) distinct rows, the first picked first, and the
    squared distance of each one's gradient to those picked before it (of the first: its squared length). The first is
    the longest gradient, the others are drawn in proportion to that distance; what is left when all are 0, by row.
    Raises NotFinite.

    A gradient is (p - onehot) ⊗ h, so its inner products factor: O(size n (c + d)) time and O(n) memory over the
    arrays, never (n, c d). Shortlist a pool beyond 100,000 first, by margin say.
    """
    require_finite("embeddings", embeddings)
    require_finite("probabilities", probabilities)
    n, size = len(embeddings), min(size, len(embeddings))
    rows, scores = np.empty(size, np.int64), np.empty(size, np.float32)
    if size == 0:
        return rows, scores
    residual = np.array(probabilities, np.float32)
    residual[np.arange(n), residual.argmax(axis=1)] -= 1
    lengths = np.einsum("nc,nc->n", residual, residual) * np.einsum("nd,nd->n", embeddings, embeddings)
    left = np.ones(n, bool)
    distance = lengths.copy()
    for turn in range(size):
        row = int(distance.argmax()) if turn == 0 else _drawn(distance, left, rng)
        rows[turn], scores[turn] = row, distance[row]
        left[row] = False
        inner = (residual @ residual[row]) * (embeddings @ embeddings[row])
        apart = np.maximum(lengths + lengths[row] - 2 * inner, 0)
        distance = apart if turn == 0 else np.minimum(distance, apart)
        distance[~left] = 0
    return rows, scores


def _drawn(distance: Scores, left: npt.NDArray[np.bool_], rng: np.random.Generator) -> int:
    """One row that is left, in proportion to its distance."""
    total = distance.sum(dtype=np.float64)
    if total <= 0:
        return int(left.argmax())
    reached = np.cumsum(distance, dtype=np.float64)
    return int(np.searchsorted(reached, rng.random() * reached[-1], side="right"))
