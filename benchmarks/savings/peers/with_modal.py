"""modAL asks learners about a matrix of samples: here the heads that were trained already."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from modAL.disagreement import max_disagreement_sampling  # type: ignore[import-not-found]
from modAL.uncertainty import margin_sampling  # type: ignore[import-not-found]

from benchmarks.savings.peers.question import Array, Methods, Question, softmax


class Head:
    def __init__(self, weights: Array, bias: Array) -> None:
        self.weights, self.bias = weights, bias

    def predict_proba(self, samples: Array) -> Array:
        return softmax(samples @ self.weights.T + self.bias)


class Committee:
    def __init__(self, question: Question) -> None:
        self.classes_ = np.arange(len(question.bias))
        self._heads = [Head(*one) for one in zip(question.member_weights, question.member_bias, strict=True)]

    def __len__(self) -> int:
        return len(self._heads)

    def __iter__(self) -> Iterator[Head]:
        return iter(self._heads)

    def vote_proba(self, samples: Array) -> Array:
        return np.stack([head.predict_proba(samples) for head in self._heads], axis=1)


def margin(question: Question) -> Any:
    head = Head(question.weights, question.bias)
    return _rows(question, margin_sampling(head, question.embeddings[question.unlabeled], n_instances=question.size))


def max_disagreement(question: Question) -> Any:
    pool = question.embeddings[question.unlabeled]
    return _rows(question, max_disagreement_sampling(Committee(question), pool, n_instances=question.size))


def _rows(question: Question, found: Any) -> Array:
    """Some versions return the scores beside the rows."""
    rows = found[0] if isinstance(found, tuple) else found
    return np.asarray(question.unlabeled[np.asarray(rows, np.int64)])


METHODS: Methods = {"margin_sampling": margin, "max_disagreement_sampling": max_disagreement}
