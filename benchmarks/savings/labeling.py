"""Simulated labeling: rounds of choosing, answering and training, until the targets hold or the labels are many."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from benchmarks.savings.pools import RARE, Pool
from ml.arrays import Embeddings, Indices, Labels
from ml.evaluation.decisions import decide
from ml.evaluation.metrics import average_precision, expected_cost
from ml.heads import HeadEnsemble, LinearHead
from ml.strategies.evidence import UNSAID
from ml.training.calibration import calibrated, cross_calibrated
from ml.training.ensemble import train_ensemble
from ml.training.head import HeadConfig, torch_threads, train_head

TWICE = 2
ENSEMBLE_STREAM = 1_000_005


@dataclass(frozen=True, slots=True)
class Point:
    """A model on the test set, and how many labels it has learned from."""

    labels: int
    average_precision: float
    expected_cost: float


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What all labels of the pool reach, and what deciding without a model costs."""

    labels: int
    average_precision: float
    expected_cost: float
    cost_without_model: float

    def reached(self, point: Point) -> tuple[float, float]:
        """How much of it a model reaches: of the average precision, and of the cost that all labels save."""
        saved = self.cost_without_model - point.expected_cost
        possible = self.cost_without_model - self.expected_cost
        return point.average_precision / self.average_precision, saved / possible


@dataclass(frozen=True, slots=True)
class Bought:
    """Between two models: labels by slot, labels in all before and after, expected cost on gold before and after."""

    spent: Mapping[str, float]
    money: tuple[float, float]
    cost: tuple[float, float]


@dataclass(eq=False)
class Project:
    """One simulated project: what has been asked so far, what the model said then, and the model that came of it."""

    pool: Pool
    rows: list[int] = field(default_factory=list)
    said: list[int] = field(default_factory=list)
    head: LinearHead | None = None
    rounds: int = 0
    bought: list[Bought] = field(default_factory=list)
    slots: Mapping[str, int] = field(default_factory=dict)

    @property
    def asked(self) -> Indices:
        return np.array(self.rows, np.int64)

    @property
    def answers(self) -> Labels:
        return self.pool.labels[self.asked]

    @property
    def labeled(self) -> Embeddings:
        return self.pool.embeddings[self.asked]

    @property
    def unasked(self) -> Indices:
        return np.setdiff1d(np.arange(len(self.pool.labels)), self.asked)

    @property
    def found_all(self) -> bool:
        return len(np.unique(self.answers)) == len(self.pool.costs)

    def rng(self, stream: int = 0) -> np.random.Generator:
        return np.random.default_rng([*self.pool.rng_key, self.rounds, stream])

    def copy(self) -> "Project":
        return Project(self.pool, list(self.rows), list(self.said), self.head, self.rounds)

    def note(self, slots: Mapping[str, int]) -> None:
        """How the places of the round that is being asked about were divided."""
        self.slots = slots

    def answer(self, rows: Sequence[int]) -> None:
        """Ask about these rows of the pool, and learn from all there is. Raises ValueError on a doubled question."""
        if len({*self.rows, *rows}) != len(self.rows) + len(rows):
            raise ValueError("A sample is asked about twice.")
        if self.head:
            probabilities = self.head.probabilities(self.pool.embeddings[list(rows)])
            self.said += decide(probabilities, self.pool.costs).tolist()
        else:
            self.said += [UNSAID] * len(rows)
        self.rows += [int(row) for row in rows]
        self.rounds += 1
        self.__dict__.pop("ensemble", None)
        if self.found_all:
            before, self.head = self.head, trained(self.pool, self.asked)
            if before:
                money = float(len(self.rows) - len(rows)), float(len(self.rows))
                cost = cost_on_gold(self.pool, before), cost_on_gold(self.pool, self.head)
                self.bought.append(Bought(self.slots, money, cost))

    @cached_property
    def ensemble(self) -> HeadEnsemble:
        with torch_threads(1):
            return train_ensemble(
                self.labeled, self.answers, n_classes=len(self.pool.costs), rng=self.rng(ENSEMBLE_STREAM)
            )


Chooser = Callable[[Project, int], Sequence[int]]
"""(project, size) -> as many rows of the pool that were not asked about, if there are."""


def trained(pool: Pool, rows: Indices) -> LinearHead:
    """A head as a quick round trains it: on these labels, calibrated on gold. Arms that chose the same samples share
    it."""
    rows = np.sort(rows)
    key = rows.tobytes()
    if key not in pool.heads:
        pool.heads[key] = _trained(pool, rows)
    return pool.heads[key]


def _trained(pool: Pool, rows: Indices) -> LinearHead:
    with torch_threads(1):
        found = train_head(
            pool.embeddings[rows],
            pool.labels[rows],
            rows,
            n_classes=len(pool.costs),
            config=HeadConfig(),
            rng=np.random.default_rng([pool.seed, len(rows)]),
        )
    return calibrated(found.head, pool.gold, pool.gold_labels)


def judged(pool: Pool, head: LinearHead, labels: int) -> Point:
    probabilities = head.probabilities(pool.test)
    weights = pool.test_weights[None]
    precision = average_precision(probabilities[:, RARE], pool.test_labels == RARE)(weights)
    cost = expected_cost(decide(probabilities, pool.costs), pool.test_labels, pool.costs)(weights)
    return Point(labels, float(precision[0]), float(cost[0]))


def cost_on_gold(pool: Pool, head: LinearHead) -> float:
    """As a version is judged: each sample of gold under the calibration of the other folds."""
    groups = np.arange(len(pool.gold_labels))
    rng = np.random.default_rng(pool.seed)
    probabilities = cross_calibrated(head.logits(pool.gold), pool.gold_labels, groups, rng)
    return float(pool.costs[pool.gold_labels, decide(probabilities, pool.costs)].mean())


def ceiling(pool: Pool) -> Ceiling:
    best = judged(pool, trained(pool, np.arange(len(pool.labels))), len(pool.labels))
    constant = [
        float(expected_cost(np.full(len(pool.test), c), pool.test_labels, pool.costs)(pool.test_weights[None])[0])
        for c in range(len(pool.costs))
    ]
    return Ceiling(best.labels, best.average_precision, best.expected_cost, min(constant))


def curve(project: Project, chooser: Chooser, best: Ceiling, *, at_most: int, share: float) -> Iterator[Point]:
    """A point a round, from the first model on, until `share` of the best has held twice in both, or at_most labels."""
    held = [0, 0]
    if project.head:
        yield judged(project.pool, project.head, len(project.rows))
    while len(project.rows) < min(at_most, len(project.pool.labels)) and min(held) < TWICE:
        project.answer(chooser(project, project.pool.recipe.batch))
        if project.head:
            point = judged(project.pool, project.head, len(project.rows))
            held = [_held(count, now >= share) for count, now in zip(held, best.reached(point), strict=True)]
            yield point


def _held(count: int, holds: bool) -> int:
    """How many rounds in a row; what has held twice has been reached, whatever comes later."""
    return count + 1 if holds or count >= TWICE else 0
