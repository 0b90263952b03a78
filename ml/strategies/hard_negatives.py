"""What looks like the costly class and is not: three ways to find it before it costs. Higher = more worth a label.

Hard negatives teach a rare class as much as its members do (Shrivastava, Gupta & Girshick, 2016, find them in
training; here they are asked about in the pool). Each score streams over shards, and each has a labeled sample that
betrays what it found.
"""

import numpy as np

from ml.arrays import Embeddings, Indices, Labels, Probabilities, Scores
from ml.errors import require_finite
from ml.strategies.neighbours import nearest, propagated

NEIGHBOURS = 10


def contradicted(
    probabilities: Probabilities,
    target: int,
    embeddings: Embeddings,
    labeled: Embeddings,
    labels: Labels,
    members: Probabilities | None = None,
) -> Scores:
    """p(target) times how strongly others deny it: the nearest labels, or the mean of an ensemble. (n,) in 0..1.

    members: (e, n, c), None without an ensemble. O(n m d). Raises NotFinite.
    """
    require_finite("probabilities", probabilities)
    said = probabilities[:, target]
    others = propagated(embeddings, labeled, labels, target, neighbours=NEIGHBOURS)
    if members is not None:
        others = np.minimum(others, members[:, :, target].mean(axis=0))
    return np.asarray(said * (1 - others))


def look_alike(probabilities: Probabilities, target: int, embeddings: Embeddings, mistakes: Embeddings) -> Scores:
    """p(target) times the likeness to a confirmed false positive: what would be mistaken for the same reason. (n,) in
    0..1.

    mistakes: (k > 0, d), labeled samples that the model took for `target`. O(n k d). Raises NotFinite.
    """
    require_finite("probabilities", probabilities)
    return np.asarray(probabilities[:, target] * np.maximum(nearest(embeddings, mistakes)[1], 0))


def outlying(probabilities: Probabilities, embeddings: Embeddings, labeled: Embeddings) -> Scores:
    """The confidence times the distance to all that is labeled, 1 - cosine: sure of what was never seen (the unknown
    unknowns of Attenberg, Ipeirotis & Provost, 2015). (n,) in 0..2.

    O(n m d). Raises NotFinite.
    """
    require_finite("probabilities", probabilities)
    return np.asarray(probabilities.max(axis=1) * np.maximum(1 - nearest(embeddings, labeled)[1], 0))


def nearest_among(embeddings: Embeddings, labeled: Embeddings, rows: Indices) -> Indices:
    """(n,): the labeled row nearest to each, of these rows; of all where there are none."""
    among = rows if len(rows) else np.arange(len(labeled))
    return np.asarray(among[nearest(embeddings, labeled[among])[0]], np.int64)
