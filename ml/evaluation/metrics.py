"""How good a model is on labels that were drawn at random (the gold set), each number with its interval."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Costs, Indices, Labels, Probabilities
from ml.errors import require_finite
from ml.evaluation.bootstrap import Interval, interval, resamples
from ml.evaluation.decisions import decide

_BINS = 10

Weights = npt.NDArray[np.float64]
"""(r, n): how often each of n samples counts, in r resamples."""

Metric = Callable[[Weights], npt.NDArray[np.float64]]
"""(r, n) -> (r,)"""


@dataclass(frozen=True, slots=True)
class Metrics:
    """Per-class tuples are in class order; None stands for a class that the labels do not hold.

    expected_cost: a sample, under decisions of least expected cost; lower is better.
    average_precision, recall: 0..1, higher is better; recall is under those same decisions.
    calibration_error: gap between confidence and accuracy over 10 bins (Naeini et al., 2015), 0..1, lower
    is better.
    """

    n_samples: int
    confidence: float
    expected_cost: Interval
    average_precision: tuple[Interval | None, ...]
    recall: tuple[Interval | None, ...]
    calibration_error: Interval


def evaluate(
    probabilities: Probabilities,
    labels: Labels,
    costs: Costs,
    *,
    rng: np.random.Generator,
    n_bootstrap: int = 1000,
    confidence: float = 0.95,
) -> Metrics:
    """(n, c) probabilities of n > 0 samples against their labels. O(n_bootstrap x n x c), vectorised."""
    if len(labels) == 0 or len(labels) != len(probabilities):
        raise ValueError(f"{len(probabilities)} predictions for {len(labels)} labels.")
    require_finite("probabilities", probabilities)
    decided = decide(probabilities, costs)
    present = np.unique(labels).tolist()
    metrics: dict[tuple[str, int], Metric] = {
        ("cost", 0): expected_cost(decided, labels, costs),
        ("calibration", 0): calibration_error(probabilities, labels),
    }
    for c in present:
        metrics["precision", c] = average_precision(probabilities[:, c], labels == c)
        metrics["recall", c] = recall(decided == c, labels == c)

    blocks = [{key: metric(w) for key, metric in metrics.items()} for w in resamples(labels, n_bootstrap, rng)]
    once = np.ones((1, len(labels)))
    results = {
        key: interval(float(metric(once)[0]), np.concatenate([block[key] for block in blocks]), confidence)
        for key, metric in metrics.items()
    }
    classes = range(probabilities.shape[1])
    return Metrics(
        n_samples=len(labels),
        confidence=confidence,
        expected_cost=results["cost", 0],
        average_precision=tuple(results.get(("precision", c)) for c in classes),
        recall=tuple(results.get(("recall", c)) for c in classes),
        calibration_error=results["calibration", 0],
    )


def expected_cost(decided: Indices, labels: Labels, costs: Costs) -> Metric:
    """Mean cost of the decisions taken."""
    return _weighted_mean(costs[labels, decided])


def recall(called: npt.NDArray[np.bool_], positive: npt.NDArray[np.bool_]) -> Metric:
    """Share of the positive samples that were called so."""
    found, positives = (called & positive).astype(np.float64), positive.astype(np.float64)
    return lambda weights: (weights @ found) / (weights @ positives)


def average_precision(scores: npt.NDArray[np.floating], positive: npt.NDArray[np.bool_]) -> Metric:
    """Precision averaged over the steps of recall; samples of equal score enter together."""
    order = np.argsort(-scores, kind="stable")
    hits = positive[order].astype(np.float64)
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))

    def metric(weights: Weights) -> npt.NDArray[np.float64]:
        ranked = weights[:, order]
        seen = ranked.cumsum(axis=1)[:, ends]
        found = (ranked * hits).cumsum(axis=1)[:, ends]
        precision = found / np.maximum(seen, 1)
        gained = np.diff(found, axis=1, prepend=0)
        return np.asarray((precision * gained).sum(axis=1) / found[:, -1])

    return metric


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


def _weighted_mean(values: npt.NDArray[np.float64]) -> Metric:
    return lambda weights: (weights @ values) / weights.sum(axis=1)
