"""Nearness between samples to ask about and samples that have a label, by direction, a block at a time."""

from collections.abc import Iterator

import numpy as np

from ml.arrays import Embeddings, Indices, Labels, Scores
from ml.errors import require_finite
from ml.geometry import unit_length

_CELLS_PER_BLOCK = 1_048_576


def nearest(points: Embeddings, references: Embeddings) -> tuple[Indices, Scores]:
    """(n, d), (m > 0, d) -> each point's nearest reference and its cosine similarity, -1..1.

    On a tie the lower row. O(n m d), O(n + block) memory. Raises NotFinite.
    """
    rows, similarities = np.empty(len(points), np.int64), np.empty(len(points), np.float32)
    for block, similar in _similarities(points, references):
        rows[block] = similar.argmax(axis=1)
        similarities[block] = similar.max(axis=1)
    return rows, similarities


def propagated(points: Embeddings, references: Embeddings, labels: Labels, target: int, *, neighbours: int) -> Scores:
    """(n,) 0..1: what label propagation says of `target`: its share of the nearest labeled, nearer ones counting more
    (Zhu & Ghahramani, 2002, one step). O(n m d). Raises NotFinite.
    """
    is_target = (labels == target).astype(np.float32)
    shares = np.empty(len(points), np.float32)
    for block, similar in _similarities(points, references):
        places = _highest(similar, neighbours)
        near, votes = np.take_along_axis(similar, places, axis=1), is_target[places]
        weights = np.maximum(near, 0) + 1e-6
        shares[block] = (votes * weights).sum(axis=1) / weights.sum(axis=1)
    return shares


def most_alike(points: Embeddings, references: Embeddings, k: int) -> Iterator[tuple[slice, Indices]]:
    """A block of points at a time, and (block, k) their nearest references, in no order. O(n m d) in all. Raises
    NotFinite."""
    for block, similar in _similarities(points, references):
        yield block, _highest(similar, k)


def _highest(similar: Embeddings, k: int) -> Indices:
    k = min(k, similar.shape[1])
    return np.asarray(np.argpartition(-similar, k - 1, axis=1)[:, :k], np.int64)


def _similarities(points: Embeddings, references: Embeddings) -> Iterator[tuple[slice, Embeddings]]:
    require_finite("references", references)
    others = unit_length(references).T
    rows = max(_CELLS_PER_BLOCK // max(len(references), points.shape[1]), 1)
    for start in range(0, len(points), rows):
        block = slice(start, start + rows)
        require_finite("embeddings", points[block])
        yield block, unit_length(points[block]) @ others
