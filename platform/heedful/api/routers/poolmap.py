"""The map of the pool: its points, and what they can be coloured by."""

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.poolmap import PoolMapOut
from heedful.core.errors import NotFound
from heedful.jobs.models import Job
from heedful.projects.models import Project
from heedful.registry.poolmap import job_of, legend, map_backbone, map_of, points, request_map

router = Router(tags=["pool"])
MAP = "/projects/{project_id}/map"


@router.get(MAP, operation_id="getPoolMap", response={200: PoolMapOut, 404: ErrorOut}, **needs(Permission.SEE))
def get_map(request: HttpRequest, project_id: int) -> PoolMapOut:
    return _map_out(project_of(request, project_id))


@router.post(MAP, operation_id="drawPoolMap", response={202: PoolMapOut, 404: ErrorOut}, **needs(Permission.RUN_LOOP))
def post_map(request: HttpRequest, project_id: int) -> Status[PoolMapOut]:
    """Have it drawn, or drawn again."""
    project = project_of(request, project_id)
    request_map(project)
    return Status(202, _map_out(project))


@router.get(
    MAP + "/points",
    operation_id="getPoolMapPoints",
    response={200: None, 404: ErrorOut},
    **needs(Permission.SEE),
)
def get_points(request: HttpRequest, project_id: int) -> HttpResponse:
    """Columns end to end: x, y, uncertainty (float32), id (uint32), round, source (uint16), label, predicted, state
    (uint8), each of as many numbers as there are points; little-endian."""
    made = map_of(project_of(request, project_id))
    if made is None:
        raise NotFound("The map is not drawn yet.")
    return HttpResponse(points(made), content_type="application/octet-stream")


def _map_out(project: Project) -> PoolMapOut:
    made, job = map_of(project), job_of(project)
    live = job is not None and job.state in (Job.State.QUEUED, Job.State.RUNNING)
    backbone = map_backbone(project)
    pool = project.samples.filter(shard__isnull=False).count()
    return PoolMapOut(
        size=made.size if made else 0,
        missing=max(pool - made.size, 0) if made else pool,
        stale=made is not None and backbone is not None and made.backbone_id != backbone.pk,
        kept=made.kept if made else None,
        backbone=made.backbone.name if made else None,
        made_at=made.made_at if made else None,
        live=live,
        done=job.done if job and live else 0,
        total=job.total if job and live else 0,
        error=job.error if job and job.state == Job.State.FAILED else "",
        **legend(project),
    )
