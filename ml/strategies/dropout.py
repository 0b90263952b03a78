"""Disagreement of a head with itself when part of the embedding is missing."""

import numpy as np

from ml.arrays import Embeddings, Scores
from ml.errors import require_finite
from ml.heads import LinearHead
from ml.strategies.scores import margin

MASKS = 3
DROPPED = 0.75
_ROWS_PER_BLOCK = 4_096


def dropout_disagreement(embeddings: Embeddings, head: LinearHead, rng: np.random.Generator) -> Scores:
    """DropQuery (Gupte et al., 2024): the share of 3 predictions under input dropout of 0.75 that differ from the
    plain one; among equal shares, the smaller margin. (n, d) -> (n,) in 0..1.

    Its paper then takes the middles of clusters of what disagrees: see `ml.strategies.clusters.centroids`.
    O(n c d). Raises NotFinite.
    """
    scores = np.empty(len(embeddings), np.float32)
    for start in range(0, len(embeddings), _ROWS_PER_BLOCK):
        rows = slice(start, start + _ROWS_PER_BLOCK)
        block = np.asarray(embeddings[rows], np.float32)
        require_finite("embeddings", block)
        plain = head.probabilities(block)
        said = plain.argmax(axis=1)
        differ = np.zeros(len(block), np.int64)
        for _ in range(MASKS):
            kept = rng.random(block.shape, np.float32) >= DROPPED
            differ += head.logits(block * kept / np.float32(1 - DROPPED)).argmax(axis=1) != said
        scores[rows] = (differ + margin(plain) * 0.99) / (MASKS + 1)
    return scores
