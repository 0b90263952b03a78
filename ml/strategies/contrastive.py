"""Where the model says something else of a sample than of what lies around it."""

import numpy as np

from ml.arrays import Embeddings, Probabilities, Scores
from ml.errors import require_finite
from ml.strategies.neighbours import most_alike

NEIGHBOURS = 10
REFERENCES = 4_096


def contrastive(probabilities: Probabilities, embeddings: Embeddings) -> Scores:
    """The mean divergence KL(neighbour || sample) over the nearest samples, itself among them (CAL; Margatina,
    Vernikos, Barrault & Aletras, 2021: there labeled ones, in small-text all, as here). (n, c), (n, d) -> (n,) in
    nats, 0 or more.

    The neighbours are looked for among at most 4,096 of the samples given: of a shard, not of the whole pool.
    O(n 4,096 d), O(n + block) memory. Raises NotFinite.
    """
    require_finite("probabilities", probabilities)
    references = np.arange(0, len(embeddings), -(-len(embeddings) // REFERENCES) or 1)
    said = np.maximum(probabilities, 1e-12)
    log = np.log(said)
    order = (said * log).sum(axis=1)
    scores = np.empty(len(embeddings))
    for block, near in most_alike(embeddings, embeddings[references], NEIGHBOURS):
        rows = references[near]
        cross = np.einsum("nc,nc->n", said[rows].mean(axis=1), log[block])
        scores[block] = np.maximum(order[rows].mean(axis=1) - cross, 0)
    return scores
