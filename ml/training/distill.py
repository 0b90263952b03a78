"""Distillation: a small backbone learns to say what a large model says (Hinton et al., 2015).

The large model's probabilities of pictures teach, most of which nobody has labeled; where there is a label, it has half
the say. The course is that of a deep run, with its checkpoints and its time limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ml.arrays import Indices, Labels, Probabilities
from ml.backbones.base import Backbone
from ml.heads import LinearHead
from ml.inference.embedding import Source
from ml.inference.preprocessing import Preprocessing
from ml.progress import Progress, no_progress
from ml.training.checkpoints import Checkpoints
from ml.training.fine_tune import FineTuneConfig, FineTuned, fine_tune
from ml.training.losses import LossConfig, soft_targets
from ml.training.stages import SOFTENING, TrainingStage

LABEL_SHARE = 0.5
NONE = -1
"""The label of a sample that has none."""
# More of the backbone learns than in a deep run, and faster: a teacher says more than labels do.
CONFIG = FineTuneConfig(stages=6, stage_rate=2e-4)
# No class counts as less likely.
_LEAST = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """n pictures, (n, c) probabilities that the teacher gives them, (n,) labels or NONE, (n,) group names.

    merged: (c,), the group of each class of those that are one in training: a label speaks for its group. sureness:
    (n,), how likely that is right.
    """

    sources: Sequence[Source]
    said: Probabilities
    labels: Labels
    groups: npt.NDArray[np.generic]
    sureness: npt.NDArray[np.float64]
    merged: Indices
    classes: Sequence[str]


def distil(
    student: Backbone,
    preprocessing: Preprocessing,
    lessons: Lessons,
    *,
    config: FineTuneConfig = CONFIG,
    seed: int,
    checkpoints: Checkpoints | None = None,
    on_progress: Progress = no_progress,
    time_limit: float = float("inf"),
) -> FineTuned:
    """`fine_tune` of the student on what the teacher says. Raises DataError."""
    targets = softened(lessons)
    stage = TrainingStage(
        name="taught",
        sources=lessons.sources,
        labels=np.asarray(np.where(lessons.labels == NONE, targets.argmax(axis=1), lessons.labels), np.int64),
        groups=lessons.groups,
        classes=lessons.classes,
        targets=targets,
        every_class=False,
        loss="distillation",
        # The teacher states how frequent classes are.
        weights=LossConfig(weights="none"),
    )
    tuned = fine_tune(
        student,
        preprocessing,
        [stage],
        config=config,
        seed=seed,
        checkpoints=checkpoints,
        on_progress=on_progress,
        time_limit=time_limit,
    )
    # Fitted to softened targets, its temperature would soften what it says.
    return replace(tuned, head=LinearHead(tuned.head.weights, tuned.head.bias, 1.0))


def softened(lessons: Lessons) -> Probabilities:
    """(n, c): what the teacher and the label say together, at the temperature of the loss."""
    told = np.flatnonzero(lessons.labels != NONE)
    said = np.maximum(lessons.said, _LEAST, dtype=np.float64)
    group, member = lessons.merged, np.eye(int(lessons.merged.max()) + 1)[lessons.merged]
    by_label = soft_targets(group[lessons.labels[told]], lessons.sureness[told], member.shape[1])
    # Which of a group's classes it is, the teacher says.
    of_group = (by_label / (said[told] @ member))[:, group] * said[told]
    said[told] += LABEL_SHARE * (of_group - said[told])
    powers = np.maximum(said, _LEAST) ** (1 / SOFTENING)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
