"""What a deep run is told: how to learn, and from what in which order.

A run has one training stage or several, each with labels of its own: first many that are cheap and often wrong, then
the few that are dear and right. What the backbone and, where the classes stay the same, the head have learned in one
stage is where the next starts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from ml.arrays import Costs, Labels, Probabilities
from ml.errors import NotEnoughLabels
from ml.inference.embedding import Source
from ml.training.augmentation import NONE, Augmentation
from ml.training.head import label_counts
from ml.training.losses import LossConfig, focal_losses, soft_losses
from ml.training.sampling import SamplingConfig
from ml.training.splits import fewest_groups_of_a_class, stratified_group_folds

Loss = Callable[[Tensor, Tensor], Tensor]
"""(n, c) logits, (n, c) weighed targets -> (n,): lower is better."""

Groups = npt.NDArray[np.generic]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FineTuneConfig:
    """augmentation: from which versions of the pictures to learn, beside themselves.

    stages: how many of the backbone's last stages learn. rate_decay: factor from one stage to the one
    before it. unfreeze_every: the head learns alone for so many epochs, then one more stage joins each time (Howard &
    Ruder, 2018); 0 lets all learn from the start.
    patience: epochs without a better validation loss before stopping.
    device: auto takes a GPU where there is one. precision: auto computes in half precision on a GPU only.
    """

    stages: int = 3
    epochs: int = 20
    patience: int = 4
    batch_size: int = 32
    head_rate: float = 1e-3
    stage_rate: float = 5e-5
    rate_decay: float = 1.0
    unfreeze_every: int = 0
    weight_decay: float = 0.05
    augmentation: Augmentation = NONE
    validation_folds: int = 5
    device: str = "auto"
    precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto"


def generalised_cross_entropy(logits: Tensor, targets: Tensor, *, q: float = 0.7) -> Tensor:
    """(1 - p^q) / q, between cross-entropy (q to 0) and absolute error (q = 1): what the model finds absurd pulls at it
    less, as a wrong label should (Zhang & Sabuncu, 2018).
    """
    return ((1 - functional.softmax(logits, dim=-1) ** q) / q * targets).sum(dim=-1)


SOFTENING = 2.0
"""By what a teacher's logits, and those of who learns from it, are divided: what it says of the unlikely classes then
counts too."""


def distillation(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy to softened targets, with a gradient of the usual size (Hinton et al., 2015)."""
    return soft_losses(logits / SOFTENING, targets) * SOFTENING**2


LOSSES: Mapping[str, Loss] = {
    "cross_entropy": soft_losses,
    "generalised_cross_entropy": generalised_cross_entropy,
    "distillation": distillation,
}


def loss_of(name: str, config: LossConfig, offset: Tensor) -> Loss:
    """One of LOSSES, focal where it is cross-entropy, of logits moved by (c,) `offset` while learning."""
    base = LOSSES[name]

    def loss(logits: Tensor, targets: Tensor) -> Tensor:
        moved = logits + offset.to(logits.device)
        if base is soft_losses:
            return focal_losses(moved, targets, config.focal_gamma)
        return base(moved, targets)

    return loss


@dataclass(frozen=True, slots=True, eq=False)
class TrainingStage:
    """n pictures, (n,) labels as positions in `classes`, (n,) group names. sureness: as for `soft_targets`. targets:
    (n, c), what is learned in place of both; the labels then only say how to split. every_class: whether each must have
    labels on both sides of the split.

    classes: their names. Where they are not those of the stage before, the last layer starts anew.
    trusted: (n,), whose labels may be held out to judge by; None for all.
    loss: one of LOSSES. epochs: None for the configuration's. weights, sampling: against imbalance; costs where weights
    are of them.
    """

    name: str
    sources: Sequence[Source]
    labels: Labels
    groups: Groups
    classes: Sequence[str]
    sureness: npt.NDArray[np.float64] | None = None
    targets: Probabilities | None = None
    every_class: bool = True
    trusted: Mask | None = None
    loss: str = "cross_entropy"
    epochs: int | None = None
    weights: LossConfig = field(default_factory=LossConfig)
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    costs: Costs | None = None


def splits(stages: Sequence[TrainingStage], folds: int, seed: int) -> list[tuple[Mask, Mask]]:
    """For each stage, who is learned from and who is held out. Groups stay whole, also across stages: what a later
    stage holds out is not seen by an earlier one. The last stage's split depends on its trusted labels alone.

    Raises NotEnoughLabels when a class has no label or stands in one group only; where not every class is needed,
    only when there is but one group.
    """
    rng = np.random.default_rng([seed, 1])
    found: list[tuple[Mask, Mask]] = []
    kept_back: Groups = np.array([])
    for stage in reversed(stages):
        free = ~np.isin(stage.groups, kept_back) if len(kept_back) else np.ones(len(stage.labels), bool)
        judges = free if stage.trusted is None else free & stage.trusted
        held_out = np.zeros(len(free), bool)
        n_classes = len(stage.classes) if stage.every_class else None
        held_out[judges] = _held_out(stage.labels[judges], stage.groups[judges], n_classes, folds, rng)
        found.append((free & ~np.isin(stage.groups, stage.groups[held_out]), held_out))
        kept_back = np.union1d(kept_back, stage.groups[held_out]) if len(kept_back) else stage.groups[held_out]
    return found[::-1]


def _held_out(labels: Labels, groups: Groups, n_classes: int | None, folds: int, rng: np.random.Generator) -> Mask:
    """n_classes: how many must be on both sides; None where any will do."""
    if n_classes is None:
        n_classes, labels = 1, np.zeros_like(labels)
    else:
        label_counts(labels, n_classes)
    folds = min(folds, fewest_groups_of_a_class(labels, groups))
    if folds < 2:
        scarce = [c for c in range(n_classes) if len(np.unique(groups[labels == c])) < 2]
        raise NotEnoughLabels(scarce, needed=2)
    return np.asarray(stratified_group_folds(labels, groups, folds, rng) == 0)


def precision_on(device: torch.device, wanted: str) -> torch.dtype:
    """What stages compute in; weights stay in full precision."""
    if wanted != "auto":
        return {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}[wanted]
    if device.type != "cuda":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
