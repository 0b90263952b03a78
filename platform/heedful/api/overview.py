"""The loop on one screen: how far each part is, and what happens next, in a sentence."""

from collections.abc import Mapping
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from heedful.acquisition.models import QueryRound, QueueItem
from heedful.api.present import class_out, project_out
from heedful.api.schemas.loop import (
    Action,
    ClassCount,
    ExpertState,
    GoldState,
    LabelState,
    ModelState,
    NextStep,
    OverviewOut,
    PoolState,
    QueueState,
)
from heedful.jobs.models import Job, JobQuerySet
from heedful.labeling.links import queue_url
from heedful.labeling.models import Annotation
from heedful.pool.models import Refusal, Sample, Source
from heedful.projects.models import Project, Tier
from heedful.registry import services as registry
from heedful.triggers.endings import blocking_jobs
from heedful.triggers.loop import Step, look
from heedful.triggers.services import until_training

SENTENCES: Mapping[Step, tuple[str, Action | None]] = {
    Step.IMPORT: ("The pool is empty. Import pictures to begin.", "import"),
    Step.IMPORTING: ("Pictures are being imported.", None),
    Step.EXPORTING: ("The pretrained backbone is being exported, once for all projects.", None),
    Step.EMBEDDING: ("The pool is being embedded, once for this backbone.", None),
    Step.RE_EMBEDDING: ("The pool is being embedded again under the fine-tuned backbone.", None),
    Step.TRAINING_DUE: ("Enough new labels: training starts.", None),
    Step.TRAINING: ("A model is being trained and will be judged on the gold set.", None),
    Step.SCORING: ("The champion scores the pool.", None),
    Step.RE_RANKING: ("The new champion ranks the open round again; experts go on meanwhile.", "label"),
    Step.FILLING: ("The next round is being chosen, explained and sent.", None),
    Step.APPROVAL: ("The next round is planned, with its price. Approve it, or change it.", "approve"),
    Step.LABELING_GOLD: ("Experts label the gold set, by which every model is judged.", "label"),
    Step.LABELING: ("Experts label the queue.", "label"),
    Step.PAUSED: ("The loop is paused; nothing new is asked.", "resume"),
    Step.FROZEN: ("The budget is frozen; nothing new is asked.", None),
    Step.BUDGET_EXHAUSTED: ("The budget does not buy one more label.", "raise_budget"),
    Step.POOL_EXHAUSTED: ("Every sample is labeled, queued or skipped. Import more to go on.", "import"),
    Step.OPENING: ("The next round opens.", None),
}


def overview(project: Project) -> OverviewOut:
    rounds = project.rounds.all()
    return OverviewOut(
        project=project_out(project),
        pool=_pool(project),
        gold=_gold(project),
        queue=_queue(rounds.order_by("number").last()),
        experts=_experts(project),
        labels=_labels(project),
        model=_model(project),
        jobs_live=_visible_jobs(project).live().count(),
        jobs_failed=Job.objects.filter(project_id=project.pk, state=Job.State.FAILED).count(),
        rounds_closed=rounds.filter(state=QueryRound.State.CLOSED, kind=QueryRound.Kind.QUERY).count(),
        next_step=_next_step(project),
        label_studio_url=queue_url(project.tiers.get(kind=Tier.Kind.EXPERT)),
    )


def _visible_jobs(project: Project) -> JobQuerySet:
    return Job.objects.filter(project_id=project.pk).exclude(kind__in=Job.HOUSEKEEPING)


def _pool(project: Project) -> PoolState:
    samples = project.samples.all()
    return PoolState(
        samples=samples.count(),
        unlabeled=samples.filter(role=Sample.Role.POOL, label=None).count(),
        refused=Refusal.objects.filter(source__project=project).count(),
        importing=project.sources.filter(state__in=[Source.State.WAITING, Source.State.RUNNING]).exists(),
    )


def _gold(project: Project) -> GoldState:
    gold = project.samples.gold()
    return GoldState(drawn=gold.count(), labeled=gold.filter(label__isnull=False).count())


def _queue(current: QueryRound | None) -> QueueState:
    if current is None:
        return QueueState(round_number=None, round_kind=None, waiting=0, answered=0, size=0)
    counts = current.items.aggregate(
        waiting=Count("pk", filter=Q(state__in=QueueItem.WAITING)),
        answered=Count("pk", filter=Q(state=QueueItem.State.ANSWERED)),
    )
    return QueueState(round_number=current.number, round_kind=current.kind, size=current.size, **counts)


def _experts(project: Project) -> ExpertState:
    recent = Annotation.objects.filter(
        project=project, deleted_at=None, received_at__gte=timezone.now() - timedelta(hours=1)
    )
    counts = recent.aggregate(active=Count("annotator", distinct=True), answered_last_hour=Count("pk", distinct=True))
    return ExpertState(**counts)


def _labels(project: Project) -> LabelState:
    of_pool = Q(labels__sample__role=Sample.Role.POOL)
    classes = project.label_classes.order_by("position").annotate(count=Count("labels", filter=of_pool))
    by_class = [ClassCount(label_class=class_out(one), count=one.count) for one in classes]
    return LabelState(
        settled=sum(one.count for one in by_class),
        by_class=by_class,
        until_training=until_training(project) if project.samples.gold().exists() else None,
    )


def _model(project: Project) -> ModelState:
    champion = registry.champion(project.pk)
    return ModelState(
        champion=champion.number if champion else None,
        versions=project.models.count(),
        training=registry.live_run(project.pk) is not None,
    )


def _next_step(project: Project) -> NextStep:
    blocking = blocking_jobs(project.pk).order_by("-finished_at").first()
    if blocking:
        why = blocking.error or "it was cancelled."
        sentence = f"“{blocking.title}” stopped: {why}"
        return NextStep(code="stopped", sentence=sentence, action="retry", job_id=blocking.pk)
    step = look(project)
    sentence, action = SENTENCES[step]
    return NextStep(code=step, sentence=sentence, action=action)
