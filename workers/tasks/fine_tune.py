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
import torch
from django.conf import settings

from heedful.core import artifacts
from heedful.core.errors import Conflict
from heedful.pool.models import Sample
from heedful.quality.services import labeled_samples, read_snapshot, spent_on
from heedful.registry.backbones import backbone_of_run
from heedful.registry.models import Backbone, TrainingRun
from ml.errors import MLError
from ml.evaluation.metrics import evaluate
from ml.training.calibration import cross_calibrated
from ml.training.checkpoints import Checkpoints
from ml.training.features import embeddings
from ml.training.fine_tune import FineTuneConfig, FineTuned, TrainingStage
from ml.training.head import torch_threads
from ml.training.launch import Task, fine_tune_in_processes
from workers.augmenting import MOST_TRIED, Found, choose, fixed_policy, too_few, tried_policies, unsearched
from workers.backbones import load_module, spec_of, store_backbone
from workers.checkpoints import ArtifactStore
from workers.courses import ALONE, STAGED, TOGETHER, Lessons
from workers.files import CORES, source
from workers.labeled import groups_of, labels_of
from workers.running import RunningJob
from workers.tasks.train import keep_head, started, tuned_head_address
from workers.terms import Terms
from workers.weak_stage import weak_stage, worth

FINE_TUNE_SECONDS = 600.0
COURSES = 3

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
            lessons = _lessons(run, start, terms)
            courses = lessons.courses(config.validation_folds)
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
            **_worth_of_cheap_labels(run, start, lessons, tuned, best),
        }
        config = replace(config, augmentation=found.policy)
        TrainingRun.objects.filter(pk=run.pk).update(report=report, config={"fine_tuning": asdict(config)})
        keep_head(terms.over_all_classes(found.tuned.head, lessons.labeled), tuned_head_address(run))
        spec = spec_of(start.base)
        store_backbone(spec=spec, name=f"{spec.name} of run {run.pk}", module=found.tuned.module, run=run)
    _clear(run)


def _lessons(run: TrainingRun, start: Backbone, terms: Terms) -> Lessons:
    labeled = read_snapshot(run.snapshot)
    classes = terms.learned_names([one.name for one in run.project.classes()])
    return Lessons(labeled, weak_stage(run, start, labeled), terms, classes, run.seed)


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
    run: TrainingRun, start: Backbone, lessons: Lessons, tuned: Mapping[str, FineTuned], best: str
) -> Mapping[str, Any]:
    """The expected cost on gold with cheap labels, in the better way to learn from them, and without, each as it would
    decide had the sample not calibrated it. Gold does not choose between them: it judges what is chosen."""
    if ALONE not in tuned:
        return {}
    terms, gold = lessons.terms, labeled_samples(project_id=run.project_id, role=Sample.Role.GOLD)
    pictures, labels = [source(one.address) for one in gold], labels_of(gold)
    said, costs = {}, {}
    for name, one in tuned.items():
        head = terms.over_all_classes(one.head, lessons.labeled)
        logits = head.logits(embeddings(one.module, spec_of(start.base).preprocessing, pictures))
        rng = np.random.default_rng(run.seed)
        said[name] = cross_calibrated(logits, labels, groups_of(gold), rng)
        costs[name] = evaluate(said[name], labels, terms.costs, rng=rng, group=terms.evaluation).expected_cost
    losses = {name: one.report.held_out_loss for name, one in tuned.items()}
    way = min((name for name in (STAGED, TOGETHER) if name in tuned), key=lambda name: losses[name])
    asked, weak = lessons.asked, lessons.weak
    return {
        "cheap_labels": {
            "labels": len(lessons.cheap().labels),
            "sources": [*(["cheaper tiers"] if asked else []), *(weak.said["sources"] if weak else [])],
            "contradicting": weak.said["contradicting"] if weak else [],
            "spent": str(spent_on(asked)),
            "way": way,
            "kept": best == way,
            "held_out": len(tuned[ALONE].held_out.labels),
            "held_out_loss": losses,
            "expected_cost": {name: asdict(cost) for name, cost in costs.items()},
            **worth(said[ALONE], said[way], labels, terms, run.seed),
        }
    }


def _store(run: TrainingRun, course: int) -> ArtifactStore:
    return ArtifactStore(artifacts.url("checkpoints", str(run.project_id), f"run-{run.pk}-{course}.pt"))


def _clear(run: TrainingRun) -> None:
    """The checkpoints of this run, and of failed ones of the project that nobody will go on with."""
    for one in TrainingRun.objects.filter(project_id=run.project_id, kind=TrainingRun.Kind.DEEP, pk__lte=run.pk):
        for course in range(COURSES + MOST_TRIED):
            _store(one, course).clear()
