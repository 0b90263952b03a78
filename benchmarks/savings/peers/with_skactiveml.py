"""scikit-activeml: its classifiers here are the heads that were trained already."""

from typing import Any

import numpy as np
from skactiveml.base import SkactivemlClassifier
from skactiveml.pool import Badge, Clue, DropQuery, Falcun, QueryByCommittee, UncertaintySampling

from benchmarks.savings.peers.question import Array, Methods, Question, softmax


class Head(SkactivemlClassifier):  # type: ignore[misc]
    """A linear head, whatever it is fitted to."""

    def __init__(self, weights: Array, bias: Array) -> None:
        super().__init__(classes=list(range(len(bias))))
        self.weights, self.bias = weights, bias
        self.classes_ = np.arange(len(bias))

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def fit(self, *_: Any) -> "Head":
        return self

    def predict_proba(self, samples: Any) -> Array:
        return softmax(samples @ self.weights.T + self.bias)

    def predict(self, samples: Any) -> Array:
        return np.asarray(self.predict_proba(samples).argmax(axis=1))


def _asked(strategy: Any, question: Question) -> Any:
    head = Head(question.weights, question.bias)
    return strategy.query(question.embeddings, question.partly, head, fit_clf=False, batch_size=question.size)


def margin(question: Question) -> Any:
    return _asked(UncertaintySampling(method="margin_sampling", random_state=question.seed), question)


def least_confident_by_cost(question: Question) -> Any:
    strategy = UncertaintySampling(method="least_confident", cost_matrix=question.costs, random_state=question.seed)
    return _asked(strategy, question)


def badge(question: Question) -> Any:
    """May name a sample twice; the second is not paid for, and a random one stands in."""
    return _asked(Badge(random_state=question.seed), question)


def drop_query(question: Question) -> Any:
    return _asked(DropQuery(random_state=question.seed), question)


def falcun(question: Question) -> Any:
    return _asked(Falcun(random_state=question.seed), question)


def clue(question: Question) -> Any:
    head = Head(question.weights, question.bias)
    strategy = Clue(random_state=question.seed)
    return strategy.query(question.embeddings, question.partly, head, fit_estimator=False, batch_size=question.size)


def committee(question: Question) -> Any:
    heads = [Head(*one) for one in zip(question.member_weights, question.member_bias, strict=True)]
    strategy = QueryByCommittee(method="KL_divergence", random_state=question.seed)
    return strategy.query(question.embeddings, question.partly, heads, fit_ensemble=False, batch_size=question.size)


METHODS: Methods = {
    "UncertaintySampling(margin)": margin,
    "UncertaintySampling(least confident, costs)": least_confident_by_cost,
    "QueryByCommittee(KL)": committee,
    "Badge": badge,
    "Clue": clue,
    "DropQuery": drop_query,
    "Falcun": falcun,
}
