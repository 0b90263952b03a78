"""Several linear heads trained at once, and what goes before and after: features of one scale, and raw ones again."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ml.arrays import Embeddings
from ml.heads import LinearHead
from ml.training.losses import LossConfig, focal_losses, soft_losses
from ml.training.sampling import SamplingConfig, hardest


@dataclass(frozen=True, slots=True)
class HeadConfig:
    """weight_decays: tried together.

    learning_rate: divided by the square root of the width, so that a step moves the logits alike at any width.
    """

    weight_decays: tuple[float, ...] = (0.01, 0.1, 1.0, 3.0)
    loss: LossConfig = field(default_factory=LossConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    folds: int = 5
    max_steps: int = 200
    check_every: int = 10
    learning_rate: float = 0.1


@dataclass(frozen=True, slots=True)
class Problem:
    """features: (n, d). targets: (n, c), what each class of a sample counts for in the loss.

    offset: (c,), added to the logits while learning. often: (n,), how often a sample is used. labels: (n,), where hard
    negatives are mined.
    """

    features: Tensor
    targets: Tensor
    offset: Tensor | float = 0.0
    often: Tensor | float = 1.0
    labels: Tensor | None = None


def standardise(
    embeddings: Embeddings,
) -> tuple[Embeddings, npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Each feature with mean 0 and variance 1; one that hardly varies is not blown up. Also centre and scale."""
    centre = embeddings.mean(axis=0)
    spread = embeddings.std(axis=0)
    floor = max(0.1 * float(spread.mean()), 1e-6)
    scale = np.asarray(1 / np.maximum(spread, floor), np.float32)
    return (embeddings - centre) * scale, centre, scale


def descend(
    problem: Problem, sample_weights: Tensor, decays: Tensor, config: HeadConfig, steps: int
) -> Iterator[tuple[int, Tensor, Tensor]]:
    """Train one head for each row of sample_weights (k, n), 0 or 1, all at once; yields (step, weights, bias) at
    each check, after which hard negatives are mined anew.

    A head's loss depends on its own parameters only, so the sum of the losses trains each as if alone.
    """
    heads, n_classes = len(sample_weights), problem.targets.shape[1]
    weights = torch.zeros(heads, n_classes, problem.features.shape[1], requires_grad=True)
    bias = torch.zeros(heads, n_classes, requires_grad=True)
    rate = config.learning_rate / problem.features.shape[1] ** 0.5
    optimiser = torch.optim.Adam([weights, bias], lr=rate)
    shares = _shares(sample_weights * problem.often, problem)
    for step in range(1, steps + 1):
        optimiser.zero_grad()
        logits = logits_of(problem.features, weights, bias) + problem.offset
        losses = focal_losses(logits, problem.targets, config.loss.focal_gamma)
        penalty = decays * weights.square().sum(dim=(1, 2)) / 2
        ((losses * shares).sum(dim=1) + penalty).sum().backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        if step % config.check_every == 0 or step == steps:
            yield step, weights.detach(), bias.detach()
            if config.sampling.method == "hard_negatives" and problem.labels is not None:
                kept = hardest(losses.detach(), sample_weights, problem.labels, config.sampling.ratio)
                shares = _shares(kept, problem)


def _shares(used: Tensor, problem: Problem) -> Tensor:
    """(k, n): what each sample counts for, so that each head's losses sum to a mean over the samples that it uses."""
    return used / (used @ problem.targets.sum(dim=1))[:, None]


def logits_of(features: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
    """(n, d), (k, c, d), (k, c) -> (k, n, c) by one matrix product."""
    heads, n_classes, width = weights.shape
    flat = features @ weights.reshape(heads * n_classes, width).T
    return flat.reshape(-1, heads, n_classes).transpose(0, 1) + bias[:, None]


def fit_temperature(logits: Tensor, targets: Tensor) -> tuple[float, float]:
    """(n, c) logits and weighed targets -> the temperature with the lowest loss, and that loss (Guo et al., 2017).

    A search over a fixed range: with a handful of labels the optimum can lie at zero or infinity.
    """
    candidates = torch.logspace(np.log10(0.5), np.log10(4.0), 61)
    losses = soft_losses(logits[None] / candidates[:, None, None], targets).sum(dim=1)
    best = int(losses.argmin())
    return float(candidates[best]), float(losses[best])


def on_raw_embeddings(
    weights: npt.NDArray[np.float32],
    bias: npt.NDArray[np.floating],
    centre: npt.NDArray[np.float32],
    scale: npt.NDArray[np.float32],
    temperature: float,
) -> LinearHead:
    """The same head for embeddings that were not centred and scaled."""
    raw = weights * scale
    return LinearHead(raw, np.asarray(bias - raw @ centre, np.float32), temperature)
