"""How good a model is on labels that were drawn at random (the gold set), each number with its interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Costs, Indices, Labels, Probabilities
from ml.errors import require_finite
from ml.evaluation.bootstrap import Interval, interval, resamples
from ml.evaluation.decisions import decide

_BINS = 10

Bools = npt.NDArray[np.bool_]

Weights = npt.NDArray[np.float64]
"""(r, n): how often each of n samples counts, in r resamples."""

Metric = Callable[[Weights], npt.NDArray[np.float64]]
"""(r, n) -> (r,)"""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Per-class tuples are in class order; None stands for a class that the labels do not hold. The members of a merged
    group share the group's figures.

    expected_cost: a sample, under decisions of least expected cost; lower is better.
    average_precision, recall, f1, recall_at_precision: 0..1, higher is better; recall and f1 are under those same
    decisions, recall_at_precision under the threshold that finds most with `fixed_precision` of its calls right.
    macro_f1: the mean of f1 over the classes, or groups, that the labels hold.
    confusion: how often each class (row) was called each class, before any merging.
    calibration_error: gap between confidence and accuracy over 10 bins (Naeini et al., 2015), 0..1, lower
    is better.
    """

    n_samples: int
    confidence: float
    expected_cost: Interval
    average_precision: tuple[Interval | None, ...]
    recall: tuple[Interval | None, ...]
    calibration_error: Interval
    f1: tuple[Interval | None, ...]
    macro_f1: Interval
    fixed_precision: float
    recall_at_precision: tuple[Interval | None, ...]
    confusion: tuple[tuple[int, ...], ...]


def evaluate(
    probabilities: Probabilities,
    labels: Labels,
    costs: Costs,
    *,
    rng: np.random.Generator,
    group: Indices | None = None,
    fixed_precision: float = 0.9,
    n_bootstrap: int = 1000,
    confidence: float = 0.95,
) -> Metrics:
    """(n, c) probabilities of n > 0 samples against their labels. O(n_bootstrap x n x c), vectorised.

    group: (c,), as of `ml.training.merging.group_of_class`, where classes are one in evaluation; `costs` then say so,
    too.
    """
    if len(labels) == 0 or len(labels) != len(probabilities):
        raise ValueError(f"{len(probabilities)} predictions for {len(labels)} labels.")
    require_finite("probabilities", probabilities)
    decided = decide(probabilities, costs)
    n_classes = probabilities.shape[1]
    group = np.arange(n_classes) if group is None else group
    of_group = probabilities @ np.eye(int(group.max()) + 1)[group]
    truth, called = group[labels], group[decided]
    metrics: dict[tuple[str, int], Metric] = {
        ("cost", 0): expected_cost(decided, labels, costs),
        ("calibration", 0): calibration_error(probabilities, labels),
    }
    present = np.unique(truth).tolist()
    for g in present:
        metrics["precision", g] = average_precision(of_group[:, g], truth == g)
        metrics["recall", g] = recall(called == g, truth == g)
        metrics["f1", g] = f1(called == g, truth == g)
        metrics["at_precision", g] = recall_at_precision(of_group[:, g], truth == g, fixed_precision)
    metrics["macro_f1", 0] = _mean([metrics["f1", g] for g in present])

    blocks = [{key: metric(w) for key, metric in metrics.items()} for w in resamples(labels, n_bootstrap, rng)]
    once = np.ones((1, len(labels)))
    results = {
        key: interval(float(metric(once)[0]), np.concatenate([block[key] for block in blocks]), confidence)
        for key, metric in metrics.items()
    }

    def by_class(name: str) -> tuple[Interval | None, ...]:
        return tuple(results.get((name, g)) for g in group.tolist())

    return Metrics(
        n_samples=len(labels),
        confidence=confidence,
        expected_cost=results["cost", 0],
        average_precision=by_class("precision"),
        recall=by_class("recall"),
        calibration_error=results["calibration", 0],
        f1=by_class("f1"),
        macro_f1=results["macro_f1", 0],
        fixed_precision=fixed_precision,
        recall_at_precision=by_class("at_precision"),
        confusion=_confusion(labels, decided, n_classes),
    )


def _confusion(labels: Labels, decided: Indices, n_classes: int) -> tuple[tuple[int, ...], ...]:
    counts = np.zeros((n_classes, n_classes), np.int64)
    np.add.at(counts, (labels, decided), 1)
    return tuple(tuple(row) for row in counts.tolist())


def expected_cost(decided: Indices, labels: Labels, costs: Costs) -> Metric:
    """Mean cost of the decisions taken."""
    return _weighted_mean(costs[labels, decided])


def recall(called: Bools, positive: Bools) -> Metric:
    """Share of the positive samples that were called so."""
    found, positives = (called & positive).astype(np.float64), positive.astype(np.float64)
    return lambda weights: (weights @ found) / (weights @ positives)


def f1(called: Bools, positive: Bools) -> Metric:
    """The harmonic mean of precision and recall: 2 found / (called + positive)."""
    found = (called & positive).astype(np.float64)
    either = called.astype(np.float64) + positive
    return lambda weights: 2 * (weights @ found) / (weights @ either)


def average_precision(scores: npt.NDArray[np.floating], positive: Bools) -> Metric:
    """Precision averaged over the steps of recall; samples of equal score enter together."""
    steps = _steps(scores, positive)

    def metric(weights: Weights) -> npt.NDArray[np.float64]:
        seen, found = steps(weights)
        gained = np.diff(found, axis=1, prepend=0)
        return np.asarray((found / np.maximum(seen, 1) * gained).sum(axis=1) / found[:, -1])

    return metric


def recall_at_precision(scores: npt.NDArray[np.floating], positive: Bools, least: float) -> Metric:
    """The most that any threshold finds while at least `least` of what it calls is right; 0 where none does."""
    steps = _steps(scores, positive)

    def metric(weights: Weights) -> npt.NDArray[np.float64]:
        seen, found = steps(weights)
        # Half a rounding step: 9 of 10 are 0.9.
        kept = np.where(found >= least * seen - 1e-9, found, 0.0)
        return np.asarray(kept.max(axis=1) / found[:, -1])

    return metric


def _steps(
    scores: npt.NDArray[np.floating], positive: Bools
) -> Callable[[Weights], tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    """How many samples are called, and how many of them rightly, at each threshold, the highest first: (r, t) each."""
    order = np.argsort(-scores, kind="stable")
    hits = positive[order].astype(np.float64)
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))

    def steps(weights: Weights) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        ranked = weights[:, order]
        return ranked.cumsum(axis=1)[:, ends], (ranked * hits).cumsum(axis=1)[:, ends]

    return steps


def calibration_error(probabilities: Probabilities, labels: Labels) -> Metric:
    """Mean gap between the confidence in the likeliest class and how often it is right, over equal-width
    bins.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    surplus = (probabilities.argmax(axis=1) == labels) - confidence
    bins = np.minimum((confidence * _BINS).astype(np.int64), _BINS - 1)
    per_bin = np.zeros((len(labels), _BINS))
    per_bin[np.arange(len(labels)), bins] = surplus
    return lambda weights: np.abs(weights @ per_bin).sum(axis=1) / weights.sum(axis=1)


def _mean(metrics: Sequence[Metric]) -> Metric:
    return lambda weights: np.mean([metric(weights) for metric in metrics], axis=0)


def _weighted_mean(values: npt.NDArray[np.float64]) -> Metric:
    return lambda weights: (weights @ values) / weights.sum(axis=1)
