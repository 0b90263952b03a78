"""What a sample weighs while a model learns, where some classes are rare and some mistakes are dear.

Each option works alone and with the others; all of them work with labels that are not sure.

* weights: `balanced` lets every class weigh alike; `effective_number` weighs a class by how much that is new its labels
  hold, since the thousandth tells less than the tenth (Cui et al., 2019); `none` lets every sample weigh alike.
* cost_weighted: a class also weighs by what it costs to miss it (Elkan, 2001; Zadrozny et al., 2003).
* focal_gamma: what is recognised already weighs less, so that the rest is learned (Lin et al., 2017).
* logit_adjustment: the frequencies of the labels are added to the logits while learning and left out afterwards, which
  makes a rare class keep a wider margin (Menon et al., 2021); 1 is balanced softmax (Ren et al., 2020).

Whatever a class weighed, the logits are moved back to the frequencies of the labels: the options change where the
borders run, not what is taken for frequent. That is exact but for `focal_gamma`, which calibration on gold sets right.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from torch import Tensor
from torch.nn import functional

from ml.arrays import Costs, Labels

Floats = npt.NDArray[np.float64]
Weights = Literal["balanced", "effective_number", "none"]

# Of the mean weight: a class that costs nothing to miss is not forgotten.
_LEAST_COST_WEIGHT = 0.05


@dataclass(frozen=True, slots=True)
class LossConfig:
    """beta: of `effective_number`, 0..1; from 1/(1-beta) labels on a class has told nearly all. focal_gamma,
    logit_adjustment: 0 is without.
    """

    weights: Weights = "balanced"
    beta: float = 0.99
    cost_weighted: bool = False
    focal_gamma: float = 0.0
    logit_adjustment: float = 0.0


def soft_targets(labels: Labels, sureness: npt.NDArray[np.float64] | None, n_classes: int) -> Floats:
    """(n, n_classes), rows summing to 1: the label as far as it is likely to be right, (n,) 0..1, and the other
    classes alike for the rest. With sureness as it should be, the loss is the expected one.
    """
    sure = np.ones(len(labels)) if sureness is None else sureness
    targets = np.repeat((1 - sure)[:, None] / max(n_classes - 1, 1), n_classes, axis=1)
    targets[np.arange(len(labels)), labels] = sure
    return np.asarray(targets, np.float64)


def class_weights(counts: Floats, balance: float) -> npt.NDArray[np.float32]:
    """(n_classes,): inverse frequency to the power of `balance`, averaging 1 over the samples."""
    return np.asarray(_averaging_one((counts.sum() / (len(counts) * counts)) ** balance, counts), np.float32)


def effective_number_weights(counts: Floats, beta: float) -> Floats:
    """(n_classes,): the inverse of the effective number (1 - beta^n) / (1 - beta), averaging 1 over the samples."""
    return _averaging_one((1 - beta) / (1 - beta**counts), counts)


def cost_weights(counts: Floats, costs: Costs) -> Floats:
    """(n_classes,): what missing a class costs on average over the other answers, averaging 1 over the samples."""
    missed = costs.sum(axis=1) / max(len(costs) - 1, 1)
    return _averaging_one(np.maximum(missed, _LEAST_COST_WEIGHT * missed.mean()), counts)


def weights_of_classes(counts: Floats, config: LossConfig, costs: Costs | None) -> Floats:
    """(n_classes,): what a sample of each class weighs, averaging 1 over the samples. Raises ValueError when costs are
    to be weighed and there are none.
    """
    weights: Floats = np.ones(len(counts))
    if config.weights == "balanced":
        weights = np.asarray(class_weights(counts, 1.0), np.float64)
    elif config.weights == "effective_number":
        weights = effective_number_weights(counts, config.beta)
    if config.cost_weighted:
        if costs is None or not costs.any():
            raise ValueError("A cost-weighted loss needs a cost matrix in which some mistake costs something.")
        weights = weights * cost_weights(counts, costs)
    return _averaging_one(weights, counts)


def _averaging_one(weights: Floats, counts: Floats) -> Floats:
    return np.asarray(weights * counts.sum() / (weights * counts).sum(), np.float64)


def answering_shift(found: Floats, seen: Floats, weights: Floats) -> Floats:
    """(n_classes,): what to add to the logits of a model that saw `seen` of each class at these weights, for it to
    answer at the frequencies `found`. It learned them as frequent as `seen * weights`.
    """
    return np.asarray(np.log(np.maximum(found, 1e-6)) - np.log(np.maximum(seen * weights, 1e-6)), np.float64)


def logit_offset(counts: Floats, config: LossConfig) -> Floats:
    """(n_classes,): what is added to the logits while learning."""
    share = np.maximum(counts / counts.sum(), 1e-6)
    return np.asarray(config.logit_adjustment * np.log(share), np.float64)


def soft_losses(logits: Tensor, targets: Tensor) -> Tensor:
    """(…, n, c) logits, (n, c) weighed targets -> (…, n) cross-entropies."""
    return -(functional.log_softmax(logits, dim=-1) * targets).sum(dim=-1)


def focal_losses(logits: Tensor, targets: Tensor, gamma: float) -> Tensor:
    """(…, n, c) logits, (n, c) weighed targets -> (…, n): each class's part of the cross-entropy times (1 - p)^gamma.
    At gamma 0 the cross-entropy itself.
    """
    if gamma == 0:
        return soft_losses(logits, targets)
    log = functional.log_softmax(logits, dim=-1)
    # Where p rounds to 1 the gradient of a power below 1 would be infinite.
    unsure = (1 - log.exp()).clamp(min=1e-6)
    return -(unsure**gamma * log * targets).sum(dim=-1)
