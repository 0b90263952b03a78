"""Quick rounds: a linear head on cached embeddings, in about a second.

How it learns from few, unbalanced, chosen labels:

1. Each feature is centred and scaled, which is folded back into the head: it reads raw embeddings.
2. K folds that keep groups whole and classes spread are trained together for several weight decays: one
   matrix product a step serves them all. The loss is class-balanced unless `ml.training.losses` or
   `ml.training.sampling` is told otherwise, and a label that is not sure counts for the other classes by as much
   as it may be wrong.
3. The held-out loss picks the weight decay and the number of steps (early stopping); a temperature is fitted
   to the held-out logits at that point. With too few labels to hold any out, middling defaults stand in.
4. The head is trained again on all labels with those choices. Where something was learned before (`Start`), it may
   begin from there: how far is one more choice of the held-out loss, and not at all is always among them.
5. Balanced training answers as if all classes were equally frequent. The logits are moved to the frequencies of the
   labels (Menon et al., 2021). Those of chosen labels are not the pool's: `ml.training.calibration` sets that right
   where there is gold.

Call it under `torch_threads(1)`: steps this small only lose time waiting for a second thread.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ml.arrays import Costs, Embeddings, Labels
from ml.errors import NotEnoughLabels, OneClass, require_finite
from ml.heads import LinearHead
from ml.progress import Progress, no_progress
from ml.training.descent import (
    HeadConfig,
    Problem,
    descend,
    fit_temperature,
    logits_of,
    on_raw_embeddings,
    standardise,
)
from ml.training.losses import soft_losses, soft_targets
from ml.training.sampling import drawn
from ml.training.splits import fewest_groups_of_a_class, stratified_group_folds
from ml.training.weighing import weigh

__all__ = [
    "HeadConfig",
    "HeadReport",
    "LinearHead",
    "Problem",
    "Start",
    "TrainedHead",
    "soft_losses",
    "soft_targets",
    "torch_threads",
    "train_head",
]


TRUSTS = (0.0, 0.3, 1.0)
"""How far from its start a head may begin; the first is not at all."""


@dataclass(frozen=True, slots=True)
class HeadReport:
    """How training went. `held_out_loss` is class-balanced, in nats, and None when no label could be held
    out. `trust`: how far the head began from its start, 0..1; `loss_alone`: the held-out loss without any.
    """

    labels_per_class: tuple[int, ...]
    folds: int
    weight_decay: float
    steps: int
    temperature: float
    held_out_loss: float | None
    trust: float = 0.0
    loss_alone: float | None = None


@dataclass(frozen=True, slots=True)
class TrainedHead:
    """`alone`: what would have been learned without the start, where there was one."""

    head: LinearHead
    report: HeadReport
    alone: LinearHead | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """What was learned before any of n labels, to begin from.

    fold: (n,), by which the labels are held out. logits: (folds, n, c), of heads that knew nothing of the groups of
    that fold. head: of one that knew everything, temperature 1.
    """

    fold: npt.NDArray[np.int64]
    logits: npt.NDArray[np.float32]
    head: LinearHead


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
    sureness: npt.NDArray[np.float64] | None = None,
    costs: Costs | None = None,
    start: Start | None = None,
    on_progress: Progress = no_progress,
) -> TrainedHead:
    """(n, d) embeddings, (n,) labels in 0..n_classes-1, (n,) group names; the same input and seed give the
    same head.

    sureness: as for `soft_targets`; None where all labels are certain. costs: for a loss that is cost-weighted.
    Raises NotEnoughLabels when a class has no label, NotFinite on NaN.
    """
    counts = label_counts(labels, n_classes)
    require_finite("embeddings", embeddings)
    scaled, centre, scale = standardise(embeddings)
    weighing = weigh(labels, sureness, n_classes, loss=config.loss, sampling=config.sampling, costs=costs)
    problem = Problem(
        features=torch.from_numpy(scaled),
        targets=weighing.targets,
        offset=weighing.offset,
        often=torch.from_numpy(drawn(labels, n_classes, config.sampling, rng).astype(np.float32)),
        labels=torch.from_numpy(labels),
    )

    folds = min(config.folds, fewest_groups_of_a_class(labels, groups))
    total = config.max_steps * (2 if folds > 1 else 1)
    if folds > 1:
        fold = stratified_group_folds(labels, groups, folds, rng) if start is None else start.fold
        choices = _held_out_choices(problem, weighing.judged, fold, start, config, on_progress, total)
    else:
        choices = _middling_choices(problem, weighing.judged, start, config)
    choice = min(choices, key=lambda one: (_loss_of(one), one.trust))

    def ended(choice: _Choice) -> LinearHead:
        begun = None if start is None else torch.from_numpy(start.head.logits(embeddings))
        rows, bias = _final(problem, begun, choice, config)
        moved = bias + weighing.shift(choice.temperature)
        return _begun_from(start, choice, on_raw_embeddings(rows, moved, centre, scale, choice.temperature))

    head = ended(choice)
    on_progress(total, total)
    report = HeadReport(
        labels_per_class=tuple(int(count) for count in counts),
        folds=folds if folds > 1 else 0,
        weight_decay=choice.weight_decay,
        steps=choice.steps,
        temperature=choice.temperature,
        held_out_loss=choice.loss if folds > 1 else None,
        trust=choice.trust,
        loss_alone=choices[0].loss if folds > 1 else None,
    )
    if start is None:
        return TrainedHead(head, report)
    return TrainedHead(head, report, alone=ended(choices[0]) if choice.trust else head)


def label_counts(labels: Labels, n_classes: int) -> npt.NDArray[np.int64]:
    """(n_classes,). Raises NotEnoughLabels, naming the classes without any, and OneClass."""
    if n_classes < 2:
        raise OneClass
    counts = np.bincount(labels, minlength=n_classes)
    missing = np.flatnonzero(counts == 0)
    if len(missing):
        raise NotEnoughLabels(missing.tolist())
    return counts


@dataclass(frozen=True, slots=True)
class _Choice:
    weight_decay: float
    steps: int
    temperature: float
    loss: float | None
    trust: float = 0.0


def _loss_of(choice: _Choice) -> float:
    return float("inf") if choice.loss is None else choice.loss


def _held_out_choices(
    problem: Problem,
    judged: Tensor,
    fold: npt.NDArray[np.int64],
    start: Start | None,
    config: HeadConfig,
    on_progress: Progress,
    total: int,
) -> list[_Choice]:
    """Train every fold under every weight decay, from nothing and, with a start, from some way along it; for each of
    these the decay and step whose held-out loss is lowest."""
    folds = int(fold.max()) + 1
    held_out = torch.from_numpy(fold[None] == np.arange(folds)[:, None])
    trusts = TRUSTS if start else TRUSTS[:1]
    decays = torch.tensor(config.weight_decays)
    targets = judged / judged.sum()
    if start:
        begun = torch.from_numpy(start.logits).repeat(len(decays), 1, 1)
        problem = replace(problem, offset=problem.offset + torch.cat([trust * begun for trust in trusts]))

    best = [_Choice(config.weight_decays[0], 0, 1.0, None, trust) for trust in trusts]
    best_logits = [torch.empty(0)] * len(trusts)
    for step, weights, bias in descend(
        problem,
        (~held_out).float().repeat(len(trusts) * len(decays), 1),
        decays.repeat_interleave(folds).repeat(len(trusts)),
        config,
        config.max_steps,
    ):
        logits = logits_of(problem.features, weights, bias) + problem.offset
        logits = logits.reshape(len(trusts), len(decays), folds, -1, bias.shape[-1])
        out_of_fold = (logits * held_out[:, :, None]).sum(dim=2)
        losses = soft_losses(out_of_fold, targets).sum(dim=2)
        for place, winner in enumerate(losses.argmin(dim=1).tolist()):
            loss = float(losses[place, winner])
            if loss < _loss_of(best[place]):
                best[place] = _Choice(config.weight_decays[winner], step, 1.0, loss, trusts[place])
                best_logits[place] = out_of_fold[place, winner]
        on_progress(step, total)
    return [
        replace(one, temperature=temperature, loss=loss)
        for one, (temperature, loss) in zip(best, (fit_temperature(one, targets) for one in best_logits), strict=True)
    ]


def _middling_choices(problem: Problem, judged: Tensor, start: Start | None, config: HeadConfig) -> list[_Choice]:
    """With too few labels to hold any out: how far the start alone, which knew none of them, foretells them."""
    decay, steps = config.weight_decays[len(config.weight_decays) // 2], config.max_steps // 2
    targets = judged / judged.sum()
    choices = []
    for trust in TRUSTS if start else TRUSTS[:1]:
        logits = problem.offset + trust * torch.from_numpy(start.logits[0]) if start else torch.zeros_like(targets)
        choices.append(_Choice(decay, steps, 1.0, float(soft_losses(logits, targets).sum()), trust))
    return choices


def _begun_from(start: Start | None, choice: _Choice, head: LinearHead) -> LinearHead:
    """What the head has learned on top of its start, and the start."""
    if start is None or not choice.trust:
        return head
    weights = head.weights + np.float32(choice.trust) * start.head.weights
    return LinearHead(weights, head.bias + np.float32(choice.trust) * start.head.bias, head.temperature)


def _final(
    problem: Problem, begun: Tensor | None, choice: _Choice, config: HeadConfig
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Weights (c, d) and bias (c,) trained on all labels with what was chosen, on top of (n, c) logits begun from."""
    decay = torch.tensor([choice.weight_decay])
    if begun is not None:
        problem = replace(problem, offset=problem.offset + choice.trust * begun)
    *_, (_, weights, bias) = descend(problem, torch.ones(1, len(problem.features)), decay, config, choice.steps)
    return weights[0].numpy(), bias[0].numpy()
