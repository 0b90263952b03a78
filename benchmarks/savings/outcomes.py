"""What a run found, a line of JSON for each pool, seed and arm; and what it comes to over the seeds."""

import json
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.savings.labeling import TWICE

PRICE = 25
"""Dollars for the label of an expert, as in the demo."""
OWN = "heedful"
AVERAGE_PRECISION, SAVED_COST = 0, 1
TARGETS = (
    ("AP 90%", AVERAGE_PRECISION, 0.9),
    ("AP 95%", AVERAGE_PRECISION, 0.95),
    ("cost 90%", SAVED_COST, 0.9),
    ("cost 95%", SAVED_COST, 0.95),
)
HEADLINE = TARGETS[1]
DRAWS = 10_000

Target = tuple[str, int, float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """points: (labels, share of the average precision, share of the saved cost) of what all labels reach.

    pool_labels: how many all labels are. draw: which of several orders, for random, whose luck varies most.
    """

    pool: str
    seed: int
    library: str
    method: str
    pool_labels: int
    points: tuple[tuple[int, float, float], ...]
    seconds: float
    draw: int = 0

    @property
    def arm(self) -> str:
        return self.method if self.library == OWN else f"{self.library}: {self.method}"

    def labels_to(self, target: Target) -> int | None:
        """The labels from which on it held for two rounds in a row; None where it did not before the arm stopped."""
        _, which, share = target
        held = 0
        for place, point in enumerate(self.points):
            held = held + 1 if point[1 + which] >= share else 0
            if held == TWICE or (held and point[0] >= self.pool_labels):
                return self.points[place - held + 1][0]
        return None

    def money_to(self, target: Target) -> float:
        """One that did not get there counts as having needed what it spent: at least so much."""
        return PRICE * float(self.labels_to(target) or self.points[-1][0])


@dataclass(frozen=True, slots=True)
class Ratio:
    """Of money, over the seeds."""

    median: float
    low: float
    high: float


def kept(path: Path) -> list[Outcome]:
    lines = path.read_text().splitlines() if path.exists() else []
    return [_outcome(json.loads(line)) for line in lines]


def keep(path: Path, outcome: Outcome) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps(asdict(outcome)) + "\n")


def by_arm(outcomes: Iterable[Outcome]) -> Mapping[str, Sequence[Outcome]]:
    """Of one pool, each in the order of its seeds and draws."""
    arms: dict[str, list[Outcome]] = {}
    for one in sorted(outcomes, key=lambda one: (one.seed, one.draw)):
        arms.setdefault(one.arm, []).append(one)
    return arms


def best_of_peers(arms: Mapping[str, Sequence[Outcome]], target: Target) -> Iterator[tuple[str, Sequence[Outcome]]]:
    """Each peer's method with the lowest median in this very run: chosen with hindsight, in the peer's favour."""
    libraries = dict.fromkeys(one[0].library for one in arms.values() if one[0].library != OWN)
    for library in libraries:
        methods = {name: arm for name, arm in arms.items() if arm[0].library == library}
        yield min(methods.items(), key=lambda entry: median_money(entry[1], target))


def median_money(arm: Sequence[Outcome], target: Target) -> float:
    return statistics.median(one.money_to(target) for one in arm)


def savings(arm: Sequence[Outcome], other: Sequence[Outcome], target: Target, *, both: float = 0.0) -> Ratio:
    """How many times less than the other (the median of its draws), seed by seed: median, lowest and highest. both:
    money that each of them spent besides."""
    ratios = _ratios(arm, other, target, both)
    return Ratio(float(np.median(ratios)), float(ratios.min()), float(ratios.max()))


def dearer(arm: Sequence[Outcome], other: Sequence[Outcome], target: Target) -> Ratio:
    """How many times the other's money, on geometric average, with the 95% interval over resampled seeds."""
    logs = -np.log(_ratios(arm, other, target))
    drawn = np.random.default_rng(0).choice(logs, (DRAWS, len(logs))).mean(axis=1)
    low, high = np.exp(np.quantile(drawn, (0.025, 0.975)))
    return Ratio(float(np.exp(logs.mean())), float(low), float(high))


def _ratios(
    arm: Sequence[Outcome], other: Sequence[Outcome], target: Target, both: float = 0.0
) -> npt.NDArray[np.float64]:
    draws: dict[int, list[float]] = {}
    for one in other:
        draws.setdefault(one.seed, []).append(one.money_to(target))
    theirs = {seed: statistics.median(money) for seed, money in draws.items()}
    return np.array([(theirs[one.seed] + both) / (one.money_to(target) + both) for one in arm if one.seed in theirs])


def _outcome(line: Mapping[str, object]) -> Outcome:
    fields = dict(line)
    points = fields.pop("points")
    assert isinstance(points, list)
    return Outcome(points=tuple((int(a), float(b), float(c)) for a, b, c in points), **fields)  # type: ignore[arg-type]
