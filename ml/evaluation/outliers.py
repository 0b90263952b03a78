"""Is a sample like those that the model learned from? Higher scores are more foreign."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Embeddings
from ml.geometry import unit_length

NEIGHBOUR = 5
"""The distance to this one is the score."""
MOST_KNOWN = 5000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Foreign:
    """known: (m, d), directions of embeddings that the model learned from. ordinary: (k,), the scores of samples of the
    same kind that are not among them."""

    known: npt.NDArray[np.float32]
    ordinary: Floats

    def threshold(self, passing: float) -> float:
        """Scores above it are foreign; that share of ordinary samples lies at it or below. passing: such as 0.99."""
        return float(np.quantile(self.ordinary, passing, method="higher"))

    def scores(self, embeddings: Embeddings) -> Floats:
        """(n, d) -> (n,): the distance to the fifth nearest known sample, 0..2 (deep nearest neighbours; Sun et al.,
        2022)."""
        return _scores(embeddings, self.known, NEIGHBOUR)


def fitted(known: Embeddings, held_out: Embeddings, *, rng: np.random.Generator) -> Foreign:
    """held_out: samples of the same kind that are not among the known."""
    rows = np.sort(rng.permutation(len(known))[:MOST_KNOWN])
    directions = unit_length(known[rows])
    return Foreign(directions, _scores(held_out, directions, NEIGHBOUR))


def energy(logits: npt.NDArray[np.floating]) -> Floats:
    """(n, c) -> (n,): minus the log of the summed exponentials, higher = more foreign (Liu et al., 2020)."""
    top = logits.max(axis=1, keepdims=True)
    return np.asarray(-(top[:, 0] + np.log(np.exp(logits - top).sum(axis=1))), np.float64)


def auroc(ordinary: Floats, foreign: Floats) -> float:
    """How often a foreign sample scores higher than an ordinary one; ties count half. 0.5 is chance."""
    order = np.sort(ordinary)
    below = np.searchsorted(order, foreign, side="left")
    upto = np.searchsorted(order, foreign, side="right")
    return float((below + (upto - below) / 2).mean() / len(ordinary))


def _scores(embeddings: Embeddings, known: npt.NDArray[np.float32], neighbour: int) -> Floats:
    k = min(neighbour, len(known)) - 1
    out = np.empty(len(embeddings), np.float64)
    for start in range(0, len(embeddings), 1024):
        part = unit_length(embeddings[start : start + 1024])
        distances = 1 - part @ known.T
        out[start : start + len(part)] = np.partition(distances, k, axis=1)[:, k]
    return np.maximum(out, 0)
