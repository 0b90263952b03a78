"""small-text asks a classifier about a data set. Here the data set is row numbers and the classifier a table, so that
nothing is paid for prediction.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from small_text import BreakingTies, GreedyCoreset, LightweightCoreset  # type: ignore[import-not-found]

from benchmarks.selection.pool import Array, Pool

OVERSAMPLE = 10


class Table:
    """Stands for classifier and embeddings alike: what is known of every row."""

    def __init__(self, probabilities: Array) -> None:
        self._probabilities = probabilities

    def predict_proba(self, rows: Any) -> Array:
        return self._probabilities[rows] if len(rows) < len(self._probabilities) else self._probabilities


def margin(pool: Pool, size: int) -> Callable[[], Any]:
    rows = np.arange(len(pool.probabilities))
    strategy, table = BreakingTies(), Table(pool.probabilities)
    return lambda: strategy.query(table, rows, rows, rows[:0], rows[:0], n=size)


def two_stage(pool: Pool, size: int) -> Callable[[], Any]:
    """Its own two strategies, one after the other: the 10 x size smallest margins, then the coreset of those."""
    narrow = margin(pool, size * OVERSAMPLE)
    coreset, embeddings, labeled = _greedy(), pool.embeddings, pool.labeled

    def run() -> Any:
        kept = narrow()
        seen = np.concatenate((labeled, embeddings[kept]))
        known, new = np.split(np.arange(len(seen)), [len(labeled)])
        picked = coreset.sample(None, None, new, known, known, size, seen)
        return kept[np.asarray(picked, np.int64)]

    return run


def lightweight(pool: Pool, size: int) -> Callable[[], Any]:
    """A weighted draw (Bachem et al., 2018): far cheaper than k-center, without its guarantee."""
    strategy, embeddings = LightweightCoreset(), pool.embeddings
    rows = np.arange(len(embeddings))
    return lambda: strategy.sample(None, None, rows, rows[:0], rows[:0], size, embeddings)


def _greedy() -> Any:
    with warnings.catch_warnings():
        # It warns of a default that was changed, whichever is asked for.
        warnings.simplefilter("ignore")
        return GreedyCoreset(distance_metric="euclidean", normalize=False)
