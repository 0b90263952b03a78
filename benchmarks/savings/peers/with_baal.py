"""baal takes probabilities, or several draws of them, and returns the whole pool in order."""

from typing import Any

import numpy as np
from baal.active import heuristics  # type: ignore[import-not-found]
from baal.active.heuristics.stochastics import PowerSampling  # type: ignore[import-not-found]

from benchmarks.savings.peers.question import Array, Methods, Question


def margin(question: Question) -> Any:
    found = heuristics.Margin()(question.probabilities[question.unlabeled])
    return question.unlabeled[found[: question.size]]


def bald(question: Question) -> Any:
    return question.unlabeled[heuristics.BALD()(_draws(question))[: question.size]]


def power_bald(question: Question) -> Any:
    """Asked for its ranks: in 2.1.0 a stochastic heuristic cannot be called."""
    np.random.seed(question.seed)
    ranks, _ = PowerSampling(heuristics.BALD(), query_size=question.size).get_ranks(_draws(question))
    return question.unlabeled[ranks]


def _draws(question: Question) -> Array:
    """(n, c, e)"""
    return question.members[:, question.unlabeled].transpose(1, 2, 0)


METHODS: Methods = {"Margin": margin, "BALD": bald, "PowerSampling(BALD)": power_bald}
