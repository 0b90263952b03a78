"""The life of a job: enqueued, claimed, kept alive, ended, taken over.

A message to the workers carries only the job's id, and a lost message costs seconds, not the work: the row is the
truth, and `sweep` sends again whatever waits too long or whose worker died.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

import structlog
from celery import current_app
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from heedful.core.errors import LeaseLost, NotFound, NotRetryable
from heedful.jobs.models import Job

log = structlog.get_logger(__name__)

TASK_NAME = "heedful.job"
QUEUES: Mapping[str, str] = {
    Job.Kind.IMPORT_SOURCE: "default",
    Job.Kind.EXPORT_BACKBONE: "score",
    Job.Kind.EMBED_SHARD: "score",
    Job.Kind.SCORE_SHARD: "score",
    Job.Kind.FILL_ROUND: "score",
    Job.Kind.EXPLAIN_ROUND: "explain",
    Job.Kind.SEND_ROUND: "sync",
    Job.Kind.RERANK_ROUND: "explain",
    Job.Kind.PROCESS_INBOX: "sync",
    Job.Kind.RECONCILE: "sync",
    Job.Kind.CONSENSUS: "explain",
    Job.Kind.FORECAST: "explain",
    Job.Kind.MEASURE_DRIFT: "score",
    Job.Kind.MEASURE_GOLD: "score",
    Job.Kind.FINE_TUNE: "train",
    Job.Kind.TRAIN_HEAD: "train",
    Job.Kind.SHRINK_MODEL: "train",
    Job.Kind.COMPARE_BACKBONES: "train",
    Job.Kind.PREVIEW_AUGMENTATION: "explain",
    Job.Kind.CHECK_BACKBONE: "score",
    Job.Kind.INSPECT: "explain",
    Job.Kind.MEASURE_TRUST: "train",
    Job.Kind.FIND_ERRORS: "train",
    Job.Kind.COMPARE_VERSIONS: "train",
    Job.Kind.MEASURE_ROBUSTNESS: "train",
    Job.Kind.PROJECT_POOL: "train",
    Job.Kind.MEASURE_ATTENTION: "train",
    Job.Kind.ADVANCE: "sync",
    Job.Kind.APPLY_WEAK_SOURCE: "default",
    Job.Kind.WEIGH_WEAK_LABELS: "explain",
    Job.Kind.SEND_NOTIFICATIONS: "default",
}
LOOKING = {*Job.HOUSEKEEPING, Job.Kind.EXPLAIN_ROUND, Job.Kind.SEND_ROUND}
STATES_TO_RETRY = [Job.State.FAILED, Job.State.CANCELLED]


@transaction.atomic
def enqueue(kind: Job.Kind, *, key: str, project_id: int, subject: str = "", **arguments: object) -> Job:
    """Ask the workers for a piece of work; the only door to them.

    The same key is the same work: waiting, it is left alone; done, it starts afresh; running, it is left alone too,
    unless it looks at a changing world (`LOOKING`): then it runs once more. Failed or cancelled work stays as it is
    until a person retries it, but housekeeping tries again by itself the next time.
    """
    job, created = Job.objects.get_or_create(
        key=f"{kind}:{key}",
        defaults={"kind": kind, "project_id": project_id, "subject": subject, "arguments": arguments},
    )
    row = Job.objects.filter(pk=job.pk)
    looks_again = kind in LOOKING and row.filter(state=Job.State.RUNNING).update(rerun=True)
    ended = [Job.State.DONE, Job.State.FAILED] if kind in Job.HOUSEKEEPING else [Job.State.DONE]
    if created or (not looks_again and row.filter(state__in=ended).update(**_afresh(), arguments=arguments)):
        send_after_commit(job)
    return job


def _afresh() -> dict[str, object]:
    return {
        "state": Job.State.QUEUED,
        "attempt": 0,
        "rerun": False,
        "done": 0,
        "error": "",
        "run_after": timezone.now(),
        "sent_at": None,
        "started_at": None,
        "finished_at": None,
    }


def send_after_commit(job: Job) -> None:
    transaction.on_commit(partial(_send, job.pk, QUEUES[job.kind]))


def _send(job_id: int, queue: str) -> None:
    try:
        current_app.send_task(TASK_NAME, kwargs={"job_id": job_id}, queue=queue, retry=False)
    except OperationalError:
        # The broker is away. The row is kept, and the sweep sends it when the broker is back.
        log.warning("broker_unreachable", job_id=job_id)
    else:
        Job.objects.filter(pk=job_id).update(sent_at=timezone.now())


@transaction.atomic
def claim(job_id: int) -> Job | None:
    """Take the job for one attempt; None if another worker has it or it is no longer wanted."""
    job = Job.objects.select_for_update().claimable().filter(pk=job_id).first()
    if job is None:
        return None
    job.state = Job.State.RUNNING
    job.attempt += 1
    job.rerun = False
    job.lease_until = Job.new_lease()
    job.started_at = timezone.now()
    job.save()
    return job


def renew(job: Job, **progress: object) -> None:
    """Keep the lease and store progress. Raises LeaseLost when this attempt is no longer the one that counts."""
    if not _held(job).update(lease_until=Job.new_lease(), **progress):
        raise LeaseLost(f"{job} is no longer attempt {job.attempt}'s to work on.")


def finish(job: Job) -> None:
    if _held(job).filter(rerun=True).update(**_afresh()):
        send_after_commit(job)
    elif not _held(job).update(**_ended(Job.State.DONE, error="")):
        raise LeaseLost(f"{job} was taken over while attempt {job.attempt} finished.")


def try_later(job: Job, *, error: str) -> None:
    """Note the error and put the job back for its next attempt, after a pause."""
    _held(job).update(state=Job.State.QUEUED, error=error, run_after=timezone.now() + timedelta(seconds=2**job.attempt))


def fail(job: Job, *, error: str) -> bool:
    """End the job: its attempts are used up, or its input is at fault and trying again would end the same way.

    False, and nothing done, if another attempt holds it now.
    """
    return bool(_held(job).update(**_ended(Job.State.FAILED, error=error)))


def postpone(job: Job, *, error: str) -> None:
    """Put the job back because something outside does not answer; this does not count as an attempt."""
    _held(job).update(
        state=Job.State.QUEUED,
        attempt=F("attempt") - 1,
        error=error,
        run_after=timezone.now() + timedelta(seconds=2),
    )


def _held(job: Job) -> models.QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempt=job.attempt)


def _ended(state: Job.State, *, error: str) -> dict[str, object]:
    return {"state": state, "error": error, "finished_at": timezone.now()}


def sweep() -> int:
    """Send what no message speaks of: dead workers' jobs, postponed and failed attempts, lost messages."""
    jobs = list(Job.objects.unsent()[:200])
    for job in jobs:
        _send(job.pk, QUEUES[job.kind])
    return len(jobs)


def retry(*, job_id: int, project_id: int) -> Job:
    """Start a failed or cancelled job afresh."""
    with transaction.atomic():
        job = _of_project(job_id=job_id, project_id=project_id)
        if not Job.objects.filter(pk=job.pk, state__in=STATES_TO_RETRY).update(**_afresh()):
            raise NotRetryable(f"“{job.title}” is {job.state}; only failed or cancelled work is tried again.")
        send_after_commit(job)
    job.refresh_from_db()
    return job


def cancel(*, job_id: int, project_id: int) -> Job:
    """Stop a live job. Its worker notices at its next progress report; what it has stored is kept."""
    job = _of_project(job_id=job_id, project_id=project_id)
    if not Job.objects.live().filter(pk=job.pk).update(**_ended(Job.State.CANCELLED, error="")):
        raise NotRetryable(f"“{job.title}” is {job.state}; there is nothing to cancel.")
    job.refresh_from_db()
    return job


def _of_project(*, job_id: int, project_id: int) -> Job:
    job = Job.objects.filter(pk=job_id, project_id=project_id).first()
    if job is None:
        raise NotFound(f"There is no job {job_id} in this project.")
    return job
