"""What a strategy is, what it is given, and what it says of itself."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np

from ml.arrays import Embeddings, Indices, Probabilities, Scores
from ml.strategies.evidence import Evidence
from ml.strategies.sentences import Facts

T = TypeVar("T")


class Need(StrEnum):
    """What a strategy cannot work without. Labeled embeddings are used where there are any, never needed by a pick."""

    PROBABILITIES = "probabilities"
    EMBEDDINGS = "embeddings"
    TARGET_CLASS = "target class"
    COSTS = "costs"
    HEAD = "head"
    ENSEMBLE = "ensemble"
    LABELS = "labels"
    LABELS_OF_TARGET = "labels of the target class"
    MISTAKES = "confirmed false positives"


class Explanation(StrEnum):
    """Which heat map tells why a sample was chosen (`ml.explain.activation`)."""

    CONTRASTIVE = "contrastive"
    TARGET_CLASS = "target class"
    ENERGY = "energy"
    PREDICTED_CLASS = "predicted class"


@dataclass(frozen=True, slots=True, eq=False)
class Scoring:
    """n samples to score. probabilities: (n, c). target: the class the slot is about, if any. embeddings: (n, d).
    members: (e, n, c), what an ensemble says.
    """

    n: int
    probabilities: Probabilities | None
    target: int | None
    rng: np.random.Generator
    embeddings: Embeddings | None = None
    evidence: Evidence | None = None
    members: Probabilities | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Picking:
    """n samples to pick `size` from, best first where a score came before. embeddings: (n, d); labeled: (m, d), None
    when there are none; probabilities: (n, c)."""

    size: int
    embeddings: Embeddings | None
    labeled: Embeddings | None
    rng: np.random.Generator
    probabilities: Probabilities | None = None
    target: int | None = None


Score = Callable[[Scoring], Scores]
"""(n,): one number a sample, so that a shard at a time will do."""

Pick = Callable[[Picking], tuple[Indices, Scores]]
"""The rows picked, best first, and their scores."""

Betray = Callable[[Scoring], Indices]
"""(n,): for each sample the row of the labeled one in the evidence that tells why it was chosen."""

Sentence = Callable[[Facts], str]


@dataclass(frozen=True, slots=True)
class Strategy:
    """Exactly one of `score` (streams over shards) and `pick` (sees all candidates at once) is set.

    uses: what is given if it is there, but not needed. betray: the labeled sample that its reason names.
    """

    name: str
    paper: str
    cost: str
    needs: frozenset[Need]
    explanation: Explanation = Explanation.PREDICTED_CLASS
    score: Score | None = None
    pick: Pick | None = None
    sentence: Sentence | None = None
    betray: Betray | None = None
    uses: frozenset[Need] = frozenset()

    def __post_init__(self) -> None:
        if (self.score is None) == (self.pick is None):
            raise ValueError(f"Strategy {self.name} must either score or pick.")

    def scores(self, scoring: Scoring) -> Scores:
        return given(self.score, "a strategy that scores")(scoring)


def given(value: T | None, need: str) -> T:
    if value is None:
        raise ValueError(f"Missing: {need}.")
    return value
