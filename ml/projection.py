"""The pool as a map: each sample a point in the plane, those that a model takes for alike close together.

t-SNE (van der Maaten & Hinton, 2008) by openTSNE, of some samples drawn at random; the others are placed among them, so
that a larger pool costs little more, and one that grew keeps its map.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from openTSNE import TSNE
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from ml.arrays import Embeddings
from ml.geometry import unit_length
from ml.progress import Progress, no_progress

LANDMARKS = 5_000
"""Laid out; the rest is placed among them."""
WIDTH = 50
"""Directions in which embeddings differ most: more hardly change who is near whom, and cost time."""
_AT_ONCE = 10_000
_NEIGHBOURS = 15
_CHECKED = 1_000

Points = npt.NDArray[np.float32]
"""(n, 2), -1..1"""


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """points: (n, 2). kept: how far neighbours on the map are neighbours in the embeddings, too (trustworthiness;
    Venna & Kaski, 2001), 0..1, 1 = all; a random map has about 0.5."""

    points: Points
    kept: float


def project(
    embeddings: Embeddings, *, seed: int, landmarks: int = LANDMARKS, on_progress: Progress = no_progress
) -> Projection:
    """(n, d) -> a map of all; the same for the same seed. `on_progress` counts samples."""
    rng = np.random.default_rng(seed)
    total = len(embeddings)
    if total < 5:
        few = rng.uniform(-1, 1, (total, 2))
        return Projection(few.astype(np.float32), 1.0)
    drawn = np.sort(rng.permutation(total)[:landmarks])
    pca = PCA(min(WIDTH, len(drawn) - 1, embeddings.shape[1]), random_state=seed)
    reduced = pca.fit_transform(unit_length(embeddings[drawn]))
    layout = TSNE(
        perplexity=min(30, (len(drawn) - 1) / 3),
        initialization="pca",
        random_state=seed,
        n_jobs=1,
        neighbors="exact" if len(drawn) < 500 else "annoy",
    ).fit(reduced)
    points: Points = np.empty((total, 2), np.float32)
    points[drawn] = layout
    on_progress(len(drawn), total)
    others = np.setdiff1d(np.arange(total), drawn, assume_unique=True)
    for start in range(0, len(others), _AT_ONCE):
        rows = others[start : start + _AT_ONCE]
        placed = layout.transform(pca.transform(unit_length(embeddings[rows])), perplexity=5, n_iter=25)
        points[rows] = placed
        on_progress(len(drawn) + start + len(rows), total)
    return Projection(_within(points), _kept(embeddings, points, rng))


def _kept(embeddings: Embeddings, points: Points, rng: np.random.Generator) -> float:
    rows = np.sort(rng.permutation(len(points))[:_CHECKED])
    neighbours = min(_NEIGHBOURS, max((len(rows) - 1) // 2, 1))
    found = trustworthiness(unit_length(embeddings[rows]), points[rows], n_neighbors=neighbours)
    return float(found)


def _within(points: Points) -> Points:
    middle = (points.max(axis=0) + points.min(axis=0)) / 2
    reach = np.abs(points - middle).max()
    return np.asarray((points - middle) / max(float(reach), 1e-9), np.float32)
