"""What a peer is asked: everything that our own strategies see. Imported in the peers' environments: NumPy only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Question:
    """embeddings: (n, d) of the pool. labeled: (m,) rows in it, with their labels.

    weights (c, d), bias (c,): the model. member_weights (e, c, d), member_bias (e, c): an ensemble beside it.
    """

    embeddings: Array
    costs: Array
    labeled: Array
    labels: Array
    weights: Array
    bias: Array
    member_weights: Array
    member_bias: Array
    seed: int
    size: int

    @cached_property
    def unlabeled(self) -> Array:
        return np.setdiff1d(np.arange(len(self.embeddings)), self.labeled)

    @cached_property
    def probabilities(self) -> Array:
        """(n, c)"""
        return softmax(self.embeddings @ self.weights.T + self.bias)

    @cached_property
    def members(self) -> Array:
        """(e, n, c)"""
        return np.stack(
            [
                softmax(self.embeddings @ weights.T + bias)
                for weights, bias in zip(self.member_weights, self.member_bias, strict=True)
            ]
        )

    @cached_property
    def partly(self) -> Array:
        """(n,) labels as floats, NaN where there is none."""
        known = np.full(len(self.embeddings), np.nan)
        known[self.labeled] = self.labels
        return known


Method = Callable[[Question], Any]
"""As many rows of the pool as the question's size, none of them labeled."""

Methods = Mapping[str, Method]


def softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float64)
