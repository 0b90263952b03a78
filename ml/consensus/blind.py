"""Does what annotators are shown of a model help them or mislead them? Answers with it against answers without it.

Which answers were given without is drawn by chance, so that the two differ in nothing else. Answers are taken as
independent of each other.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ml.arrays import Indices
from ml.consensus.agreement import Share, share
from ml.consensus.answers import Matrix
from ml.consensus.dawid_skene import UNKNOWN
from ml.evaluation.bootstrap import Interval, interval

_CELLS_PER_BLOCK = 4_000_000
_CONFIDENCE = 0.95
# Of fewer times a bootstrap knows too little to say how far their median may be off.
FEWEST_TIMES = 8
# With fewer answers of known truth in an arm nothing is decided, however different they are.
FEWEST_CHECKED = 10

Verdict = Literal["helps", "misleads", "cannot_tell"]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Studied:
    """(n,) arrays, one an answer. true: what is known without it, UNKNOWN where nothing is. predicted: the model's
    likeliest class. seconds: NaN where the time was not measured. blind: shown nothing of the model."""

    given: Indices
    true: Indices
    predicted: Indices
    seconds: Matrix
    blind: Flags


@dataclass(frozen=True, slots=True)
class Arm:
    """Answers of one kind. followed: how many said what the model said. median_seconds: None of fewer than
    `FEWEST_TIMES` times."""

    answers: int
    right: Share
    followed: Share
    median_seconds: Interval | None


@dataclass(frozen=True, slots=True)
class Study:
    """Differences are shown minus blind; None where an arm has nothing to compare."""

    shown: Arm
    blind: Arm
    more_right: Interval | None
    more_followed: Interval | None
    more_seconds: Interval | None
    verdict: Verdict


def study(answers: Studied, *, rng: np.random.Generator, n_bootstrap: int = 1000) -> Study:
    """Shares with Wilson's interval and their difference with Newcombe's (1998), which stay honest where all are right;
    medians by the bootstrap. The verdict goes by how many are right, and only where the interval leaves no doubt."""
    shown, blind = (_arm(answers, rows) for rows in (~answers.blind, answers.blind))
    medians = [_medians(_times(answers, rows), rng, n_bootstrap) for rows in (~answers.blind, answers.blind)]
    more_right = _difference(shown.right, blind.right)
    return Study(
        shown=_timed(shown, answers, ~answers.blind, medians[0]),
        blind=_timed(blind, answers, answers.blind, medians[1]),
        more_right=more_right,
        more_followed=_difference(shown.followed, blind.followed),
        more_seconds=_slower(answers, *medians),
        verdict=_verdict(more_right, min(shown.right.of, blind.right.of)),
    )


def _verdict(more_right: Interval | None, checked: int) -> Verdict:
    if more_right is None or checked < FEWEST_CHECKED or more_right.low <= 0 <= more_right.high:
        return "cannot_tell"
    return "helps" if more_right.low > 0 else "misleads"


def _arm(answers: Studied, rows: Flags) -> Arm:
    checked = rows & (answers.true != UNKNOWN)
    right = share(int((answers.given == answers.true)[checked].sum()), int(checked.sum()))
    followed = share(int((answers.given == answers.predicted)[rows].sum()), int(rows.sum()))
    return Arm(int(rows.sum()), right, followed, None)


def _timed(arm: Arm, answers: Studied, rows: Flags, draws: Matrix | None) -> Arm:
    median = None if draws is None else interval(float(np.median(_times(answers, rows))), draws, _CONFIDENCE)
    return Arm(arm.answers, arm.right, arm.followed, median)


def _times(answers: Studied, rows: Flags) -> Matrix:
    return np.asarray(answers.seconds[rows & ~np.isnan(answers.seconds)])


def _slower(answers: Studied, shown: Matrix | None, blind: Matrix | None) -> Interval | None:
    if shown is None or blind is None:
        return None
    value = np.median(_times(answers, ~answers.blind)) - np.median(_times(answers, answers.blind))
    return interval(float(value), shown - blind, _CONFIDENCE)


def _medians(times: Matrix, rng: np.random.Generator, n_bootstrap: int) -> Matrix | None:
    """(n_bootstrap,) medians of resampled times, a block of resamples at a time."""
    if len(times) < FEWEST_TIMES:
        return None
    rows = max(1, _CELLS_PER_BLOCK // len(times))
    blocks = [
        np.median(rng.choice(times, size=(min(rows, n_bootstrap - start), len(times))), axis=1)
        for start in range(0, n_bootstrap, rows)
    ]
    return np.asarray(np.concatenate(blocks), np.float64)


def _difference(one: Share, other: Share) -> Interval | None:
    """Between two shares (Newcombe, 1998, method 10)."""
    if one.share is None or other.share is None:
        return None
    a, b = one.share, other.share
    value = a.value - b.value
    low = value - float(np.hypot(a.value - a.low, b.high - b.value))
    high = value + float(np.hypot(a.high - a.value, b.value - b.low))
    return Interval(value, max(low, -1.0), min(high, 1.0))
