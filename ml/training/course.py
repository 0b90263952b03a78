"""The course of a deep run: stage by stage, epoch by epoch, step by step; after a kill at any step it goes on.

`Standing` is all that the next step depends on beside the learner and the random numbers; the three make a checkpoint.
Whatever was done after the last one is done again, and comes out the same: on a processor bit for bit.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ml.arrays import Labels
from ml.errors import NotFinite
from ml.progress import Progress
from ml.training.checkpoints import Checkpoints
from ml.training.learner import Learner
from ml.training.processes import Team
from ml.training.sampling import SamplingConfig, epoch_rows
from ml.training.stages import FineTuneConfig, Loss


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one stage learns from. features: (views, n, k, h, w). targets, judged: (n, c), what each class of a picture
    counts for in the loss while it is learned and while it is held out. rows, held_out: places of the pictures.
    """

    features: Tensor
    targets: Tensor
    judged: Tensor
    labels: Labels
    sampling: SamplingConfig
    rows: Tensor
    held_out: Tensor
    classes: Sequence[str]
    loss: Loss
    judge: Loss
    epochs: int


@dataclass(slots=True)
class Standing:
    """Where a course stands. order: the pictures of this epoch, None between epochs; `done` of them are learned from.

    losses: of the stage under way, one an epoch; `ended` holds those of the stages before it, and whether the time was
    over. seconds: spent so far, over all attempts.
    """

    stage: int = 0
    epoch: int = 0
    order: Tensor | None = None
    done: int = 0
    losses: list[float] = field(default_factory=list)
    out_of_time: bool = False
    best: dict[str, Tensor] = field(default_factory=dict)
    best_logits: Tensor | None = None
    ended: list[tuple[list[float], bool]] = field(default_factory=list)
    seconds: float = 0.0
    resumed: int = 0

    def next_stage(self) -> None:
        self.ended.append((self.losses, self.out_of_time))
        self.stage += 1
        self.epoch, self.order, self.done = 0, None, 0
        self.losses, self.out_of_time = [], False


@dataclass(slots=True)
class Course:
    """time_limit: seconds for all stages; a stage may use what the ones before it left of their equal parts."""

    learner: Learner
    lessons: Sequence[Lesson]
    config: FineTuneConfig
    seed: int
    team: Team
    on_progress: Progress
    time_limit: float
    checkpoints: Checkpoints | None
    fingerprint: str
    at: Standing = field(default_factory=Standing, init=False)
    _rng: np.random.Generator = field(init=False)
    _started: float = field(init=False)
    _saved_at: float = field(init=False)
    _steps_since: int = field(default=0, init=False)

    def run(self) -> Standing:
        """Leaves the learner in its best state."""
        self._begin()
        while self.at.stage < len(self.lessons):
            lesson = self.lessons[self.at.stage]
            while not self._stage_is_over(lesson):
                self._epoch(lesson)
            self.learner.restore(self.at.best)
            self.at.next_stage()
            if self.at.stage < len(self.lessons):
                self.learner.begin(self.lessons[self.at.stage].classes)
            self._save()
        return self.at

    def _begin(self) -> None:
        self._rng = np.random.default_rng([self.seed, 2])
        saved = self.checkpoints.load(self.fingerprint) if self.checkpoints else None
        if saved is not None:
            self.at = Standing(**saved["standing"])
            self.at.resumed += 1
            self._rng.bit_generator.state = json.loads(saved["rng"])
            torch.set_rng_state(saved["torch_rng"])
        self.learner.begin(self.lessons[min(self.at.stage, len(self.lessons) - 1)].classes)
        if saved is not None:
            self.learner.load(saved["learner"])
        self._started = time.monotonic() - self.at.seconds
        self._saved_at = time.monotonic()

    def _stage_is_over(self, lesson: Lesson) -> bool:
        at = self.at
        if at.epoch >= lesson.epochs or (at.out_of_time and at.losses):
            return True
        best = int(np.argmin(at.losses)) + 1 if at.losses else 0
        return at.epoch - max(best, self.learner.all_learn_from) >= self.config.patience

    def _epoch(self, lesson: Lesson) -> None:
        at, size = self.at, self.config.batch_size
        self.learner.unfreeze(at.epoch)
        if at.order is None:
            at.order, at.done = self._order(lesson), 0
        while at.done < len(at.order) and not at.out_of_time:
            batch = at.order[at.done : at.done + size]
            view = torch.from_numpy(self._rng.integers(len(lesson.features), size=len(batch)))
            mine = self.team.share(batch)
            features = lesson.features[self.team.share(view), mine]
            self.learner.step(features, lesson.targets[mine], lesson.loss, len(batch))
            at.done += len(batch)
            self._look_up()
        logits, loss = self._validate(lesson)
        at.losses.append(loss)
        at.epoch += 1
        at.order = None
        if loss <= min(at.losses):
            at.best, at.best_logits = self.learner.weights(), logits
        self._look_up()

    def _order(self, lesson: Lesson) -> Tensor:
        """The pictures of an epoch, drawn anew; hard negatives are those that are hard now."""
        losses = None
        if lesson.sampling.method == "hard_negatives" and self.at.epoch:
            losses = np.zeros(len(lesson.labels), np.float32)
            losses[lesson.rows] = lesson.loss(self._logits(lesson, lesson.rows), lesson.targets[lesson.rows]).numpy()
        n_classes = lesson.targets.shape[1]
        rows = epoch_rows(lesson.rows.numpy(), lesson.labels, n_classes, lesson.sampling, self._rng, losses)
        return torch.from_numpy(rows)

    def _logits(self, lesson: Lesson, places: Tensor) -> Tensor:
        """Of these pictures as they are, each process its share of them."""
        logits = torch.zeros(len(places), lesson.targets.shape[1])
        for some in torch.split(self.team.share(torch.arange(len(logits))), self.config.batch_size):
            logits[some] = self.learner.logits(lesson.features[0, places[some]])
        return self.team.added(logits)

    def _validate(self, lesson: Lesson) -> tuple[Tensor, float]:
        """Logits of the held-out pictures and their class-balanced loss. Raises NotFinite when training has
        diverged.
        """
        logits = self._logits(lesson, lesson.held_out)
        targets = lesson.judged[lesson.held_out]
        loss = float(lesson.judge(logits, targets).sum() / targets.sum())
        if not np.isfinite(loss):
            raise NotFinite("Training diverged: the validation loss is not a finite number. Lower the rates.")
        return logits, loss

    def _look_up(self) -> None:
        """Between two steps: the time, the onlookers, the checkpoint."""
        at = self.at
        at.seconds = time.monotonic() - self._started
        limit = self.time_limit * (at.stage + 1) / len(self.lessons)
        at.out_of_time = at.out_of_time or self.team.as_led(at.seconds > limit)
        self._steps_since += 1
        if not self.team.leads:
            return
        self.on_progress(*self._progress())
        since = time.monotonic() - self._saved_at
        if self.checkpoints and self.checkpoints.due(seconds=since, steps=self._steps_since):
            self._save()

    def _progress(self) -> tuple[int, int]:
        """Pictures learned from, of those that all epochs hold."""
        ends = list(accumulate(lesson.epochs * len(lesson.rows) for lesson in self.lessons))
        at, lesson = self.at, self.lessons[self.at.stage]
        in_epoch = at.done * len(lesson.rows) // len(at.order) if at.order is not None else 0
        return ends[at.stage] - (lesson.epochs - at.epoch) * len(lesson.rows) + in_epoch, ends[-1]

    def _save(self) -> None:
        if not self.checkpoints or not self.team.leads:
            return
        state: dict[str, Any] = {
            "standing": asdict(self.at),
            "learner": self.learner.state(),
            "rng": json.dumps(self._rng.bit_generator.state),
            "torch_rng": torch.get_rng_state(),
        }
        self.checkpoints.save(state, self.fingerprint)
        self._saved_at, self._steps_since = time.monotonic(), 0
