"""Mistakes that are alike, what a model had learned of them, and labels that are the mistake themselves."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from cleanlab.filter import find_label_issues
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from ml.arrays import Embeddings, Indices, Labels, Probabilities
from ml.geometry import unit_length
from ml.strategies.neighbours import most_alike

LEAST_TO_CLUSTER = 8
MOST_CLUSTERS = 8


@dataclass(frozen=True, slots=True)
class Cluster:
    """rows: of the mistakes. representative: the row closest to their middle."""

    rows: tuple[int, ...]
    representative: int


def clusters_of(embeddings: Embeddings, rng: np.random.Generator) -> list[Cluster]:
    """(n, d) -> mistakes that are alike, the largest group first: k-means of directions, with the k of up to 8 whose
    groups are told apart best (silhouette; Rousseeuw, 1987). Fewer than 8 mistakes are one group."""
    points = unit_length(embeddings)
    if len(points) == 0:
        return []
    best = np.zeros(len(points), np.int64)
    if len(points) >= LEAST_TO_CLUSTER and len(np.unique(points, axis=0)) > MOST_CLUSTERS:
        seed = int(rng.integers(2**31))
        tried = [
            KMeans(k, n_init=4, random_state=seed).fit_predict(points)
            for k in range(2, min(MOST_CLUSTERS, len(points) // 3) + 1)
        ]
        best = max(tried, key=lambda groups: float(silhouette_score(points, groups)))
    found = []
    for group in np.unique(best):
        rows = np.flatnonzero(best == group)
        middle = points[rows].mean(axis=0)
        closest = rows[np.linalg.norm(points[rows] - middle, axis=1).argmin()]
        found.append(Cluster(tuple(rows.tolist()), int(closest)))
    return sorted(found, key=lambda one: -len(one.rows))


def nearest(points: Embeddings, among: Embeddings, k: int) -> tuple[Indices, npt.NDArray[np.float64]]:
    """For each point the k rows of `among` that are nearest, and how far (cosine distance, 0..2): (n, k) each."""
    ours, known = unit_length(points), unit_length(among)
    rows, distances = [], []
    for block, alike in most_alike(points, among, k):
        apart = 1 - np.einsum("nd,nkd->nk", ours[block], known[alike])
        order = np.lexsort((alike, apart))
        rows.append(np.take_along_axis(alike, order, axis=1))
        distances.append(np.take_along_axis(apart, order, axis=1))
    return np.concatenate(rows), np.maximum(np.concatenate(distances), 0).astype(np.float64)


def suspected(probabilities: Probabilities, labels: Labels) -> list[int]:
    """Rows whose label is likely to be wrong, the likeliest first: confident learning (Northcutt, Jiang & Chuang,
    2021), which wants the probabilities of a model that has not seen these labels. (n, c), (n,)."""
    with warnings.catch_warnings():
        # Of a class that nothing is labeled as; there is nothing to find in it.
        warnings.filterwarnings("ignore", "May not flag all label issues")
        doubted = find_label_issues(
            labels, probabilities, min_examples_per_class=0, return_indices_ranked_by="self_confidence", n_jobs=1
        )
    return [int(row) for row in doubted]


def in_common(values: Sequence[str], rows: Sequence[int]) -> tuple[str, float, float] | None:
    """The value that these rows hold more often than all do: it, its share among them, and among all. None if none is
    twice as frequent and held by half of them."""
    inside = [values[row] for row in rows]
    commonest = max(set(inside), key=inside.count)
    here, all_over = inside.count(commonest) / len(inside), list(values).count(commonest) / len(values)
    return (commonest, here, all_over) if here >= 0.5 and here >= 2 * all_over else None
