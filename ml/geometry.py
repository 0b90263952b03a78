"""Embeddings as directions: what cosine similarity compares."""

import numpy as np

from ml.arrays import Embeddings


def unit_length(points: Embeddings) -> Embeddings:
    """(n, d) -> the same directions, each of length 1; zeros stay zeros."""
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    return np.asarray(points / np.maximum(lengths, 1e-12), np.float32)
