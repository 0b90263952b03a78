"""What follows when a job ends without its result: the thing it worked for must not wait for ever."""

from collections.abc import Callable, Mapping

from django.db import transaction
from django.utils import timezone

from heedful.jobs import services as jobs
from heedful.jobs.models import Job, JobQuerySet
from heedful.notifications.models import Notification
from heedful.notifications.services import notify
from heedful.pool.services import source_failed
from heedful.pool.weak.sources import source_failed as weak_source_failed
from heedful.registry.services import run_failed
from heedful.registry.zoo import refuse_backbone


def _source(job: Job, error: str) -> None:
    source_failed(source_id=job.arguments["source_id"], error=error)


def _weak_source(job: Job, error: str) -> None:
    weak_source_failed(source_id=job.arguments["source_id"], error=error)


def _run(job: Job, error: str) -> None:
    run_failed(run_id=job.arguments["run_id"], error=error)


def _backbone(job: Job, error: str) -> None:
    refuse_backbone(own_id=job.arguments["own_id"], error=error)


CONSEQUENCES: Mapping[str, Callable[[Job, str], None]] = {
    Job.Kind.IMPORT_SOURCE: _source,
    Job.Kind.APPLY_WEAK_SOURCE: _weak_source,
    Job.Kind.CHECK_BACKBONE: _backbone,
    Job.Kind.FINE_TUNE: _run,
    Job.Kind.TRAIN_HEAD: _run,
}


# What these find out is used once it is there, and missed by nothing meanwhile.
WAITED_FOR_BY_NOBODY = (
    *(Job.Kind.FORECAST, Job.Kind.RERANK_ROUND, Job.Kind.WEIGH_WEAK_LABELS),
    *(Job.Kind.MEASURE_DRIFT, Job.Kind.MEASURE_GOLD, Job.Kind.SHRINK_MODEL),
    Job.Kind.COMPARE_BACKBONES,
    Job.Kind.PREVIEW_AUGMENTATION,
)


def blocking_jobs(project_id: int) -> JobQuerySet:
    """Failed or cancelled work that the loop waits for: it goes on when a person retries it."""
    ended = Job.objects.filter(project_id=project_id, state__in=[Job.State.FAILED, Job.State.CANCELLED])
    return ended.exclude(kind__in=[*CONSEQUENCES, *WAITED_FOR_BY_NOBODY])


@transaction.atomic
def fail_job(job: Job, *, error: str) -> None:
    """End a job for good. A round or shard simply stays unfinished, and its failed job carries the retry button."""
    if jobs.fail(job, error=error):
        _follow(job, error)
        _tell(job)


def cancel_job(*, job_id: int, project_id: int) -> Job:
    job = jobs.cancel(job_id=job_id, project_id=project_id)
    _follow(job, "Cancelled.")
    return job


def _follow(job: Job, error: str) -> None:
    if consequence := CONSEQUENCES.get(job.kind):
        consequence(job, error)


def _tell(job: Job) -> None:
    """Without the error itself: it may be any program's words, and this goes out by e-mail and webhook."""
    # What runs every few seconds would otherwise tell of one and the same fault each time.
    moment = timezone.now().date() if job.kind in Job.HOUSEKEEPING else job.started_at
    notify(
        project_id=job.project_id,
        kind=Notification.Kind.JOB_FAILED,
        sentence=f"“{job.title}” failed. The jobs page says why, and tries it again.",
        path=f"/projects/{job.project_id}/jobs",
        key=f"{job.pk} {moment}",
    )
