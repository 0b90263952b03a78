"""What is known besides a champion's probabilities: labels and where they lie, costs, and other heads' opinions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.arrays import Costs, Embeddings, Indices, Labels
from ml.heads import HeadEnsemble, LinearHead

UNSAID = -1
"""In `Evidence.said`: no model had an opinion when the sample was asked about."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Of m labeled samples: ids (m,), embeddings (m, d), labels (m,), names (m,) for the sentences of reason.

    said: (m,) what the model decided when each was asked about, UNSAID where there was none.
    costs: (c, c). head: the champion's. ensemble: heads trained on reweighted labels.
    """

    ids: Indices
    embeddings: Embeddings
    labels: Labels
    said: Labels
    costs: Costs
    names: Sequence[str] = ()
    head: LinearHead | None = None
    ensemble: HeadEnsemble | None = None

    def __post_init__(self) -> None:
        m = len(self.ids)
        for name, array in (("embeddings", self.embeddings), ("labels", self.labels), ("said", self.said)):
            if len(array) != m:
                raise ValueError(f"{len(array)} {name} for {m} labeled samples.")

    def of_class(self, target: int) -> Indices:
        """Rows of the samples labeled so."""
        return np.asarray(np.flatnonzero(self.labels == target), np.int64)

    def mistaken_for(self, target: int) -> Indices:
        """Rows of the confirmed false positives: the model said `target`, the label says otherwise."""
        return np.asarray(np.flatnonzero((self.said == target) & (self.labels != target)), np.int64)


def representatives(labels: Labels, said: Labels, target: int, most: int, rng: np.random.Generator) -> Indices:
    """Rows of at most so many labeled samples that stand for all, ascending: what is compared with every label would
    take forever with very many. Those of the target class and those mistaken for it come first, the rest by chance.
    """
    if len(labels) <= most:
        return np.arange(len(labels))
    telling = (labels == target) | (said == target)
    order = np.lexsort((rng.random(len(labels)), ~telling))
    return np.sort(order[:most])
