"""Training runs and model versions: started once for a set of labels, ended with a recorded verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from heedful import __version__
from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.acquisition.models import QueryRound
from heedful.core.errors import Conflict, InvalidInput, NoNewLabels, RunInProgress
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.notifications.models import Notification
from heedful.notifications.services import notify
from heedful.pool.models import Shard
from heedful.pool.weak.sources import request_weighing
from heedful.projects.models import Project
from heedful.quality.models import Snapshot
from heedful.quality.services import take_snapshot
from heedful.registry.backbones import switch_of
from heedful.registry.forecasts import request_forecast
from heedful.registry.models import Backbone, Evaluation, ModelVersion, TrainingRun
from heedful.registry.reports import look_into
from heedful.registry.terms import classes_without_label, hash_of, terms_now
from heedful.registry.zoo import fine_tunable

RUN = TrainingRun.State
MODEL = ModelVersion.State


def champion(project_id: int) -> ModelVersion | None:
    return ModelVersion.objects.filter(project_id=project_id, state=MODEL.CHAMPION).first()


def live_run(project_id: int) -> TrainingRun | None:
    return TrainingRun.objects.filter(project_id=project_id, state__in=TrainingRun.LIVE).first()


def asking_model(query_round: QueryRound) -> ModelVersion | None:
    """The version whose scores a round is chosen by; None at a cold start."""
    if query_round.model_number is None:
        return None
    models = ModelVersion.objects.filter(project_id=query_round.project_id).select_related("backbone")
    return models.get(number=query_round.model_number)


@transaction.atomic
def start_run(*, project_id: int, kind: TrainingRun.Kind, reason: str) -> TrainingRun:
    """Freeze the settled labels and have the workers train on them.

    Raises RunInProgress, NoNewLabels, or Conflict while there is nothing to train on or to evaluate with.
    """
    project = Project.objects.select_for_update().get(pk=project_id)
    if live_run(project_id):
        raise RunInProgress(f"A training run of {project} is under way; wait for its verdict.")
    if not _gold_is_labeled(project):
        raise Conflict("The gold set has no labels yet, so a model could not be judged. Label it first.")
    if missing := classes_without_label(project):
        raise Conflict(
            f"No sample of the pool is labeled {', '.join(missing)} yet; a model needs at least one of each class."
            " Label one, or merge the class with another for training.",
            field="classes",
        )
    if kind == TrainingRun.Kind.DEEP and not fine_tunable(project):
        raise Conflict(
            f"{project.backbone} came as a file, which holds no code to learn with: train quick runs on it, or bring it"
            " as a package."
        )
    if (switch := switch_of(project)) and not switch.ready:
        raise Conflict(
            f"The pool is being embedded under {switch.name}, the backbone that was chosen: {switch.embedded} of"
            f" {switch.samples} samples are. Training starts by itself once all are."
        )
    snapshot = take_snapshot(project=project)
    run = _create_run(project, kind, snapshot, reason)
    job = Job.Kind.FINE_TUNE if kind == TrainingRun.Kind.DEEP else Job.Kind.TRAIN_HEAD
    enqueue_for_run(job, run)
    if project.weak_sources.exists():
        request_weighing(project_id)
    return run


def trainable(project: Project) -> bool:
    """Whether there are labels of each class to learn from, gold labels to judge with, and embeddings of all."""
    switch = switch_of(project)
    return not classes_without_label(project) and _gold_is_labeled(project) and (switch is None or switch.ready)


def _gold_is_labeled(project: Project) -> bool:
    return project.samples.gold().filter(label__isnull=False).exists()


def _create_run(project: Project, kind: str, snapshot: Snapshot, reason: str) -> TrainingRun:
    terms = terms_now(project, kind)
    try:
        with transaction.atomic():
            return TrainingRun.objects.create(
                project=project,
                terms=terms,
                terms_hash=hash_of(terms),
                kind=kind,
                reason=reason,
                snapshot=snapshot,
                seed=project.seed,
                code_version=__version__,
                spent=project.budget.spent,
            )
    except IntegrityError as error:
        raise NoNewLabels(
            f"A {kind} run has already used exactly these {snapshot.count} labels on the same terms. Label more, or"
            " change how classes are merged or weighed, then train again."
        ) from error


def enqueue_for_run(kind: Job.Kind, run: TrainingRun) -> None:
    enqueue(
        kind,
        key=str(run.pk),
        project_id=run.project_id,
        subject=f"{run.kind} run on {run.snapshot.count} labels",
        run_id=run.pk,
    )


def run_started(*, run_id: int) -> None:
    """A worker has begun. A failed run whose job a person retries is live again.

    Raises RunInProgress when another run has started since it failed.
    """
    try:
        with transaction.atomic():
            TrainingRun.objects.filter(pk=run_id, state__in=[RUN.WAITING, RUN.FAILED]).update(
                state=RUN.RUNNING, error="", finished_at=None
            )
    except IntegrityError as error:
        raise RunInProgress("Another training run is under way, or has already used these labels.") from error


def run_failed(*, run_id: int, error: str) -> None:
    """End a run without a model. Its labels may be used by another run."""
    TrainingRun.objects.filter(pk=run_id, state__in=TrainingRun.LIVE).update(
        state=RUN.FAILED, error=error, finished_at=timezone.now()
    )


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """What a finished run hands over: where its files lie, what it measured, and the gate's verdict."""

    backbone: Backbone
    graph_address: str
    head_address: str
    content_hash: str
    parity: float
    report: Mapping[str, Any]
    metrics: Mapping[str, Any]
    control: Mapping[str, Any] | None
    gold_hash: str
    gold_size: int
    verdict: Mapping[str, Any]
    against: int | None


@transaction.atomic
def record_model(*, run_id: int, trained: TrainedModel) -> ModelVersion:
    """Store the version with its verdict and, if that says so, make it champion; a run has one version at most.

    Raises Conflict when the champion changed since the verdict was reached against it.
    """
    run = TrainingRun.objects.select_for_update().get(pk=run_id)
    if existing := ModelVersion.objects.filter(run=run).first():
        return existing
    current = champion(run.project_id)
    if (current.number if current else None) != trained.against:
        raise Conflict("The champion changed while this model was judged against it.")
    promote = bool(trained.verdict["promote"])
    if promote and current:
        ModelVersion.objects.filter(pk=current.pk).update(state=MODEL.RETIRED)
    numbers = ModelVersion.objects.filter(project_id=run.project_id)
    model = ModelVersion.objects.create(
        project_id=run.project_id,
        number=numbers.aggregate(last=Max("number", default=0))["last"] + 1,
        run=run,
        backbone=trained.backbone,
        state=MODEL.CHAMPION if promote else MODEL.REJECTED,
        graph_address=trained.graph_address,
        head_address=trained.head_address,
        content_hash=trained.content_hash,
        parity=trained.parity,
        verdict=trained.verdict,
    )
    Evaluation.objects.create(
        model=model,
        gold_hash=trained.gold_hash,
        gold_size=trained.gold_size,
        metrics=trained.metrics,
        control=trained.control,
    )
    TrainingRun.objects.filter(pk=run_id).update(state=RUN.DONE, report=trained.report, finished_at=timezone.now())
    if promote:
        record(
            project_id=model.project_id,
            by=None,
            action=AuditEntry.Action.PROMOTION,
            subject=f"version {model.number}",
            before={"champion": trained.against},
            after={"champion": model.number, "reasons": trained.verdict["sentences"]},
        )
    _tell_verdict(model)
    request_forecast(model.project_id)
    look_into(model)
    return model


@transaction.atomic
def promote_by_hand(*, model: ModelVersion, reason: str, by: User) -> ModelVersion:
    """Make a version champion whatever its verdict; the one that served retires. Raises InvalidInput without a reason,
    and Conflict for the champion, or while a run is under way, which is judged against it."""
    if not reason.strip():
        raise InvalidInput("Say why this version is to serve against its verdict.", field="reason")
    Project.objects.select_for_update().get(pk=model.project_id)
    model.refresh_from_db()
    if model.state == MODEL.CHAMPION:
        raise Conflict(f"Version {model.number} is the champion already.")
    if live_run(model.project_id):
        raise Conflict("A training run is under way and will be judged against the champion; wait for its verdict.")
    current = champion(model.project_id)
    if current:
        ModelVersion.objects.filter(pk=current.pk).update(state=MODEL.RETIRED)
    ModelVersion.objects.filter(pk=model.pk).update(state=MODEL.CHAMPION)
    model.refresh_from_db()
    record(
        project_id=model.project_id,
        by=by,
        action=AuditEntry.Action.PROMOTION,
        subject=f"version {model.number}",
        before={"champion": current.number if current else None},
        after={"champion": model.number, "reasons": [reason.strip()]},
    )
    notify(
        project_id=model.project_id,
        kind=Notification.Kind.RUN_FINISHED,
        sentence=f"{by} made version {model.number} the champion: {reason.strip()}",
        path=f"/projects/{model.project_id}/models",
    )
    request_forecast(model.project_id)
    return model


def _tell_verdict(model: ModelVersion) -> None:
    ending = "is the new champion." if model.state == MODEL.CHAMPION else "was not promoted."
    notify(
        project_id=model.project_id,
        kind=Notification.Kind.RUN_FINISHED,
        sentence=" ".join([f"Version {model.number} {ending}", *model.verdict["sentences"][:1]]),
        path=f"/projects/{model.project_id}/models",
        key=str(model.run_id),
    )


def enqueue_embedding(*, backbone: Backbone, shard: Shard) -> None:
    enqueue(
        Job.Kind.EMBED_SHARD,
        key=f"{backbone.key}:{shard.pk}",
        project_id=shard.project_id,
        subject=f"shard {shard.number} under {backbone.name}",
        backbone_id=backbone.pk,
        shard_id=shard.pk,
    )


def enqueue_scoring(*, model: ModelVersion, shard: Shard) -> None:
    enqueue(
        Job.Kind.SCORE_SHARD,
        key=f"{model.producer}:{shard.pk}",
        project_id=shard.project_id,
        subject=f"shard {shard.number} by version {model.number}",
        model_id=model.pk,
        shard_id=shard.pk,
    )
