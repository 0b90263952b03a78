"""Learning runs to forecast: real heads on real pictures and tables, labels chosen or drawn by chance, in rounds."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.datasets import load_breast_cancer, load_digits

from ml.evaluation.decisions import decide
from ml.training.calibration import calibrated, cross_calibrated
from ml.training.head import HeadConfig, torch_threads, train_head

Array = npt.NDArray[Any]
CONFIG = HeadConfig(folds=2, max_steps=60, weight_decays=(0.03, 0.3))
FALSE_ALARM, MISS = 5.0, 100.0


@dataclass(frozen=True)
class Run:
    """(rounds,) each: labels paid at 1 each, expected cost on gold, its standard error."""

    spent: Array
    cost: Array
    error: Array


@cache
def task(name: str) -> tuple[Array, Array]:
    """Features, and whether a sample is of the costly class: tumours that are malignant, or one digit of ten."""
    if name == "tumours":
        data = load_breast_cancer()
        x, y = data.data, (data.target == 0).astype(np.int64)
    else:
        data = load_digits()
        x, y = data.data, (data.target == int(name)).astype(np.int64)
    return ((x - x.mean(0)) / (x.std(0) + 1e-6)).astype(np.float32), y


TASKS = ("tumours", *"0123456789")


def learn(name: str, *, seed: int, active: bool, rounds: int = 12, size: int = 15) -> Run:
    """A cold start by chance, then half by margin and half by score, or all by chance."""
    rng = np.random.default_rng(seed)
    x, y = task(name)
    order = rng.permutation(len(y))
    gold, pool = order[:200], order[200:]
    costs = np.array([[0.0, FALSE_ALARM], [MISS, 0.0]])
    chosen = list(rng.choice(pool, size, replace=False))
    # As in production, the first model waits until each class was found.
    while len(set(y[chosen])) < 2 or min(np.bincount(y[chosen])) < 2:
        chosen.append(rng.choice(np.setdiff1d(pool, chosen)))
    rows = []
    with torch_threads(1):
        for _ in range(rounds):
            groups = np.arange(len(chosen)).astype(str)
            trained = train_head(
                x[chosen], y[chosen], groups, n_classes=2, config=CONFIG, rng=np.random.default_rng(seed)
            )
            judged = cross_calibrated(
                trained.head.logits(x[gold]), y[gold], gold.astype(str), np.random.default_rng(seed)
            )
            paid = costs[y[gold], decide(judged, costs)]
            rows.append((len(chosen), paid.mean(), paid.std() / np.sqrt(len(gold))))
            head = calibrated(trained.head, x[gold], y[gold])
            chosen += _next(head.probabilities(x), np.setdiff1d(pool, chosen), size, active, rng)
    spent, cost, error = np.array(rows, np.float64).T
    return Run(spent, cost, error)


def _next(probabilities: Array, left: Array, size: int, active: bool, rng: np.random.Generator) -> list[int]:
    by_chance = rng.permutation(left)
    if not active:
        return list(by_chance[:size])
    margin = np.abs(probabilities[left, 1] - 0.5)
    half = left[np.argsort(margin)[: size // 2]]
    scored = left[np.argsort(-probabilities[left, 1])]
    return list(dict.fromkeys([*half, *scored]))[:size]
