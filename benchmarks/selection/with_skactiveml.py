"""scikit-activeml asks a fitted classifier about a matrix of samples. Here a sample is its row number and the
classifier a table, so that nothing is paid for prediction, nor for checking a wide matrix where only probabilities
matter.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from skactiveml.base import SkactivemlClassifier
from skactiveml.pool import CoreSet, UncertaintySampling

from benchmarks.selection.pool import CLASSES, Array, Pool

OVERSAMPLE = 10


class Table(SkactivemlClassifier):  # type: ignore[misc]
    """Knows the probabilities of every row."""

    def __init__(self, probabilities: Array) -> None:
        super().__init__(classes=list(range(CLASSES)))
        self.probabilities = probabilities

    def fit(self, *_: Any) -> "Table":
        return self

    def predict_proba(self, samples: Any) -> Array:
        rows = samples[:, 0].astype(np.int64)
        return self.probabilities[rows] if len(rows) < len(self.probabilities) else self.probabilities


def margin(pool: Pool, size: int) -> Callable[[], Any]:
    n = len(pool.probabilities)
    rows = np.arange(n, dtype=np.float64)[:, None]
    unlabeled = np.full(n, np.nan)
    strategy = UncertaintySampling(method="margin_sampling", random_state=0)
    table = Table(pool.probabilities)
    return lambda: strategy.query(rows, unlabeled, table, fit_clf=False, batch_size=size)


def two_stage(pool: Pool, size: int) -> Callable[[], Any]:
    """Its own two strategies, one after the other: the 10 x size smallest margins, then the core-set of those."""
    narrow = margin(pool, size * OVERSAMPLE)
    embeddings, labeled = pool.embeddings, pool.labeled

    def run() -> Any:
        kept = narrow()
        return kept[_core_set(np.concatenate((labeled, embeddings[kept])), len(labeled), size)]

    return run


def core_set(pool: Pool, size: int) -> Callable[[], Any]:
    seen = np.concatenate((pool.labeled, pool.embeddings))
    return lambda: _core_set(seen, len(pool.labeled), size)


def _core_set(seen: Array, n_labeled: int, size: int) -> Any:
    """The first rows of `seen` are labeled; the rows picked are counted from the first that is not."""
    labels = np.full(len(seen), np.nan)
    labels[:n_labeled] = 0
    return CoreSet(random_state=0).query(seen, labels, batch_size=size) - n_labeled
