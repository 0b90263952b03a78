"""Background work: how far it is, what failed, and another try."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of
from heedful.api.paging import Limit, Offset
from heedful.api.schemas.common import ErrorOut, JobFilter
from heedful.api.schemas.work import JobOut, JobPage
from heedful.jobs.models import Job
from heedful.jobs.services import retry
from heedful.triggers.endings import cancel_job
from heedful.triggers.loop import request_advance

router = Router(tags=["jobs"])


@router.get(
    "/projects/{project_id}/jobs",
    operation_id="listJobs",
    response={200: JobPage, 404: ErrorOut},
    **needs(Permission.SEE),
)
def list_jobs(
    request: HttpRequest,
    project_id: int,
    state: JobFilter | None = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> JobPage:
    """Newest first. Housekeeping that runs many times a minute is listed only when it failed."""
    jobs = Job.objects.filter(project_id=project_of(request, project_id).pk)
    housekeeping = jobs.filter(kind__in=Job.HOUSEKEEPING).exclude(state=Job.State.FAILED)
    jobs = jobs.exclude(pk__in=housekeeping.values("pk"))
    if state:
        jobs = jobs.filter(state=state)
    page = jobs.order_by("-run_after", "-pk")[offset : offset + limit]
    return JobPage(count=jobs.count(), items=[_job_out(job) for job in page])


@router.post(
    "/projects/{project_id}/jobs/{job_id}/retry",
    operation_id="retryJob",
    response={200: JobOut, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.RUN_LOOP),
)
def retry_job(request: HttpRequest, project_id: int, job_id: int) -> JobOut:
    return _job_out(retry(job_id=job_id, project_id=project_of(request, project_id).pk))


@router.post(
    "/projects/{project_id}/jobs/{job_id}/cancel",
    operation_id="cancelJob",
    response={200: JobOut, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.RUN_LOOP),
)
def stop_job(request: HttpRequest, project_id: int, job_id: int) -> JobOut:
    project = project_of(request, project_id)
    job = cancel_job(job_id=job_id, project_id=project.pk)
    request_advance(project.pk)
    return _job_out(job)


def _job_out(job: Job) -> JobOut:
    return JobOut(
        id=job.pk,
        kind=job.kind,
        title=job.title,
        state=job.state,
        done=job.done,
        total=job.total,
        unit=job.unit,
        attempt=job.attempt,
        max_attempts=Job.MAX_ATTEMPTS,
        error=job.error,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        expected_end=_expected_end(job),
    )


def _expected_end(job: Job) -> datetime | None:
    """At the pace so far."""
    if job.state != Job.State.RUNNING or not job.started_at or not 0 < job.done <= job.total:
        return None
    now = timezone.now()
    return now + (now - job.started_at) * (job.total - job.done) / job.done
