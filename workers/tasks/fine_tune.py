"""The first half of a deep run: a backbone fit to this pool. The loop then embeds the pool under it.

What has been learned is kept every few seconds, so that a job whose worker was killed goes on where it stood. Where a
project has labels of both kinds, one course learns from the experts' alone and another from the cheap ones first; the
one that does better on what experts' labels were held out is kept, and the report says what the cheap ones were worth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from heedful.core import artifacts
from heedful.core.errors import Conflict
from heedful.pool.models import Sample
from heedful.quality.services import LabeledSample, labeled_samples, read_snapshot
from heedful.registry.models import Backbone, TrainingRun
from heedful.registry.services import serving_backbone
from ml.arrays import Probabilities
from ml.backbones.catalogue import BACKBONES
from ml.errors import MLError, NotEnoughLabels
from ml.evaluation.comparison import compare
from ml.heads import LinearHead
from ml.training.calibration import cross_calibrated
from ml.training.checkpoints import Checkpoints
from ml.training.features import embeddings
from ml.training.fine_tune import FineTuneConfig, FineTuned, TrainingStage, fine_tune
from ml.training.head import torch_threads
from ml.training.stages import splits
from workers.backbones import load_module, store_backbone
from workers.files import CORES, source
from workers.labeled import groups_of, labels_of
from workers.running import RunningJob
from workers.tasks.train import keep_head, started, tuned_head_address
from workers.terms import Terms

FINE_TUNE_SECONDS = 600.0
ALONE, STAGED = "experts", "cheap, then experts"

Courses = Mapping[str, Sequence[TrainingStage]]


@dataclass(frozen=True, slots=True)
class ArtifactStore:
    """A checkpoint beside the other artifacts: the worker that goes on may be on another machine."""

    address: str

    def read(self) -> bytes | None:
        return artifacts.read(self.address) if artifacts.exists(self.address) else None

    def write(self, content: bytes) -> None:
        artifacts.write(self.address, content)

    def clear(self) -> None:
        artifacts.delete(self.address)


def fine_tune_backbone(running: RunningJob) -> None:
    run = started(running)
    if run.state == TrainingRun.State.DONE or Backbone.objects.filter(run=run).exists():
        _clear(run)
        return
    start = serving_backbone(run.project)
    if start is None:
        raise Conflict("The backbone is not exported yet.")
    config = FineTuneConfig()
    with torch_threads(CORES):
        try:
            tuned = _tuned(running, run, start, config)
        except MLError:
            # It would go on towards the same end.
            _clear(run)
            raise
        best = min(tuned, key=lambda name: tuned[name].report.stages[-1].best_loss)
        report = {"fine_tuning": asdict(tuned[best].report), **_worth_of_cheap_labels(run, tuned, best)}
        TrainingRun.objects.filter(pk=run.pk).update(report=report, config={"fine_tuning": asdict(config)})
        keep_head(_head(run, tuned[best]), tuned_head_address(run))
        spec = BACKBONES[run.project.backbone]
        store_backbone(spec=spec, name=f"{spec.name} of run {run.pk}", module=tuned[best].module, run=run)
    _clear(run)


def _tuned(running: RunningJob, run: TrainingRun, start: Backbone, config: FineTuneConfig) -> Mapping[str, FineTuned]:
    """Every course, in equal parts of the time. One that has ended before a kill is not run again."""
    classes = [one.name for one in run.project.classes()]
    courses = _courses(read_snapshot(run.snapshot), classes, Terms.of(run), config, run.seed)
    return {
        name: fine_tune(
            load_module(start),
            BACKBONES[run.project.backbone].preprocessing,
            stages,
            config=config,
            seed=run.seed,
            checkpoints=Checkpoints(_store(run, number)),
            on_progress=lambda done, total: running.progress(done, total, "pictures"),
            time_limit=FINE_TUNE_SECONDS / len(courses),
        )
        for number, (name, stages) in enumerate(courses.items())
    }


def _courses(
    labeled: Sequence[LabeledSample], classes: Sequence[str], terms: Terms, config: FineTuneConfig, seed: int
) -> Courses:
    """One over all labels while they are of one kind, or of one too few to hold any out."""
    cheap = _stage("cheap", [one for one in labeled if one.cheap], classes, terms)
    experts = _stage(ALONE, [one for one in labeled if not one.cheap], classes, terms)
    try:
        splits([cheap, experts], config.validation_folds, seed)
    except NotEnoughLabels:
        return {"all": [_stage("all", labeled, classes, terms)]}
    return {ALONE: [experts], STAGED: [cheap, experts]}


def _stage(name: str, labeled: Sequence[LabeledSample], classes: Sequence[str], terms: Terms) -> TrainingStage:
    return TrainingStage(
        name=name,
        sources=[source(one.address) for one in labeled],
        labels=terms.learned_labels(labeled),
        groups=groups_of(labeled),
        classes=terms.learned_names(classes),
        sureness=terms.learned_sureness(labeled),
        weights=terms.loss,
        sampling=terms.sampling,
        costs=terms.learned_costs,
    )


def _head(run: TrainingRun, tuned: FineTuned) -> LinearHead:
    """Over every class, also where some were one while learning."""
    return Terms.of(run).over_all_classes(tuned.head, read_snapshot(run.snapshot))


def _worth_of_cheap_labels(run: TrainingRun, tuned: Mapping[str, FineTuned], best: str) -> Mapping[str, Any]:
    """The expected cost on gold with and without the stage of cheap labels, each as it would decide had the sample not
    calibrated it. Gold does not choose between the two: it judges what is chosen."""
    if STAGED not in tuned:
        return {}
    gold = labeled_samples(project_id=run.project_id, role=Sample.Role.GOLD)
    alone, staged = (_on_gold(run, tuned[name], gold) for name in (ALONE, STAGED))
    costs = Terms.of(run).costs
    rng = np.random.default_rng(run.seed)
    verdict = compare(alone, staged, labels_of(gold), costs, confidence=0.95, recall_floors={}, rng=rng)
    return {
        "cheap_stage": {
            "labels": sum(tuned[STAGED].report.stages[0].labels_per_class),
            "kept": best == STAGED,
            "held_out_loss": {name: one.report.stages[-1].best_loss for name, one in tuned.items()},
            "cost_difference": asdict(verdict.cost_difference),
            "probability_cheaper": verdict.probability_cheaper,
        }
    }


def _on_gold(run: TrainingRun, tuned: FineTuned, gold: Sequence[LabeledSample]) -> Probabilities:
    preprocessing = BACKBONES[run.project.backbone].preprocessing
    made = embeddings(tuned.module, preprocessing, [source(one.address) for one in gold])
    logits = _head(run, tuned).logits(made)
    return cross_calibrated(logits, labels_of(gold), groups_of(gold), np.random.default_rng(run.seed))


def _store(run: TrainingRun, course: int) -> ArtifactStore:
    return ArtifactStore(artifacts.url("checkpoints", str(run.project_id), f"run-{run.pk}-{course}.pt"))


def _clear(run: TrainingRun) -> None:
    """The checkpoints of this run, and of failed ones of the project that nobody will go on with."""
    for one in TrainingRun.objects.filter(project_id=run.project_id, kind=TrainingRun.Kind.DEEP, pk__lte=run.pk):
        for course in range(2):
            _store(one, course).clear()
