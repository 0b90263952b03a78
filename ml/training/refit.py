"""A head fitted anew to a backbone that says nearly the same: rounded to integers, or in half precision."""

import numpy as np

from ml.arrays import Embeddings
from ml.errors import require_finite
from ml.heads import LinearHead

# How strongly the old weights are held to, against the mean squared embedding.
_HOLD = 0.3


def refitted(head: LinearHead, before: Embeddings, after: Embeddings) -> LinearHead:
    """The head that says of `after` what `head` says of `before`: (n, d) embeddings of the same n pictures under both
    backbones. No labels are needed, so any pictures of the pool will do.

    Ridge regression of the logits' differences (a distillation in closed form), so that few pictures change little.
    Raises NotFinite.
    """
    require_finite("embeddings", after)
    weights, bias = (part.astype(np.float64) for part in head.calibrated)
    middle = after.mean(axis=0, dtype=np.float64)
    centred = after - middle
    missing = head.logits(before) - head.logits(after)
    offset = missing.mean(axis=0, dtype=np.float64)
    gram = centred @ centred.T
    ridge = _HOLD * max(np.trace(gram) / len(gram), np.finfo(np.float32).tiny)
    change = (centred.T @ np.linalg.solve(gram + ridge * np.eye(len(gram)), missing - offset)).T
    return LinearHead(
        np.asarray(weights + change, np.float32), np.asarray(bias + offset - change @ middle, np.float32), 1.0
    )
