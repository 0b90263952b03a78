"""Quick rounds: a linear head on cached embeddings, in about a second.

How it learns from few, unbalanced, chosen labels:

1. Each feature is centred and scaled, which is folded back into the head: it reads raw embeddings.
2. K folds that keep groups whole and classes spread are trained together for several weight decays: one
   matrix product a step serves them all. The loss is class-balanced.
3. The held-out loss picks the weight decay and the number of steps (early stopping); a temperature is fitted
   to the held-out logits at that point. With too few labels to hold any out, middling defaults stand in.
4. The head is trained again on all labels with those choices.
5. Balanced training answers as if all classes were equally frequent. `prior` moves the logits to the
   frequencies of the pool (Menon et al., 2021), so that decisions by expected cost see calibrated
   probabilities.

What calibration assumes: the labels of one class look like that class in the pool (label shift). Labels
chosen by a model are harder than the pool's, so the temperature errs towards doubt. Where the frequencies
in the pool are known, from a random control share for example, pass them as `prior`. By default they are
taken from the labels, which overstates a rare class that was looked for; where missing it is what costs, that
was the cheaper error on solar cells with a few dozen labels.

Call it under `torch_threads(1)`: steps this small only lose time waiting for a second thread.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from ml.arrays import Embeddings, Labels
from ml.errors import NotEnoughLabels, require_finite
from ml.heads import LinearHead
from ml.progress import Progress, no_progress
from ml.training.splits import fewest_groups_of_a_class, stratified_group_folds

__all__ = ["HeadConfig", "HeadReport", "LinearHead", "TrainedHead", "torch_threads", "train_head"]


@dataclass(frozen=True, slots=True)
class HeadConfig:
    """balance: 1 weighs classes equally, 0 weighs samples equally. weight_decays: tried together.

    learning_rate: divided by the square root of the width, so that a step moves the logits alike at any width.
    """

    weight_decays: tuple[float, ...] = (0.01, 0.1, 1.0, 3.0)
    balance: float = 1.0
    folds: int = 5
    max_steps: int = 200
    check_every: int = 10
    learning_rate: float = 0.1


@dataclass(frozen=True, slots=True)
class HeadReport:
    """How training went. `held_out_loss` is class-balanced, in nats, and None when no label could be held
    out.
    """

    labels_per_class: tuple[int, ...]
    prior: tuple[float, ...]
    folds: int
    weight_decay: float
    steps: int
    temperature: float
    held_out_loss: float | None


@dataclass(frozen=True, slots=True)
class TrainedHead:
    head: LinearHead
    report: HeadReport


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """Let PyTorch use this many threads inside the block. A setting of the whole process: for workers, not
    threads.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def train_head(
    embeddings: Embeddings,
    labels: Labels,
    groups: npt.NDArray[np.generic],
    *,
    n_classes: int,
    config: HeadConfig,
    rng: np.random.Generator,
    prior: npt.NDArray[np.float64] | None = None,
    on_progress: Progress = no_progress,
) -> TrainedHead:
    """(n, d) embeddings, (n,) labels in 0..n_classes-1, (n,) group names; the same input and seed give the
    same head.

    prior: (n_classes,) frequencies of the classes where the head will be used; from the labels when None.
    Raises NotEnoughLabels when a class has no label, NotFinite on NaN.
    """
    counts = label_counts(labels, n_classes)
    require_finite("embeddings", embeddings)
    scaled, centre, scale = _standardise(embeddings)
    problem = _Problem(
        torch.from_numpy(scaled),
        torch.from_numpy(labels),
        torch.from_numpy(class_weights(counts, config.balance)),
    )
    fitted = np.asarray(counts / counts.sum(), np.float64)
    prior = fitted if prior is None else np.asarray(prior, np.float64) / np.sum(prior)

    folds = min(config.folds, fewest_groups_of_a_class(labels, groups))
    total = config.max_steps * (2 if folds > 1 else 1)
    choice = (
        _held_out_choice(problem, stratified_group_folds(labels, groups, folds, rng), config, on_progress, total)
        if folds > 1
        else _Choice(config.weight_decays[len(config.weight_decays) // 2], config.max_steps // 2, 1.0, None)
    )
    everything = torch.ones(1, len(labels))
    weights, bias = _final(problem, everything, choice, config)
    on_progress(total, total)
    shift = prior_shift(prior, fitted, config.balance) * choice.temperature
    head = _on_raw_embeddings(weights, bias + shift, centre, scale, choice.temperature)
    report = HeadReport(
        labels_per_class=tuple(int(count) for count in counts),
        prior=tuple(float(share) for share in prior),
        folds=folds if folds > 1 else 0,
        weight_decay=choice.weight_decay,
        steps=choice.steps,
        temperature=choice.temperature,
        held_out_loss=choice.loss,
    )
    return TrainedHead(head, report)


def label_counts(labels: Labels, n_classes: int) -> npt.NDArray[np.int64]:
    """(n_classes,). Raises NotEnoughLabels, naming the classes without any."""
    counts = np.bincount(labels, minlength=n_classes)
    missing = np.flatnonzero(counts == 0)
    if len(missing):
        raise NotEnoughLabels(missing.tolist())
    return counts


def class_weights(counts: npt.NDArray[np.int64], balance: float) -> npt.NDArray[np.float32]:
    """(n_classes,): inverse frequency to the power of `balance`, averaging 1 over the samples."""
    weights = (counts.sum() / (len(counts) * counts)) ** balance
    return np.asarray(weights * counts.sum() / (weights * counts).sum(), np.float32)


def prior_shift(
    prior: npt.NDArray[np.float64], fitted: npt.NDArray[np.float64], balance: float
) -> npt.NDArray[np.float64]:
    """What to add to the logits of a model that learned from labels of frequencies `fitted`, weighed by
    `balance`.
    """
    learned = fitted ** (1 - balance)
    return np.asarray(np.log(np.maximum(prior, 1e-6)) - np.log(learned / learned.sum()), np.float64)


@dataclass(frozen=True, slots=True)
class _Problem:
    features: Tensor
    labels: Tensor
    class_weights: Tensor


@dataclass(frozen=True, slots=True)
class _Choice:
    weight_decay: float
    steps: int
    temperature: float
    loss: float | None


def _standardise(
    embeddings: Embeddings,
) -> tuple[Embeddings, npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Each feature with mean 0 and variance 1; one that hardly varies is not blown up. Also centre and scale."""
    centre = embeddings.mean(axis=0)
    spread = embeddings.std(axis=0)
    floor = max(0.1 * float(spread.mean()), 1e-6)
    scale = np.asarray(1 / np.maximum(spread, floor), np.float32)
    return (embeddings - centre) * scale, centre, scale


def _descend(
    problem: _Problem, sample_weights: Tensor, decays: Tensor, config: HeadConfig, steps: int
) -> Iterator[tuple[int, Tensor, Tensor]]:
    """Train one head for each row of sample_weights (k, n), all at once; yields (step, weights, bias) at
    each check.

    A head's loss depends on its own parameters only, so the sum of the losses trains each as if alone.
    """
    heads, n_classes = len(sample_weights), len(problem.class_weights)
    weights = torch.zeros(heads, n_classes, problem.features.shape[1], requires_grad=True)
    bias = torch.zeros(heads, n_classes, requires_grad=True)
    rate = config.learning_rate / problem.features.shape[1] ** 0.5
    optimiser = torch.optim.Adam([weights, bias], lr=rate)
    importance = sample_weights * problem.class_weights[problem.labels]
    importance = importance / importance.sum(dim=1, keepdim=True)
    for step in range(1, steps + 1):
        optimiser.zero_grad()
        losses = _losses(_logits(problem.features, weights, bias), problem.labels)
        penalty = decays * weights.square().sum(dim=(1, 2)) / 2
        ((losses * importance).sum(dim=1) + penalty).sum().backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        if step % config.check_every == 0 or step == steps:
            yield step, weights.detach(), bias.detach()


def _logits(features: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
    """(n, d), (k, c, d), (k, c) -> (k, n, c) by one matrix product."""
    heads, n_classes, width = weights.shape
    flat = features @ weights.reshape(heads * n_classes, width).T
    return flat.reshape(-1, heads, n_classes).transpose(0, 1) + bias[:, None]


def _losses(logits: Tensor, labels: Tensor) -> Tensor:
    """(k, n, c), (n,) -> (k, n)"""
    repeated = labels.expand(len(logits), -1)
    return functional.cross_entropy(logits.transpose(1, 2), repeated, reduction="none")


def _held_out_choice(
    problem: _Problem,
    fold: npt.NDArray[np.int64],
    config: HeadConfig,
    on_progress: Progress,
    total: int,
) -> _Choice:
    """Train every fold under every weight decay; keep the decay and step whose held-out loss is lowest."""
    folds = int(fold.max()) + 1
    held_out = torch.from_numpy(fold[None] == np.arange(folds)[:, None])
    decays = torch.tensor(config.weight_decays)
    sample_weights = (~held_out).float().repeat(len(decays), 1)
    importance = problem.class_weights[problem.labels]
    importance = importance / importance.sum()

    best, best_logits = _Choice(config.weight_decays[0], 0, 1.0, float("inf")), torch.empty(0)
    for step, weights, bias in _descend(
        problem, sample_weights, decays.repeat_interleave(folds), config, config.max_steps
    ):
        logits = _logits(problem.features, weights, bias).reshape(len(decays), folds, -1, bias.shape[-1])
        out_of_fold = (logits * held_out[None, :, :, None]).sum(dim=1)
        losses = (_losses(out_of_fold, problem.labels) * importance).sum(dim=1)
        winner = int(losses.argmin())
        if best.loss is None or losses[winner] < best.loss:
            best = _Choice(config.weight_decays[winner], step, 1.0, float(losses[winner]))
            best_logits = out_of_fold[winner]
        on_progress(step, total)
    temperature, loss = fit_temperature(best_logits, problem.labels, importance)
    return _Choice(best.weight_decay, best.steps, temperature, loss)


def fit_temperature(logits: Tensor, labels: Tensor, importance: Tensor) -> tuple[float, float]:
    """The temperature with the lowest weighted loss, and that loss (Guo et al., 2017).

    A search over a fixed range: with a handful of labels the optimum can lie at zero or infinity.
    """
    candidates = torch.logspace(np.log10(0.5), np.log10(4.0), 61)
    losses = (_losses(logits[None] / candidates[:, None, None], labels) * importance).sum(dim=1)
    best = int(losses.argmin())
    return float(candidates[best]), float(losses[best])


def _final(
    problem: _Problem, everything: Tensor, choice: _Choice, config: HeadConfig
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Weights (c, d) and bias (c,) trained on all labels with what was chosen."""
    decay = torch.tensor([choice.weight_decay])
    *_, (_, weights, bias) = _descend(problem, everything, decay, config, choice.steps)
    return weights[0].numpy(), bias[0].numpy()


def _on_raw_embeddings(
    weights: npt.NDArray[np.float32],
    bias: npt.NDArray[np.floating],
    centre: npt.NDArray[np.float32],
    scale: npt.NDArray[np.float32],
    temperature: float,
) -> LinearHead:
    """The same head for embeddings that were not centred and scaled."""
    raw = weights * scale
    return LinearHead(raw, np.asarray(bias - raw @ centre, np.float32), temperature)
