"""The strategies by name, each with what it needs, so that a plan can be checked and shown without running
it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np

from ml.arrays import Embeddings, Indices, Probabilities, Scores
from ml.strategies.k_center import k_center
from ml.strategies.scores import margin, rare_class_score, uniform
from ml.strategies.typicality import typicality

T = TypeVar("T")


class Need(StrEnum):
    """What a strategy cannot work without. Labeled embeddings are used where there are any, never needed."""

    PROBABILITIES = "probabilities"
    EMBEDDINGS = "embeddings"
    TARGET_CLASS = "target class"


class Explanation(StrEnum):
    """Which heat map tells why a sample was chosen (`ml.explain.activation`)."""

    CONTRASTIVE = "contrastive"
    TARGET_CLASS = "target class"
    ENERGY = "energy"
    PREDICTED_CLASS = "predicted class"


@dataclass(frozen=True, slots=True, eq=False)
class Scoring:
    """n samples to score. probabilities: (n, c). target: the costly class, if the slot has one."""

    n: int
    probabilities: Probabilities | None
    target: int | None
    rng: np.random.Generator


@dataclass(frozen=True, slots=True, eq=False)
class Picking:
    """n samples to pick `size` from. embeddings: (n, d); labeled: (m, d), None when there are none."""

    size: int
    embeddings: Embeddings | None
    labeled: Embeddings | None
    rng: np.random.Generator


Score = Callable[[Scoring], Scores]
"""(n,): one number a sample, so that a shard at a time will do."""

Pick = Callable[[Picking], tuple[Indices, Scores]]
"""The rows picked, best first, and their scores."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """Exactly one of `score` (streams over shards) and `pick` (sees all candidates at once) is set."""

    name: str
    paper: str
    cost: str
    needs: frozenset[Need]
    explanation: Explanation
    score: Score | None = None
    pick: Pick | None = None

    def scores(self, scoring: Scoring) -> Scores:
        return _given(self.score, "a strategy that scores")(scoring)


def _margin(scoring: Scoring) -> Scores:
    return margin(_given(scoring.probabilities, Need.PROBABILITIES))


def _rare_class(scoring: Scoring) -> Scores:
    probabilities = _given(scoring.probabilities, Need.PROBABILITIES)
    return rare_class_score(probabilities, _given(scoring.target, Need.TARGET_CLASS))


def _uniform(scoring: Scoring) -> Scores:
    return uniform(scoring.n, scoring.rng)


def _k_center(picking: Picking) -> tuple[Indices, Scores]:
    return k_center(_given(picking.embeddings, Need.EMBEDDINGS), picking.size, centres=picking.labeled)


def _typicality(picking: Picking) -> tuple[Indices, Scores]:
    embeddings = _given(picking.embeddings, Need.EMBEDDINGS)
    return typicality(embeddings, picking.size, rng=picking.rng, labeled=picking.labeled)


def _given(value: T | None, need: str) -> T:
    if value is None:
        raise ValueError(f"Missing: {need}.")
    return value


STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy(
            name="margin",
            paper="Scheffer, Decomain & Wrobel, 2001",
            cost="O(n c)",
            needs=frozenset({Need.PROBABILITIES}),
            explanation=Explanation.CONTRASTIVE,
            score=_margin,
        ),
        Strategy(
            name="rare-class",
            paper="Lewis & Gale, 1994",
            cost="O(n)",
            needs=frozenset({Need.PROBABILITIES, Need.TARGET_CLASS}),
            explanation=Explanation.TARGET_CLASS,
            score=_rare_class,
        ),
        Strategy(
            name="uniform",
            paper="simple random sampling",
            cost="O(n)",
            needs=frozenset(),
            explanation=Explanation.PREDICTED_CLASS,
            score=_uniform,
        ),
        Strategy(
            name="k-center",
            paper="Sener & Savarese, 2018",
            cost="O(n d (size + labeled))",
            needs=frozenset({Need.EMBEDDINGS}),
            explanation=Explanation.ENERGY,
            pick=_k_center,
        ),
        Strategy(
            name="typicality",
            paper="Hacohen, Dekel & Weinshall, 2022",
            cost="O(n d clusters)",
            needs=frozenset({Need.EMBEDDINGS}),
            explanation=Explanation.ENERGY,
            pick=_typicality,
        ),
    )
}
