"""Cold start: with no model yet, ask for the most typical sample of each region that has no label."""

import warnings

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.exceptions import ConvergenceWarning

from ml.arrays import Embeddings, Indices, Scores
from ml.errors import require_finite
from ml.geometry import unit_length

_NEIGHBOURS = 20
_MOST_CLUSTERS = 500
_LARGE = 10_000
_ROWS_PER_BLOCK = 2_048


def typicality(
    embeddings: Embeddings,
    size: int,
    *,
    rng: np.random.Generator,
    labeled: Embeddings | None = None,
) -> tuple[Indices, Scores]:
    """TypiClust (Hacohen, Dekel & Weinshall, 2022): k-means, then the densest sample of each cluster.

    embeddings: (n, d) candidates; labeled: (m, d) samples that have a label. There are size + m clusters,
    500 at most. Clusters with the fewest labels come first, among them the largest; each gives its most
    typical candidate, and again from the start while more are wanted. Returns min(size, n) distinct rows,
    the first picked first, and their
    typicality: 1 / mean distance to the 20 nearest neighbours in the cluster. Raises NotFinite.

    Embeddings are compared by direction (their length is normalised away), as in the paper. O(n d clusters)
    per pass of k-means and O(sum of squared cluster sizes x d) for the neighbours: shortlist a pool beyond
    100,000 first.
    """
    require_finite("embeddings", embeddings)
    n, size = len(embeddings), min(size, len(embeddings))
    if size == 0:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    points = embeddings if labeled is None else np.concatenate((embeddings, labeled))
    points = unit_length(points)
    cluster = _clusters(points, min(size + len(points) - n, _MOST_CLUSTERS, len(points)), rng)
    labels_inside = np.bincount(cluster[n:], minlength=cluster.max() + 1)
    members = [np.flatnonzero(cluster[:n] == c) for c in range(len(labels_inside))]
    order = sorted(
        (c for c in range(len(members)) if len(members[c])),
        key=lambda c: (labels_inside[c], -len(members[c]), c),
    )
    return _round_robin([_most_typical_first(points, members[c]) for c in order], size)


def _clusters(points: Embeddings, count: int, rng: np.random.Generator) -> Indices:
    seed = int(rng.integers(2**31))
    kmeans = (
        KMeans(count, n_init=1, random_state=seed)
        if len(points) <= _LARGE
        else MiniBatchKMeans(count, n_init=1, batch_size=4096, random_state=seed)
    )
    with warnings.catch_warnings():
        # Fewer distinct points than clusters: some clusters stay empty, which is fine here.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return np.asarray(kmeans.fit_predict(points), np.int64)


def _most_typical_first(points: Embeddings, members: Indices) -> tuple[Indices, Scores]:
    """The members of one cluster with their typicality, highest first; on a tie the lower row."""
    inside = points[members]
    neighbours = min(_NEIGHBOURS, len(members) - 1)
    distance = np.zeros(len(members), np.float32)
    if neighbours:
        for start in range(0, len(members), _ROWS_PER_BLOCK):
            block = slice(start, start + _ROWS_PER_BLOCK)
            squared = np.maximum(2 - 2 * (inside[block] @ inside.T), 0)
            # The nearest is the sample itself, at zero: it adds nothing to the sum.
            nearest = np.partition(squared, neighbours, axis=1)[:, : neighbours + 1]
            distance[block] = np.sqrt(nearest).sum(axis=1) / neighbours
    scores = np.asarray(1 / (distance + 1e-6), np.float32) if neighbours else distance
    order = np.argsort(-scores, kind="stable")
    return members[order], scores[order]


def _round_robin(queues: list[tuple[Indices, Scores]], size: int) -> tuple[Indices, Scores]:
    """The first of each queue, then the second of each, until `size` are taken."""
    taken = [
        (rows[turn], scores[turn])
        for turn in range(max(len(rows) for rows, _ in queues))
        for rows, scores in queues
        if turn < len(rows)
    ][:size]
    rows, scores = zip(*taken, strict=True)
    return np.array(rows, np.int64), np.array(scores, np.float32)
