"""On what terms a run learns and is judged: classes that are one, and the means against rare classes and dear mistakes.

The run keeps the terms it was started on; the cost matrix is the project's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from heedful.projects.models import Project
from heedful.quality.services import LabeledSample
from heedful.registry.models import TrainingRun
from ml.arrays import Costs, Embeddings, Indices, Labels
from ml.heads import LinearHead
from ml.progress import Progress, no_progress
from ml.training.head import HeadConfig, TrainedHead, torch_threads, train_head
from ml.training.losses import LossConfig
from ml.training.merging import (
    free_within,
    group_of_class,
    merged_costs,
    merged_sureness,
    shares_in_group,
    unfolded,
)
from ml.training.sampling import SamplingConfig
from ml.training.weak import WeakSamples, weak_start
from workers.labeled import groups_of, labels_of, sureness_of


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """training, evaluation: (c,), the group of each class. costs: confusing classes that are one in evaluation is
    free.
    """

    training: Indices
    evaluation: Indices
    costs: Costs
    loss: LossConfig
    sampling: SamplingConfig

    @classmethod
    def of(cls, run: TrainingRun) -> "Terms":
        return cls.under(run.project, run.terms)

    @classmethod
    def under(cls, project: Project, terms: Mapping[str, Any]) -> "Terms":
        """terms: in the form of `registry.terms`."""
        declared = np.array(project.cost_matrix(), np.float64)
        training, evaluation = (group_of_class(terms.get(use, []), len(declared)) for use in ("training", "evaluation"))
        options = terms.get("imbalance", {})
        return cls(
            training=training,
            evaluation=evaluation,
            costs=free_within(declared, evaluation),
            loss=LossConfig(**options.get("loss", {})),
            sampling=SamplingConfig(**options.get("sampling", {})),
        )

    @property
    def n_learned(self) -> int:
        """How many classes are told apart while learning."""
        return int(self.training.max()) + 1

    @property
    def learned_costs(self) -> Costs:
        return merged_costs(self.costs, self.training)

    def config(self, config: HeadConfig) -> HeadConfig:
        return replace(config, loss=self.loss, sampling=self.sampling)

    def learned_labels(self, labeled: Sequence[LabeledSample]) -> Labels:
        """As they are told apart while learning."""
        return np.asarray(self.training[labels_of(labeled)], np.int64)

    def learned_sureness(self, labeled: Sequence[LabeledSample]) -> npt.NDArray[np.float64]:
        return merged_sureness(sureness_of(labeled), labels_of(labeled), self.training)

    def learned_names(self, classes: Sequence[str]) -> list[str]:
        return [
            " or ".join(name for name, own in zip(classes, self.training, strict=True) if own == group)
            for group in range(self.n_learned)
        ]

    def learned_weakly(self, weak: WeakSamples) -> WeakSamples:
        """The probabilities of classes that are one while learning, added up."""
        return replace(weak, targets=weak.targets @ np.eye(self.n_learned)[self.training])

    def over_all_classes(self, head: LinearHead, labeled: Sequence[LabeledSample]) -> LinearHead:
        """A head that told `learned_labels` apart, as one over every class."""
        if self.n_learned == len(self.training):
            return head
        return unfolded(head, self.training, shares_in_group(labels_of(labeled), self.training))


def learn_head(
    embeddings: Embeddings,
    labeled: Sequence[LabeledSample],
    terms: Terms,
    *,
    config: HeadConfig,
    rng: np.random.Generator,
    weak: WeakSamples | None = None,
    on_progress: Progress = no_progress,
) -> TrainedHead:
    """A quick round's head on these terms, over every class; begun from weak labels as far as that pays."""
    labels, groups, sureness = terms.learned_labels(labeled), groups_of(labeled), terms.learned_sureness(labeled)
    config, start = terms.config(config), None
    with torch_threads(1):
        if weak is not None:
            learned = terms.learned_weakly(weak)
            start = weak_start(learned, embeddings, labels, groups, config=config, rng=rng, sureness=sureness)
        trained = train_head(
            embeddings,
            labels,
            groups,
            n_classes=terms.n_learned,
            config=config,
            rng=rng,
            sureness=sureness,
            costs=terms.learned_costs,
            start=start,
            on_progress=on_progress,
        )
    alone = trained.alone and terms.over_all_classes(trained.alone, labeled)
    return replace(trained, head=terms.over_all_classes(trained.head, labeled), alone=alone)
