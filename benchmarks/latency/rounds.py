"""From a trigger to the next queue: trained, judged, the pool ranked anew, heatmaps drawn, all tasks sent."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db.models import Max

from benchmarks.latency.waiting import wait_for
from heedful.acquisition.models import QueryRound
from heedful.jobs.models import Job
from heedful.projects.models import Project
from heedful.triggers.models import TriggerFiring

ROUND_WITHIN_SECONDS = 900.0
IN_ALL = "trigger → every task of the next queue sent"
PARTS = (
    Job.Kind.TRAIN_HEAD,
    Job.Kind.SCORE_SHARD,
    Job.Kind.FILL_ROUND,
    Job.Kind.EXPLAIN_ROUND,
    Job.Kind.SEND_ROUND,
)


def until(project: Project, count: int) -> Mapping[str, list[float]]:
    """Waits until `count` firings have led to a queue; seconds in all and by kind of job, one value a firing."""
    wait_for(lambda: len(list(_answered(project))) >= count, ROUND_WITHIN_SECONDS, 0.5)
    spans = list(_answered(project))[:count]
    steps = {IN_ALL: [(end - start).total_seconds() for start, end in spans]}
    for kind in PARTS:
        steps[Job.Kind(kind).label] = [_working_seconds(project, kind, start, end) for start, end in spans]
    return steps


def _answered(project: Project) -> Iterator[tuple[datetime, datetime]]:
    """When each rule fired, and when the queue of the model that it gave was complete; not of rejected models."""
    for firing in TriggerFiring.objects.filter(run__project=project).order_by("pk"):
        model = getattr(firing.run, "model", None)
        asked = project.rounds.filter(kind=QueryRound.Kind.QUERY, model_number=model.number if model else None)
        following = asked.filter(opened_at__gt=firing.at).exclude(state=QueryRound.State.FILLING).first()
        if model and following and not following.items.filter(task__sent_at=None).exists():
            yield firing.at, following.items.aggregate(last=Max("task__sent_at"))["last"]


def _working_seconds(project: Project, kind: str, start: datetime, end: datetime) -> float:
    jobs = Job.objects.filter(project_id=project.pk, kind=kind, started_at__gte=start, started_at__lte=end)
    return sum((job.finished_at - job.started_at).total_seconds() for job in jobs if job.finished_at and job.started_at)
