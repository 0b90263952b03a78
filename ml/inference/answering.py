"""Answers for pictures by one graph, or by a cascade of several."""

from collections.abc import Sequence

import numpy as np

from ml.arrays import Costs, Images, Indices, Probabilities
from ml.evaluation.cascade import gaps
from ml.inference.session import PROBABILITIES, InferenceSession

_BATCH = 16

Stage = tuple[InferenceSession, float | None]
"""A graph, and the gap below which its answer is not trusted; None for the last."""


def answer(stages: Sequence[Stage], images: Images, costs: Costs) -> tuple[Probabilities, Indices]:
    """(n, c) probabilities of n pictures, and (n,) which stage gave each."""
    out = np.empty((len(images), len(costs)), np.float32)
    by = np.zeros(len(images), np.int64)
    left: Indices = np.arange(len(images))
    for number, (session, threshold) in enumerate(stages):
        for start in range(0, len(left), _BATCH):
            rows = left[start : start + _BATCH]
            out[rows] = session.run(images[rows], [PROBABILITIES])[PROBABILITIES]
        by[left] = number
        if threshold is None:
            break
        left = left[gaps(out[left], costs) < threshold]
    return out, by
