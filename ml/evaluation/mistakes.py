"""Mistakes that are alike, what a model had learned of them, and labels that are the mistake themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from cleanlab.rank import get_label_quality_scores
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from ml.arrays import Embeddings, Indices, Labels, Probabilities

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
    points = _directions(embeddings)
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
    k = min(k, len(among))
    distances = 1 - _directions(points).astype(np.float64) @ _directions(among).T.astype(np.float64)
    rows = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return rows, np.take_along_axis(distances, rows, axis=1)


def suspected(probabilities: Probabilities, labels: Labels, most: int) -> list[int]:
    """Rows whose label is likely to be wrong, the likeliest first: the model, which has not seen them, is surer of
    another class (confident learning; Northcutt, Jiang & Chuang, 2021). (n, c), (n,)."""
    scores = get_label_quality_scores(labels, probabilities, method="normalized_margin")
    # Half is where the label and its rival are as likely.
    doubted = [row for row in np.argsort(scores, kind="stable").tolist() if scores[row] < 0.25]
    return doubted[:most]


def in_common(values: Sequence[str], rows: Sequence[int]) -> tuple[str, float, float] | None:
    """The value that these rows hold more often than all do: it, its share among them, and among all. None if none is
    twice as frequent and held by half of them."""
    inside = [values[row] for row in rows]
    commonest = max(set(inside), key=inside.count)
    here, all_over = inside.count(commonest) / len(inside), list(values).count(commonest) / len(values)
    return (commonest, here, all_over) if here >= 0.5 and here >= 2 * all_over else None


def _directions(embeddings: Embeddings) -> npt.NDArray[np.float32]:
    length = np.linalg.norm(embeddings, axis=1, keepdims=True)
    return np.asarray(embeddings / np.maximum(length, 1e-12), np.float32)
