"""Answers for pictures by one graph, or by a cascade of several, each given pictures as it needs them prepared."""

from collections.abc import Callable, Sequence

import numpy as np

from ml.arrays import Costs, Embeddings, Images, Indices, Probabilities
from ml.evaluation.cascade import gaps
from ml.inference.preprocessing import Preprocessing
from ml.inference.session import EMBEDDING, PROBABILITIES, InferenceSession

_BATCH = 16

Stage = tuple[InferenceSession, float | None]
"""A graph, and the gap below which its answer is not trusted; None for the last."""
Pictures = Callable[[int, Preprocessing], Images]
"""(3, s, s) of the picture at a place."""


Seen = Callable[[Indices, Embeddings], None]
"""Told the places of pictures that a graph has seen, and their embeddings: (m,), (m, d)."""


def answer(
    stages: Sequence[Stage],
    pictures: Pictures,
    count: int,
    costs: Costs,
    *,
    seen: Sequence[Seen | None] | None = None,
) -> tuple[Probabilities, Indices]:
    """(n, c) probabilities of n = count pictures, and (n,) which stage gave each. seen: of each stage."""
    out = np.empty((count, len(costs)), np.float32)
    by = np.zeros(count, np.int64)
    left: Indices = np.arange(count)
    for number, ((session, threshold), watcher) in enumerate(zip(stages, seen or [None] * len(stages), strict=True)):
        for start in range(0, len(left), _BATCH):
            rows = left[start : start + _BATCH]
            images = np.stack([pictures(row, session.preprocessing) for row in rows.tolist()])
            if watcher:
                said = session.run(images, [PROBABILITIES, EMBEDDING])
                watcher(rows, said[EMBEDDING])
            else:
                said = session.run(images, [PROBABILITIES])
            out[rows] = said[PROBABILITIES]
        by[left] = number
        if threshold is None:
            break
        left = left[gaps(out[left], costs) < threshold]
    return out, by
