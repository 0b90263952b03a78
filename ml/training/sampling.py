"""Which samples a model learns from, where some classes are rare.

* `all`: every sample once.
* `under`: of a frequent class a random part, so that it is at most `ratio` times as frequent as the rarest.
* `over`: a rare class so often that the commonest is at most `ratio` times as frequent.
* `hard_negatives`: as many as `under` takes, but those that the model gets most wrong: all are scored again while it
  learns, and the hardest are fed to it (Shrivastava et al., 2016). A label that is wrong is hard, too; with doubtful
  labels this mines mistakes.

A head learns from all its samples at each step, so there `over` is a weight of whole numbers; a deep round sees its
batches change.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ml.arrays import Indices, Labels

Method = Literal["all", "under", "over", "hard_negatives"]
Counts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SamplingConfig:
    """ratio: how many times as frequent as the rarest class the commonest may be, 1 or more."""

    method: Method = "all"
    ratio: float = 3.0


def drawn(labels: Labels, n_classes: int, config: SamplingConfig, rng: np.random.Generator) -> Counts:
    """(n,): how often each sample is used, whole numbers. What is mined later starts as a random part. `all` draws
    nothing from `rng`.
    """
    counts = np.bincount(labels, minlength=n_classes)
    if config.method == "all":
        return np.ones(len(labels))
    often = np.zeros(len(labels))
    for c in np.flatnonzero(counts):
        members = rng.permutation(np.flatnonzero(labels == c))
        wanted = _wanted(counts, c, config)
        often[members] = wanted // len(members)
        often[members[: wanted % len(members)]] += 1
    return often


def uses(labels: Labels, n_classes: int, config: SamplingConfig) -> Counts:
    """(n_classes,): how often a sample of each class is used, on average."""
    counts = np.bincount(labels, minlength=n_classes)
    if config.method == "all":
        return np.ones(n_classes)
    return np.array([_wanted(counts, c, config) / counts[c] if counts[c] else 1.0 for c in range(n_classes)])


def _wanted(counts: npt.NDArray[np.int64], c: int, config: SamplingConfig) -> int:
    if config.method == "over":
        return max(int(counts[c]), int(np.ceil(counts.max() / config.ratio)))
    return min(int(counts[c]), int(np.ceil(counts[counts > 0].min() * config.ratio)))


def hardest(losses: Tensor, available: Tensor, labels: Tensor, ratio: float) -> Tensor:
    """(k, n) losses of k models, (k, n) 0 or 1 for what each may learn from, (n,) labels -> (k, n) 0 or 1: of each
    class that is more than `ratio` times as frequent as the rarest, the samples of highest loss. O(c k n log n).
    """
    members = torch.stack([available * (labels == c) for c in torch.unique(labels).tolist()])
    counts = members.sum(dim=2)
    # A class that a fold holds out whole sets no bound.
    rarest = torch.where(counts > 0, counts, torch.inf).amin(dim=0)
    most = torch.ceil(rarest * ratio)
    chosen = torch.zeros_like(available)
    for inside in members:
        place = torch.where(inside > 0, losses, -torch.inf).argsort(dim=1, descending=True, stable=True).argsort(dim=1)
        chosen += inside * (place < most[:, None])
    return chosen


def epoch_rows(
    rows: Indices,
    labels: Labels,
    n_classes: int,
    config: SamplingConfig,
    rng: np.random.Generator,
    losses: npt.NDArray[np.floating] | None = None,
) -> Indices:
    """The rows of an epoch in random order, drawn anew each time. (n,) labels and losses are of all samples; without
    losses, what would be mined is a random part.
    """
    if config.method == "hard_negatives" and losses is not None:
        kept = hardest(
            torch.as_tensor(losses[rows])[None],
            torch.ones(1, len(rows)),
            torch.as_tensor(labels[rows]),
            config.ratio,
        )
        rows = rows[kept[0].numpy() > 0]
    else:
        often = drawn(labels[rows], n_classes, config, rng)
        rows = np.repeat(rows, often.astype(np.int64))
    return np.asarray(rng.permutation(rows), np.int64)
