"""The pool that every library selects from: the same arrays for all, made once a size and kept as files.

A Gaussian mixture, 10 classes of 5 clusters each in 128 dimensions, each class half as common as the one before. The
probabilities are those of a logistic regression on 1,000 labeled samples. Imported by the peers' processes too, so
NumPy only.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

WIDTH, CLASSES, CLUSTERS = 128, 10, 50
LABELED = 1_000
ROWS_PER_BLOCK = 50_000
EMBEDDINGS, PROBABILITIES, CENTRES = "embeddings.npy", "probabilities.npy", "labeled.npy"
LABELS, WEIGHTS, BIAS = "labels.npy", "weights.npy", "bias.npy"

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Pool:
    """Unlabeled samples as a selection finds them, in memory from the first use on."""

    folder: Path

    @cached_property
    def embeddings(self) -> Array:
        """(n, d)"""
        return self._load(EMBEDDINGS)

    @cached_property
    def probabilities(self) -> Array:
        """(n, c)"""
        return self._load(PROBABILITIES)

    @cached_property
    def labeled(self) -> Array:
        """(m, d): embeddings of the samples that have a label."""
        return self._load(CENTRES)

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """(m,): of the labeled samples."""
        labels: npt.NDArray[np.int64] = np.load(self.folder / LABELS)
        return labels

    @property
    def head(self) -> tuple[Array, Array]:
        """(c, d) weights and (c,) bias of the logistic regression behind the probabilities."""
        return self._load(WEIGHTS), self._load(BIAS)

    def _load(self, name: str) -> Array:
        array: Array = np.load(self.folder / name)
        return array


def make_pool(folder: Path, size: int) -> Pool:
    """Write a pool of `size` unlabeled samples; the same arrays for the same size."""
    from sklearn.linear_model import LogisticRegression  # our own environment has it; a peer's need not

    rng = np.random.default_rng(0)
    centres = (rng.standard_normal((CLUSTERS, WIDTH)) * 0.6).astype(np.float32)
    labeled, labels = _draw(rng, centres, LABELED)
    head: Any = LogisticRegression(max_iter=100).fit(labeled, labels)
    embeddings = np.empty((size, WIDTH), np.float32)
    probabilities = np.empty((size, CLASSES), np.float32)
    for start in range(0, size, ROWS_PER_BLOCK):
        block = slice(start, min(start + ROWS_PER_BLOCK, size))
        embeddings[block], _ = _draw(rng, centres, block.stop - start)
        probabilities[block] = head.predict_proba(embeddings[block])
    folder.mkdir(parents=True)
    arrays: dict[str, Any] = {EMBEDDINGS: embeddings, PROBABILITIES: probabilities, CENTRES: labeled, LABELS: labels}
    arrays |= {WEIGHTS: head.coef_.astype(np.float32), BIAS: head.intercept_.astype(np.float32)}
    for name, array in arrays.items():
        np.save(folder / name, array)
    return Pool(folder)


def _draw(rng: np.random.Generator, centres: Array, n: int) -> tuple[Array, npt.NDArray[np.int64]]:
    """The first CLASSES draws are one of each class, so that a head can know them all."""
    share = 0.5 ** (np.arange(CLUSTERS) % CLASSES)
    clusters = rng.choice(CLUSTERS, n, p=share / share.sum())
    clusters[:CLASSES] = np.arange(CLASSES)[: len(clusters[:CLASSES])]
    return centres[clusters] + rng.standard_normal((n, WIDTH), np.float32), clusters % CLASSES
