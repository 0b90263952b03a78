"""Deep rounds: the last stages of a backbone learn from the labels, with a new head.

The frozen part of the chain never changes and its BatchNorm keeps the statistics of its pretraining, so
what it computes for a picture is computed once and kept; an epoch only passes through the stages that
learn. BatchNorm statistics stay as they were in those too: a batch of a few unbalanced pictures would
estimate them badly.

Learning rates fall towards the input (Howard & Ruder, 2018): early stages hold what is general. The head
starts from zero at a higher rate. A validation split that keeps groups whole stops training when its
class-balanced loss no longer falls; the best state is kept, and its temperature is fitted on that split.
"""

import copy
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from ml.arrays import Indices, Labels
from ml.backbones.base import Backbone
from ml.errors import NotEnoughLabels, NotFinite
from ml.heads import LinearHead
from ml.inference.embedding import Source, read
from ml.inference.preprocessing import Preprocessing
from ml.progress import Progress, no_progress
from ml.training.head import class_weights, fit_temperature, frequency_shift, label_counts, soft_losses, soft_targets
from ml.training.splits import fewest_groups_of_a_class, stratified_group_folds

_FORWARD_BATCH = 16


@dataclass(frozen=True, slots=True)
class FineTuneConfig:
    """flip: also learn from mirrored pictures; only where left and right mean nothing, which text and
    bodies refute.

    stages: how many of the backbone's last stages learn. rate_decay: factor from one stage to the one
    before it.
    patience: epochs without a better validation loss before stopping.
    """

    stages: int = 3
    epochs: int = 20
    patience: int = 4
    batch_size: int = 32
    head_rate: float = 1e-3
    stage_rate: float = 5e-5
    rate_decay: float = 0.7
    weight_decay: float = 0.05
    flip: bool = False
    validation_folds: int = 5


@dataclass(frozen=True, slots=True)
class FineTuneReport:
    """validation_losses: one an epoch, class-balanced, in nats. `best_epoch` counts from 1."""

    labels_per_class: tuple[int, ...]
    n_validation: int
    validation_losses: tuple[float, ...]
    best_epoch: int
    temperature: float
    out_of_time: bool


@dataclass(frozen=True, slots=True)
class FineTuned:
    """module: the new backbone, in evaluation mode. head: calibrated on pictures the module did not learn
    from.

    A head trained anew on the new embeddings of the same pictures would be far too sure of itself.
    """

    module: Backbone
    head: LinearHead
    report: FineTuneReport


def fine_tune(
    module: Backbone,
    preprocessing: Preprocessing,
    sources: Sequence[Source],
    labels: Labels,
    groups: npt.NDArray[np.generic],
    *,
    n_classes: int,
    config: FineTuneConfig,
    seed: int,
    sureness: npt.NDArray[np.float64] | None = None,
    on_progress: Progress = no_progress,
    time_limit: float = float("inf"),
) -> FineTuned:
    """Train a copy of `module`; `module` itself is left as it is. n pictures, (n,) labels, (n,) group names.

    time_limit: seconds for the epochs; when it is over, the best epoch so far is the result, which then
    depends on the speed of the machine. sureness: as for `train_head`. on_progress counts epochs. Raises
    NotEnoughLabels when a class has no label or stands in one group only, UnreadablePicture.
    """
    counts = label_counts(labels, n_classes)
    folds = min(config.validation_folds, fewest_groups_of_a_class(labels, groups))
    if folds < 2:
        scarce = [c for c in range(n_classes) if len(np.unique(groups[labels == c])) < 2]
        raise NotEnoughLabels(scarce, needed=2)
    rng = np.random.default_rng(seed)
    held_out = stratified_group_folds(labels, groups, folds, rng) == 0

    tuned = copy.deepcopy(module).eval()
    for parameter in tuned.parameters():
        parameter.requires_grad_(False)
    stages = list(tuned.stages)
    first = max(len(stages) - config.stages, 0)
    cached = _cached(nn.Sequential(*stages[:first]), preprocessing, sources, flip=config.flip)
    learner = _Learner(stages[first:], tuned.embedding_width, n_classes, config)
    targets = soft_targets(labels, sureness, n_classes)
    found = targets.sum(axis=0)
    weighed = np.asarray(targets * class_weights(found, 1.0), np.float32)
    data = _Data(cached, torch.from_numpy(weighed), held_out)
    course = _train(learner, data, config, rng, on_progress, time_limit)

    temperature, _ = fit_temperature(course.best_logits, data.targets[held_out])
    head = learner.linear_head(frequency_shift(found, balance=1.0), temperature)
    report = FineTuneReport(
        labels_per_class=tuple(int(count) for count in counts),
        n_validation=int(held_out.sum()),
        validation_losses=course.losses,
        best_epoch=int(np.argmin(course.losses)) + 1,
        temperature=temperature,
        out_of_time=course.out_of_time,
    )
    return FineTuned(tuned, head, report)


class _Learner:
    """The stages that learn and the new head. `stages` are the tuned backbone's own: training changes them
    in place.
    """

    def __init__(self, stages: Sequence[nn.Module], width: int, n_classes: int, config: FineTuneConfig) -> None:
        self.stages = nn.Sequential(*stages)
        for parameter in self.stages.parameters():
            parameter.requires_grad_(True)
        self.head = nn.Linear(width, n_classes)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        rates = [config.stage_rate * config.rate_decay**depth for depth in reversed(range(len(stages)))]
        groups = [{"params": list(s.parameters()), "lr": rate} for s, rate in zip(stages, rates, strict=True)]
        groups.append({"params": list(self.head.parameters()), "lr": config.head_rate})
        self.optimiser = torch.optim.AdamW(groups, weight_decay=config.weight_decay)

    def logits(self, features: Tensor) -> Tensor:
        out: Tensor = self.head(self.stages(features).mean(dim=(2, 3)))
        return out

    def step(self, features: Tensor, targets: Tensor) -> None:
        self.optimiser.zero_grad()
        soft_losses(self.logits(features), targets).mean().backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()

    def state(self) -> list[Tensor]:
        return [parameter.detach().clone() for parameter in self._parameters()]

    def restore(self, state: list[Tensor]) -> None:
        with torch.no_grad():
            for parameter, value in zip(self._parameters(), state, strict=True):
                parameter.copy_(value)

    def _parameters(self) -> Iterator[nn.Parameter]:
        yield from self.stages.parameters()
        yield from self.head.parameters()

    def linear_head(self, shift: npt.NDArray[np.float64], temperature: float) -> LinearHead:
        bias = self.head.bias.detach().numpy() + shift * temperature
        return LinearHead(self.head.weight.detach().numpy().copy(), bias.astype(np.float32), temperature)


@dataclass(frozen=True, slots=True)
class _Data:
    """features: (views, n, k, h, w), what the frozen stages make of each picture and, with flip, of its
    mirror image. targets: (n, c), what each class of a picture counts for in the loss.
    """

    features: Tensor
    targets: Tensor
    held_out: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Course:
    losses: tuple[float, ...]
    best_logits: Tensor
    out_of_time: bool


def _cached(frozen: nn.Sequential, preprocessing: Preprocessing, sources: Sequence[Source], *, flip: bool) -> Tensor:
    batches = []
    for start in range(0, len(sources), _FORWARD_BATCH):
        pictures = [read(source, preprocessing) for source in sources[start : start + _FORWARD_BATCH]]
        images = torch.from_numpy(np.stack(pictures))
        views = [images, images.flip(3)] if flip else [images]
        with torch.no_grad():
            batches.append(torch.stack([frozen(view) for view in views]))
    return torch.cat(batches, dim=1)


def _train(
    learner: _Learner,
    data: _Data,
    config: FineTuneConfig,
    rng: np.random.Generator,
    on_progress: Progress,
    time_limit: float,
) -> _Course:
    """Epochs until patience, their number or the time runs out; leaves the learner in its best state."""
    deadline = time.monotonic() + time_limit
    rows = np.flatnonzero(~data.held_out)
    losses: list[float] = []
    best, best_logits = learner.state(), torch.empty(0)
    out_of_time = False
    for epoch in range(config.epochs):
        _epoch(learner, data, rng.permutation(rows), rng, config)
        logits, loss = _validate(learner, data, config.batch_size)
        losses.append(loss)
        on_progress(epoch + 1, config.epochs)
        if loss <= min(losses):
            best, best_logits = learner.state(), logits
        out_of_time = time.monotonic() > deadline
        if out_of_time or len(losses) - 1 - int(np.argmin(losses)) >= config.patience:
            break
    learner.restore(best)
    return _Course(tuple(losses), best_logits, out_of_time)


def _epoch(learner: _Learner, data: _Data, rows: Indices, rng: np.random.Generator, config: FineTuneConfig) -> None:
    for start in range(0, len(rows), config.batch_size):
        batch = torch.from_numpy(rows[start : start + config.batch_size])
        view = torch.from_numpy(rng.integers(len(data.features), size=len(batch)))
        learner.step(data.features[view, batch], data.targets[batch])


def _validate(learner: _Learner, data: _Data, batch_size: int) -> tuple[Tensor, float]:
    """Logits of the held-out pictures and their class-balanced loss. Raises NotFinite when training has
    diverged.
    """
    held_out = torch.from_numpy(np.flatnonzero(data.held_out))
    with torch.no_grad():
        batches = torch.split(held_out, batch_size)
        logits = torch.cat([learner.logits(data.features[0, rows]) for rows in batches])
    targets = data.targets[held_out]
    loss = float(soft_losses(logits, targets).sum() / targets.sum())
    if not np.isfinite(loss):
        raise NotFinite("Training diverged: the validation loss is not a finite number. Lower the rates.")
    return logits, loss
