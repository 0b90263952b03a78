"""What a selection chooses from."""

from dataclasses import dataclass

import numpy as np

from ml.arrays import Embeddings, Indices, Probabilities
from ml.strategies.evidence import Evidence


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The whole unlabeled pool, or the shortlist that stage one made of it (`ml.strategies.shortlist`).

    ids: (n,) distinct sample ids. probabilities: (n, c), None at cold start. embeddings: (n, d).
    labeled: (m, d) embeddings of samples that have a label or are queued.
    control_ids: samples drawn uniformly from the whole pool in stage one, best key first; all must be among
    `ids`. None when `ids` is the whole pool, so that the draw can be made here.
    eligible: size of the pool that the control was drawn from; 0 means len(ids).
    classes: names for the sentences of reason. evidence: for the strategies that need it.
    """

    ids: Indices
    embeddings: Embeddings | None = None
    probabilities: Probabilities | None = None
    labeled: Embeddings | None = None
    control_ids: Indices | None = None
    eligible: int = 0
    classes: tuple[str, ...] = ()
    evidence: Evidence | None = None

    def __post_init__(self) -> None:
        n = len(self.ids)
        if len(np.unique(self.ids)) != n:
            raise ValueError("A candidate occurs twice.")
        for name, array in (("embeddings", self.embeddings), ("probabilities", self.probabilities)):
            if array is not None and len(array) != n:
                raise ValueError(f"{len(array)} {name} for {n} candidates.")

    def rows_of(self, ids: Indices) -> Indices:
        """Where these ids stand. All must be candidates."""
        order = np.argsort(self.ids, kind="stable")
        rows = order[np.searchsorted(self.ids, ids, sorter=order)]
        return np.asarray(rows, np.int64)
