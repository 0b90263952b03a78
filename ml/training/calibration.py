"""Calibration on gold: what a head says becomes how often it is right in the pool.

A model's labels are chosen: rarer and harder than the pool. A head that learned from them takes rare classes for more
frequent than they are, and is as unsure everywhere as it is where it asked. Gold is drawn at random, so it is the pool
in small. One temperature and one bias a class are fitted to it (bias-corrected temperature scaling; Alexandari et al.,
2020). Both are held near those that the head came with, as strongly as a few samples would, so that a class which gold
hardly holds does not vanish.
"""

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from ml.arrays import Embeddings, Labels, Probabilities
from ml.errors import require_finite
from ml.heads import LinearHead, softmax
from ml.training.splits import stratified_group_folds

_FOLDS = 5
# How far they are expected to move: standard deviations of the logarithm of the scale, and of a bias.
_SCALE_SPREAD, _BIAS_SPREAD = 0.35, 1.0

Logits = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]


def calibrated(head: LinearHead, embeddings: Embeddings, labels: Labels) -> LinearHead:
    """The head with its temperature and biases fitted to n samples drawn at random from where it will be used.

    (n, d) embeddings and (n,) labels, neither of which the head has learned from; without any, the head itself. Raises
    NotFinite.
    """
    if not len(labels):
        return head
    scale, biases = _fit(head.logits(embeddings), labels)
    temperature = head.temperature / scale
    return LinearHead(head.weights, np.asarray(head.bias + biases * temperature, np.float32), temperature)


def cross_calibrated(
    logits: Logits, labels: Labels, groups: npt.NDArray[np.generic], rng: np.random.Generator
) -> Probabilities:
    """(n, c) probabilities of the samples that calibration is fitted to, for judging a model on them: each under the
    calibration of the other folds, which keep groups whole. Raises NotFinite.
    """
    folds = min(_FOLDS, len(np.unique(groups)))
    if folds < 2:
        return softmax(logits)
    out = np.empty_like(logits)
    fold = stratified_group_folds(labels, groups, folds, rng)
    for number in range(folds):
        inside = fold == number
        scale, biases = _fit(logits[~inside], labels[~inside])
        out[inside] = logits[inside] * scale + biases
    return softmax(out)


def _fit(logits: Logits, labels: Labels) -> tuple[float, Floats]:
    """The scale and the (c,) biases of the highest posterior: a convex problem in a handful of unknowns."""
    require_finite("logits", logits)
    said, truth = logits.astype(np.float64), np.eye(logits.shape[1])[labels]

    def loss(parameters: Floats) -> tuple[float, Floats]:
        scale, biases = np.exp(parameters[0]), parameters[1:]
        moved = said * scale + biases
        moved -= moved.max(axis=1, keepdims=True)
        log = moved - np.log(np.exp(moved).sum(axis=1, keepdims=True))
        excess = np.exp(log) - truth
        kept = np.concatenate([[parameters[0] / _SCALE_SPREAD**2], biases / _BIAS_SPREAD**2])
        slope = np.concatenate([[(excess * said).sum() * scale], excess.sum(axis=0)])
        return float(-(log * truth).sum() + (kept * parameters).sum() / 2), slope + kept

    found = minimize(loss, np.zeros(1 + logits.shape[1]), jac=True, method="BFGS").x
    return float(np.exp(found[0])), found[1:]
