"""small-text asks a classifier about a data set: here row numbers, and a table of probabilities."""

from typing import Any

import numpy as np
from small_text import BreakingTies, ContrastiveActiveLearning, LightweightCoreset  # type: ignore[import-not-found]

from benchmarks.savings.peers.question import Array, Methods, Question


class Table:
    def __init__(self, question: Question) -> None:
        self._question = question

    def predict_proba(self, rows: Any) -> Array:
        return np.asarray(self._question.probabilities[rows])

    def embed(self, rows: Any, **_: Any) -> tuple[Array, Array]:
        return self._question.embeddings[rows], self._question.probabilities[rows]


def _asked(strategy: Any, question: Question, **arguments: Any) -> Any:
    rows = np.arange(len(question.embeddings))
    return strategy.query(
        Table(question), rows, question.unlabeled, question.labeled, question.labels, n=question.size, **arguments
    )


def breaking_ties(question: Question) -> Any:
    return _asked(BreakingTies(), question)


def contrastive(question: Question) -> Any:
    return _asked(ContrastiveActiveLearning(pbar=None), question, pbar=None)


def lightweight(question: Question) -> Any:
    return _asked(LightweightCoreset(), question, embeddings=question.embeddings, pbar=None)


METHODS: Methods = {
    "BreakingTies": breaking_ties,
    "ContrastiveActiveLearning": contrastive,
    "LightweightCoreset": lightweight,
}
