"""The courses of a deep run: whether, and in which order, it learns from cheap labels beside the experts' own.

Cheap are the answers of cheaper tiers, and what weak sources say of samples that nobody has labeled. The label model's
probabilities of those are learned as they are, however many classes share the doubt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from heedful.quality.services import LabeledSample
from ml.arrays import Probabilities
from ml.errors import NotEnoughLabels
from ml.training.losses import soft_targets
from ml.training.stages import TrainingStage, splits
from workers.files import source
from workers.labeled import groups_of
from workers.terms import Terms
from workers.weak_stage import WeakStage

# More pictures with a cheap label than that cost minutes to decode; these are drawn at random.
MOST_CHEAP = 3_000
# So few are not worth a part of the time.
FEWEST_CHEAP = 20
ALL, ALONE, STAGED, TOGETHER = "all", "experts", "cheap, then experts", "both at once"

Courses = Mapping[str, Sequence[TrainingStage]]


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """What a deep run may learn from. seed: draws among the weak labels where there are too many."""

    labeled: Sequence[LabeledSample]
    weak: WeakStage | None
    terms: Terms
    classes: Sequence[str]
    seed: int

    @property
    def asked(self) -> list[LabeledSample]:
        """Whom only cheaper tiers have labeled."""
        return [one for one in self.labeled if one.cheap]

    def courses(self, folds: int) -> Courses:
        """One over all labels while there are too few of one kind, or too few of a class to hold any out. Cheap labels
        that leave a class out do not come first, but beside the experts' they may help."""
        experts, cheap = self._stage(ALONE, [one for one in self.labeled if not one.cheap]), self.cheap()
        if len(cheap.labels) < FEWEST_CHEAP or not self._divides([experts], folds):
            return {ALL: [self._stage(ALL, self.labeled)]}
        staged = {STAGED: [cheap, experts]} if self._divides([cheap, experts], folds) else {}
        return {ALONE: [experts], **staged, TOGETHER: [self._joined(experts, cheap)]}

    def cheap(self) -> TrainingStage:
        stage = self._stage("cheap", self.asked)
        if self.weak is None:
            return stage
        room = max(MOST_CHEAP - len(stage.labels), 0)
        rng = np.random.default_rng([self.seed, 3])
        rows = np.sort(rng.permutation(len(self.weak.addresses))[:room])
        likely = self.terms.learned_weakly(self.weak.samples).targets[rows]
        return replace(
            stage,
            sources=[*stage.sources, *(source(self.weak.addresses[row]) for row in rows)],
            labels=np.concatenate([stage.labels, likely.argmax(axis=1)]),
            groups=np.concatenate([stage.groups, self.weak.samples.groups[rows]]),
            sureness=None,
            targets=np.concatenate([_targets(stage), likely]),
        )

    def _stage(self, name: str, labeled: Sequence[LabeledSample]) -> TrainingStage:
        return TrainingStage(
            name=name,
            sources=[source(one.address) for one in labeled],
            labels=self.terms.learned_labels(labeled),
            groups=groups_of(labeled),
            classes=self.classes,
            sureness=self.terms.learned_sureness(labeled),
            weights=self.terms.loss,
            sampling=self.terms.sampling,
            costs=self.terms.learned_costs,
        )

    def _divides(self, stages: Sequence[TrainingStage], folds: int) -> bool:
        try:
            splits(stages, folds, self.seed)
        except NotEnoughLabels:
            return False
        return True

    def _joined(self, experts: TrainingStage, cheap: TrainingStage) -> TrainingStage:
        """Both at once; only the experts' labels judge."""
        return replace(
            experts,
            name=TOGETHER,
            sources=[*experts.sources, *cheap.sources],
            labels=np.concatenate([experts.labels, cheap.labels]),
            groups=np.concatenate([experts.groups, cheap.groups]),
            sureness=None,
            targets=np.concatenate([_targets(experts), _targets(cheap)]),
            trusted=np.arange(len(experts.labels) + len(cheap.labels)) < len(experts.labels),
        )


def _targets(stage: TrainingStage) -> Probabilities:
    if stage.targets is not None:
        return stage.targets
    return soft_targets(stage.labels, stage.sureness, len(stage.classes))
