"""How frequent the classes are, where labels were chosen: the pool's frequencies from a model's own probabilities.

A model that learned at some frequencies answers as if they held where it is used. Expectation-maximisation over its
answers to unlabeled samples finds the frequencies under which they would be as they are (Saerens, Latinne &
Decaestecker, 2002). It trusts that each class looks as it did in training and only its frequency differs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Probabilities
from ml.errors import require_finite

_STEPS, _SETTLED = 500, 1e-7
# A class counts as much more or less frequent from this factor on, where chance would give it in less than 1 of 300.
_FACTOR, _DEVIATIONS = 1.5, 3.0

Floats = npt.NDArray[np.float64]


def adjusted(probabilities: Probabilities, before: Floats, after: Floats) -> Floats:
    """(n, c): the probabilities of a model that learned at frequencies `before`, for where `after` hold; both (c,)
    and above 0. Bayes' rule: logits are moved by log(after / before).
    """
    weighed = np.asarray(probabilities, np.float64) * (after / before)
    return np.asarray(weighed / weighed.sum(axis=1, keepdims=True), np.float64)


def em_priors(probabilities: Probabilities, learned_at: Floats) -> Floats:
    """(c,): the frequencies of the classes among n unlabeled samples, from (n, c) probabilities of a model that learned
    at the frequencies (c,) `learned_at`. O(steps x n x c), at most 500 steps. Raises NotFinite.
    """
    require_finite("probabilities", probabilities)
    before = np.maximum(np.asarray(learned_at, np.float64), 1e-6)
    before /= before.sum()
    priors = before
    for _ in range(_STEPS):
        found = adjusted(probabilities, before, np.maximum(priors, 1e-12)).mean(axis=0)
        moved = float(np.abs(found - priors).max())
        priors = found
        if moved < _SETTLED:
            break
    return priors


@dataclass(frozen=True, slots=True)
class Priors:
    """The share of each class, in class order: among the labels trained on, in gold, and in the pool by EM over the
    model's scores. warning: None unless the labels differ much from the others.
    """

    labels: tuple[float, ...]
    gold: tuple[float, ...]
    pool: tuple[float, ...]
    warning: str | None


def compare_priors(
    label_counts: npt.NDArray[np.int64],
    gold_counts: npt.NDArray[np.int64],
    pool: Floats,
    names: Sequence[str],
) -> Priors:
    """(c,) counts of labels and gold, (c,) estimated shares of the pool; `names` in class order.

    The estimate counts only where gold does not speak against it: a weak model's can be far off.
    """
    labels, gold = _shares(label_counts), _shares(gold_counts)
    trusted = not any(_differs(gold_counts, c, float(pool[c]), None) for c in range(len(names)))
    apart = [
        c
        for c in range(len(names))
        if _differs(label_counts, c, _smoothed(gold_counts)[c], int(gold_counts.sum()))
        or (trusted and _differs(label_counts, c, float(pool[c]), None))
    ]
    return Priors(
        labels=tuple(labels.tolist()),
        gold=tuple(gold.tolist()),
        pool=tuple(pool.tolist()),
        warning=_warning(apart, labels, gold, pool if trusted else None, names) if apart else None,
    )


def _shares(counts: npt.NDArray[np.int64]) -> Floats:
    return np.asarray(counts / max(int(counts.sum()), 1), np.float64)


def _smoothed(counts: npt.NDArray[np.int64]) -> Floats:
    return np.asarray((counts + 0.5) / (counts.sum() + 0.5 * len(counts)), np.float64)


def _differs(counts: npt.NDArray[np.int64], c: int, share: float, drawn: int | None) -> bool:
    """Whether the labels hold a class at another share than `share`, which `drawn` samples have told, or all."""
    n = int(counts.sum())
    here = float(_smoothed(counts)[c])
    share = max(share, 1e-6)
    if max(here, share) < _FACTOR * min(here, share) or (drawn == 0):
        return False
    together = here if drawn is None else (here * n + share * drawn) / (n + drawn)
    deviation = np.sqrt(together * (1 - together) * (1 / n + (1 / drawn if drawn else 0)))
    return bool(abs(here - share) > _DEVIATIONS * deviation)


def _warning(apart: Sequence[int], labels: Floats, gold: Floats, pool: Floats | None, names: Sequence[str]) -> str:
    """Of the class that is furthest from its share in gold, which is a rare one."""
    factors = np.maximum(labels, 1e-3) / np.maximum(gold, 1e-3)
    c = max(apart, key=lambda one: abs(float(np.log(factors[one]))))
    of_pool = "" if pool is None else f" and, by the scores, about {pool[c]:.1%} of the pool"
    return (
        f"{names[c]} is {labels[c]:.0%} of the labels trained on, {gold[c]:.1%} of gold{of_pool}: chosen labels are not"
        " drawn by chance. Probabilities are calibrated on gold, which corrects for it."
    )
