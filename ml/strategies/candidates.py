"""What a selection chooses from."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

from ml.arrays import Embeddings, Indices, Probabilities
from ml.strategies.evidence import Evidence

Numbers = TypeVar("Numbers", bound=np.floating)


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

    def without(self, ids: Collection[int]) -> Self:
        """Those that are left when these are not, nor are drawn as control."""
        gone = np.fromiter(ids, np.int64)
        rows = np.flatnonzero(~np.isin(self.ids, gone))
        control = self.control_ids
        return replace(
            self,
            ids=self.ids[rows],
            embeddings=taken(self.embeddings, rows),
            probabilities=taken(self.probabilities, rows),
            control_ids=None if control is None else control[~np.isin(control, gone)],
        )


def taken(array: npt.NDArray[Numbers] | None, rows: Indices) -> npt.NDArray[Numbers] | None:
    """These rows of what may be absent."""
    return None if array is None else array[rows]
