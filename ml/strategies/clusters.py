"""Choosing among candidates by clusters of them, so that one corner of the pool does not take the whole round."""

import warnings

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.exceptions import ConvergenceWarning

from ml.arrays import Embeddings, Indices, Scores
from ml.errors import require_finite
from ml.geometry import unit_length

_HIERARCHICAL = 2_000  # beyond it average linkage would need the distances of all pairs: k-means instead


def round_robin(embeddings: Embeddings, size: int, *, rng: np.random.Generator) -> tuple[Indices, Scores]:
    """Cluster-Margin (Citovsky et al., 2021), its second half: candidates come best first, by margin say; they are
    clustered, and clusters give one each in turn, the smallest first, until `size` are taken.

    embeddings: (n, d), compared by direction; there are `size` clusters, which of 10 candidates a place makes clusters
    of 10 on average, as in the paper. A cluster gives its members in the order of the candidates. The paper clusters
    the pool once; this clusters what was shortlisted. Returns min(size, n) distinct rows and each one's share of
    candidates outside its cluster. Raises NotFinite.

    Average linkage to 2,000 candidates, O(n^2); k-means beyond, O(n d size).
    """
    require_finite("embeddings", embeddings)
    n, size = len(embeddings), min(size, len(embeddings))
    if size == 0:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    cluster = _clusters(unit_length(embeddings), size, rng)
    members = [np.flatnonzero(cluster == one) for one in range(cluster.max() + 1)]
    queues = sorted((rows for rows in members if len(rows)), key=lambda rows: (len(rows), rows[0]))
    taken = [(rows[turn], 1 - len(rows) / n) for turn in range(len(queues[-1])) for rows in queues if turn < len(rows)][
        :size
    ]
    rows, scores = zip(*taken, strict=True)
    return np.array(rows, np.int64), np.array(scores, np.float32)


def centroids(embeddings: Embeddings, size: int, *, rng: np.random.Generator) -> tuple[Indices, Scores]:
    """The candidate nearest to the middle of each of `size` clusters (k-means), the largest cluster first: the second
    half of DropQuery (Gupte et al., 2024), and by itself a cold start.

    embeddings: (n, d), compared by direction. Returns min(size, n) distinct rows and their cosine similarity to the
    middle. Fewer distinct points than clusters are made up by the candidates' order. O(n d size). Raises NotFinite.
    """
    require_finite("embeddings", embeddings)
    n, size = len(embeddings), min(size, len(embeddings))
    if size == 0:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    points = unit_length(embeddings)
    cluster, middles = _kmeans(points, size, rng)
    similar = np.einsum("nd,nd->n", points, unit_length(middles)[cluster])
    counts = np.bincount(cluster, minlength=size)
    best_first = np.lexsort((np.arange(n), -similar, cluster))
    _, heads = np.unique(cluster[best_first], return_index=True)
    leaders = best_first[heads]
    leaders = leaders[np.lexsort((leaders, -counts[cluster[leaders]]))]
    others = np.setdiff1d(np.arange(n), leaders)[: size - len(leaders)]
    rows = np.concatenate((leaders, others))[:size].astype(np.int64)
    return rows, np.asarray(similar[rows], np.float32)


def _clusters(points: Embeddings, count: int, rng: np.random.Generator) -> Indices:
    if len(points) > _HIERARCHICAL:
        return _kmeans(points, count, rng)[0]
    if len(points) == 1 or count == 1:
        return np.zeros(len(points), np.int64)
    tree = linkage(points, method="average")
    return np.asarray(fcluster(tree, count, criterion="maxclust") - 1, np.int64)


def _kmeans(points: Embeddings, count: int, rng: np.random.Generator) -> tuple[Indices, Embeddings]:
    seed = int(rng.integers(2**31))
    large = len(points) > 5 * _HIERARCHICAL
    kmeans = (
        MiniBatchKMeans(count, n_init=1, batch_size=4096, random_state=seed)
        if large
        else KMeans(count, n_init=1, random_state=seed)
    )
    with warnings.catch_warnings():
        # Fewer distinct points than clusters: some clusters stay empty, which is fine here.
        warnings.simplefilter("ignore", ConvergenceWarning)
        cluster = np.asarray(kmeans.fit_predict(points), np.int64)
    return cluster, np.asarray(kmeans.cluster_centers_, np.float32)
