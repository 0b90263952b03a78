"""Deep rounds: the last stages of a backbone learn from the labels, with a new head.

The frozen part of the chain never changes, so what it computes for a picture is computed once and kept; an epoch only
passes through the stages that learn. A validation split that keeps groups whole stops a training stage when its
class-balanced loss no longer falls; the best state is kept, and its temperature is fitted on that split.

    ml.training.stages       what a run is told: configuration, labels, losses
    ml.training.learner      the part that learns, its rates
    ml.training.course       epochs and steps, time, checkpoints
    ml.training.processes    one process or several
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ml.backbones.base import Backbone
from ml.errors import WrongShape
from ml.heads import LinearHead
from ml.inference.preprocessing import Preprocessing
from ml.progress import Progress, no_progress
from ml.training.checkpoints import Checkpoints, fingerprint
from ml.training.course import Course, Lesson, Standing
from ml.training.descent import fit_temperature
from ml.training.features import frozen_features
from ml.training.held_out import HeldOut
from ml.training.learner import Learner
from ml.training.losses import LossConfig
from ml.training.processes import Team, alone
from ml.training.stages import FineTuneConfig, Mask, TrainingStage, loss_of, splits
from ml.training.weighing import Weighing, weigh

__all__ = ["FineTuneConfig", "FineTuneReport", "FineTuned", "StageReport", "TrainingStage", "fine_tune"]


@dataclass(frozen=True, slots=True)
class StageReport:
    """validation_losses: one an epoch, class-balanced, in nats. `best_epoch` counts from 1."""

    name: str
    labels_per_class: tuple[int, ...]
    n_validation: int
    validation_losses: tuple[float, ...]
    best_epoch: int
    out_of_time: bool

    @property
    def best_loss(self) -> float:
        return min(self.validation_losses)


@dataclass(frozen=True, slots=True)
class FineTuneReport:
    """held_out_loss: of the last stage's held-out labels at the fitted temperature, each class alike, in nats: to be
    compared between runs that hold out the same. seconds: of training, over all attempts. resumed: how often the run
    went on from a checkpoint.
    """

    stages: tuple[StageReport, ...]
    temperature: float
    held_out_loss: float
    seconds: float
    resumed: int
    device: str
    processes: int


@dataclass(frozen=True, slots=True)
class FineTuned:
    """module: the new backbone, in evaluation mode. head: calibrated on pictures the module did not learn
    from, which are those of `held_out`.

    A head trained anew on the new embeddings of the same pictures would be far too sure of itself.
    """

    module: Backbone
    head: LinearHead
    report: FineTuneReport
    held_out: HeldOut


def fine_tune(
    module: Backbone,
    preprocessing: Preprocessing,
    stages: Sequence[TrainingStage],
    *,
    config: FineTuneConfig,
    seed: int,
    checkpoints: Checkpoints | None = None,
    team: Team | None = None,
    features: Sequence[Tensor] | None = None,
    on_progress: Progress = no_progress,
    time_limit: float = float("inf"),
) -> FineTuned:
    """Train a copy of `module` on one stage after another; `module` itself is left as it is. The head is the last's.

    time_limit: seconds of training, all attempts together; when it is over, the best epoch so far is the result,
    which then depends on the speed of the machine. checkpoints: where to go on from, and left there at the end: the
    same call then ends at once, until the caller has stored the result and clears it. features: what `frozen_features`
    gives for the pictures of each stage, where several runs share them. on_progress counts pictures learned from.
    Raises DataError, or WrongShape when the module is not as wide as it says.
    """
    divided = splits(stages, config.validation_folds, seed)
    team = team or alone(config.device)
    tuned = copy.deepcopy(module).eval().requires_grad_(False)
    frozen, learning = parts(tuned, config)
    learner = Learner(list(learning), tuned.embedding_width, config, team)
    if features is None:
        features = [
            frozen_features(
                *(frozen, preprocessing, stage.sources),
                team=team,
                augmentation=config.augmentation,
                seed=(seed, 4, number),
            )
            for number, stage in enumerate(stages)
        ]
    _check_width(learning, features[0], tuned.embedding_width, team)
    lessons = [_lesson(*each, config) for each in zip(stages, features, divided, strict=True)]
    asked = _asked(module, stages, lessons, config, seed)
    # Nothing here draws from PyTorch's own random numbers, but a backbone of one's own may.
    with torch.random.fork_rng(devices=[team.device] if team.device.type == "cuda" else []):
        torch.manual_seed(seed)
        at = Course(learner, lessons, config, seed, team, on_progress, time_limit, checkpoints, asked).run()
    return _result(tuned.cpu(), learner, stages, divided, lessons, at, team)


def parts(module: Backbone, config: FineTuneConfig) -> tuple[nn.Sequential, nn.Sequential]:
    """The stages that stay as they are, and the ones after them that learn."""
    chain = list(module.stages)
    first = max(len(chain) - config.stages, 0)
    return nn.Sequential(*chain[:first]), nn.Sequential(*chain[first:])


def _lesson(stage: TrainingStage, features: Tensor, divided: tuple[Mask, Mask], config: FineTuneConfig) -> Lesson:
    learned, held_out = divided
    weighing = _weighing(stage)
    return Lesson(
        features=features,
        targets=weighing.targets,
        judged=weighing.judged,
        labels=stage.labels,
        sampling=stage.sampling,
        rows=torch.from_numpy(np.flatnonzero(learned)),
        held_out=torch.from_numpy(np.flatnonzero(held_out)),
        classes=stage.classes,
        loss=loss_of(stage.loss, stage.weights, weighing.offset),
        judge=loss_of(stage.loss, LossConfig(), weighing.offset),
        epochs=config.epochs if stage.epochs is None else stage.epochs,
    )


def _weighing(stage: TrainingStage) -> Weighing:
    return weigh(
        stage.labels,
        stage.sureness,
        len(stage.classes),
        loss=stage.weights,
        sampling=stage.sampling,
        costs=stage.costs,
        targets=stage.targets,
    )


def _asked(
    module: Backbone, stages: Sequence[TrainingStage], lessons: Sequence[Lesson], config: FineTuneConfig, seed: int
) -> str:
    return fingerprint(
        [
            config,
            seed,
            *module.state_dict().values(),
            *((stage.name, stage.loss, stage.epochs, tuple(stage.classes)) for stage in stages),
            *(part for stage in stages for part in (stage.weights, stage.sampling)),
            *(part for lesson in lessons for part in (lesson.targets, lesson.rows.tolist())),
        ]
    )


def _check_width(learning: nn.Sequential, features: Tensor, width: int, team: Team) -> None:
    with torch.no_grad():
        found = tuple(learning(features[0, :1].to(team.device)).shape[1:])
    if len(found) != 3 or found[0] != width:
        raise WrongShape(f"The backbone makes {found} of a picture; its embedding should be {width} wide.")


def _result(
    tuned: Backbone,
    learner: Learner,
    stages: Sequence[TrainingStage],
    divided: Sequence[tuple[Mask, Mask]],
    lessons: Sequence[Lesson],
    at: Standing,
    team: Team,
) -> FineTuned:
    reports = tuple(
        StageReport(
            name=stage.name,
            labels_per_class=tuple(np.bincount(stage.labels, minlength=len(stage.classes)).tolist()),
            n_validation=int(held_out.sum()),
            validation_losses=tuple(losses),
            best_epoch=int(np.argmin(losses)) + 1,
            out_of_time=out_of_time,
        )
        for stage, (_, held_out), (losses, out_of_time) in zip(stages, divided, at.ended, strict=True)
    )
    last, lesson = stages[-1], lessons[-1]
    assert at.best_logits is not None
    weighing = _weighing(last)
    temperature, _ = fit_temperature(at.best_logits + weighing.offset, lesson.judged[lesson.held_out])
    labels = last.labels[lesson.held_out]
    losses = functional.cross_entropy(at.best_logits / temperature, torch.from_numpy(labels), reduction="none")
    held_out = HeldOut(labels, last.groups[lesson.held_out], losses.double().numpy())
    report = FineTuneReport(
        stages=reports,
        temperature=temperature,
        held_out_loss=held_out.loss,
        seconds=round(at.seconds, 2),
        resumed=at.resumed,
        device=team.device.type,
        processes=team.size,
    )
    return FineTuned(tuned, learner.linear_head(weighing.shift(temperature), temperature), report, held_out)
