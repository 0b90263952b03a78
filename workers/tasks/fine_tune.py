"""The first half of a deep run: a backbone fit to this pool. The loop then embeds the pool under it.

What has been learned is kept every few seconds, so that a job whose worker was killed goes on where it stood. Where
there are cheap labels too, of cheaper tiers or weak sources, one course learns from the experts' alone, one from the
cheap ones first, one from both at once; the one that does best on held-out labels of experts is kept, and the report
says what the cheap ones were worth. Where the project searches for augmentation, that course is then run again with
each of a few policies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from django.conf import settings

from heedful.core import artifacts
from heedful.core.errors import Conflict
from heedful.pool.models import Sample
from heedful.quality.services import LabeledSample, labeled_samples, read_snapshot
from heedful.registry.backbones import backbone_of_run
from heedful.registry.models import Backbone, TrainingRun
from ml.errors import MLError, NotEnoughLabels
from ml.training.calibration import cross_calibrated
from ml.training.checkpoints import Checkpoints
from ml.training.features import embeddings
from ml.training.fine_tune import FineTuneConfig, FineTuned, TrainingStage
from ml.training.head import torch_threads
from ml.training.launch import Task, fine_tune_in_processes
from ml.training.stages import splits
from workers.augmenting import MOST_TRIED, Found, choose, fixed_policy, too_few, tried_policies, unsearched
from workers.backbones import load_module, spec_of, store_backbone
from workers.checkpoints import ArtifactStore
from workers.files import CORES, source
from workers.labeled import groups_of, labels_of
from workers.running import RunningJob
from workers.tasks.train import keep_head, started, tuned_head_address
from workers.terms import Terms
from workers.weak_stage import weak_stage, worth

FINE_TUNE_SECONDS = 600.0
# More pictures with a cheap label than that cost minutes to decode; these are drawn at random.
MOST_CHEAP = 3_000
ALONE, STAGED, TOGETHER = "experts", "cheap, then experts", "both at once"
COURSES = 3

Courses = Mapping[str, Sequence[TrainingStage]]
Attempts = Mapping[str, tuple[Sequence[TrainingStage], FineTuneConfig]]


def fine_tune_backbone(running: RunningJob) -> None:
    run = started(running)
    if run.state == TrainingRun.State.DONE or Backbone.objects.filter(run=run).exists():
        _clear(run)
        return
    start = backbone_of_run(run)
    if start is None:
        raise Conflict("The backbone is not exported yet.")
    terms, config = Terms.of(run), FineTuneConfig(augmentation=fixed_policy(run))
    with torch_threads(CORES):
        try:
            courses = _courses(run, start, terms, config)
            parts = len(courses) + len(tried_policies(run))
            attempts = {name: (stages, config) for name, stages in courses.items()}
            tuned = _tuned(running, run, start, attempts, parts=parts)
            best = min(tuned, key=lambda name: tuned[name].report.held_out_loss)
            found = _searched(running, run, start, tuned[best], courses[best], config, parts)
        except MLError:
            # It would go on towards the same end.
            _clear(run)
            raise
        report = {
            "fine_tuning": asdict(found.tuned.report),
            **found.report,
            **_worth_of_cheap_labels(run, start, tuned, best, terms),
        }
        config = replace(config, augmentation=found.policy)
        TrainingRun.objects.filter(pk=run.pk).update(report=report, config={"fine_tuning": asdict(config)})
        keep_head(terms.over_all_classes(found.tuned.head, read_snapshot(run.snapshot)), tuned_head_address(run))
        spec = spec_of(start.base)
        store_backbone(spec=spec, name=f"{spec.name} of run {run.pk}", module=found.tuned.module, run=run)
    _clear(run)


def _courses(run: TrainingRun, start: Backbone, terms: Terms, config: FineTuneConfig) -> Courses:
    """One over all labels while there are none of one kind, or too few of a class to hold any out."""
    labeled = read_snapshot(run.snapshot)
    classes = terms.learned_names([one.name for one in run.project.classes()])
    experts = _stage(ALONE, [one for one in labeled if not one.cheap], terms, classes)
    cheap = _cheap_stage(run, start, labeled, terms, classes)
    try:
        splits([cheap, experts], config.validation_folds, run.seed)
    except NotEnoughLabels:
        return {"all": [_stage("all", labeled, terms, classes)]}
    return {ALONE: [experts], STAGED: [cheap, experts], TOGETHER: [_joined(experts, cheap)]}


def _stage(name: str, labeled: Sequence[LabeledSample], terms: Terms, classes: Sequence[str]) -> TrainingStage:
    return TrainingStage(
        name=name,
        sources=[source(one.address) for one in labeled],
        labels=terms.learned_labels(labeled),
        groups=groups_of(labeled),
        classes=classes,
        sureness=terms.learned_sureness(labeled),
        weights=terms.loss,
        sampling=terms.sampling,
        costs=terms.learned_costs,
    )


def _cheap_stage(
    run: TrainingRun, start: Backbone, labeled: Sequence[LabeledSample], terms: Terms, classes: Sequence[str]
) -> TrainingStage:
    """Labels of cheaper tiers, and what weak sources say of samples that nobody has labeled."""
    asked = [one for one in labeled if one.cheap]
    stage = _stage("cheap", asked, terms, classes)
    weak = weak_stage(run, start, labeled)
    if weak is None:
        return stage
    room = max(MOST_CHEAP - len(asked), 0)
    rng = np.random.default_rng([run.seed, 3])
    rows = np.sort(rng.permutation(len(weak.addresses))[:room])
    likely = terms.learned_weakly(weak.samples).targets[rows]
    return TrainingStage(
        name="cheap",
        sources=[*stage.sources, *(source(weak.addresses[row]) for row in rows)],
        labels=np.concatenate([stage.labels, likely.argmax(axis=1)]),
        groups=np.concatenate([stage.groups, weak.samples.groups[rows]]),
        classes=classes,
        sureness=np.concatenate([_known(stage), likely.max(axis=1)]),
        weights=terms.loss,
        sampling=terms.sampling,
        costs=terms.learned_costs,
    )


def _joined(experts: TrainingStage, cheap: TrainingStage) -> TrainingStage:
    """Both at once; only the experts' labels judge."""
    return replace(
        experts,
        name=TOGETHER,
        sources=[*experts.sources, *cheap.sources],
        labels=np.concatenate([experts.labels, cheap.labels]),
        groups=np.concatenate([experts.groups, cheap.groups]),
        sureness=np.concatenate([_known(experts), _known(cheap)]),
        trusted=np.arange(len(experts.labels) + len(cheap.labels)) < len(experts.labels),
    )


def _known(stage: TrainingStage) -> npt.NDArray[np.float64]:
    return np.ones(len(stage.labels)) if stage.sureness is None else stage.sureness


def _searched(
    running: RunningJob,
    run: TrainingRun,
    start: Backbone,
    base: FineTuned,
    stages: Sequence[TrainingStage],
    config: FineTuneConfig,
    parts: int,
) -> Found:
    """The same course with each policy that is to be tried, and which is kept."""
    policies = tried_policies(run)
    if not policies or too_few(base):
        return unsearched(run, base, config.augmentation)
    attempts = {name: (stages, replace(config, augmentation=policy)) for name, policy in policies.items()}
    return choose(base, _tuned(running, run, start, attempts, parts=parts, first=COURSES), policies, run.seed)


def _tuned(
    running: RunningJob, run: TrainingRun, start: Backbone, attempts: Attempts, *, parts: int, first: int = 0
) -> Mapping[str, FineTuned]:
    """Each in one of so many equal parts of the time. One that has ended before a kill is not run again. first: the
    number of its checkpoint.
    """

    def look(done: int, total: int) -> None:
        running.progress(done, total, "pictures")

    tuned = {}
    for number, (name, (stages, config)) in enumerate(attempts.items(), first):
        task = Task(
            module=load_module(start),
            preprocessing=spec_of(start.base).preprocessing,
            stages=stages,
            config=config,
            seed=run.seed,
            checkpoints=Checkpoints(_store(run, number), every_seconds=settings.CHECKPOINT_SECONDS),
            time_limit=FINE_TUNE_SECONDS / parts,
        )
        processes = settings.TRAINING_PROCESSES or torch.cuda.device_count()
        tuned[name] = fine_tune_in_processes(processes, task, on_progress=look) if processes > 1 else task.run(look)
    return tuned


def _worth_of_cheap_labels(
    run: TrainingRun, start: Backbone, tuned: Mapping[str, FineTuned], best: str, terms: Terms
) -> Mapping[str, Any]:
    """The expected cost on gold with cheap labels, in the better way to learn from them, and without, each as it would
    decide had the sample not calibrated it. Gold does not choose between them: it judges what is chosen."""
    if ALONE not in tuned:
        return {}
    gold = labeled_samples(project_id=run.project_id, role=Sample.Role.GOLD)
    pictures, labeled = [source(one.address) for one in gold], read_snapshot(run.snapshot)
    said = {}
    for name, one in tuned.items():
        head = terms.over_all_classes(one.head, labeled)
        logits = head.logits(embeddings(one.module, spec_of(start.base).preprocessing, pictures))
        rng = np.random.default_rng(run.seed)
        said[name] = cross_calibrated(logits, labels_of(gold), groups_of(gold), rng)
    losses = {name: one.report.held_out_loss for name, one in tuned.items()}
    way = min((STAGED, TOGETHER), key=lambda name: losses[name])
    return {
        "cheap_labels": {
            "labels": sum(tuned[STAGED].report.stages[0].labels_per_class),
            "way": way,
            "kept": best == way,
            "held_out_loss": losses,
            **worth(said[ALONE], said[way], labels_of(gold), terms, run.seed),
        }
    }


def _store(run: TrainingRun, course: int) -> ArtifactStore:
    return ArtifactStore(artifacts.url("checkpoints", str(run.project_id), f"run-{run.pk}-{course}.pt"))


def _clear(run: TrainingRun) -> None:
    """The checkpoints of this run, and of failed ones of the project that nobody will go on with."""
    for one in TrainingRun.objects.filter(project_id=run.project_id, kind=TrainingRun.Kind.DEEP, pk__lte=run.pk):
        for course in range(COURSES + MOST_TRIED):
            _store(one, course).clear()
