"""Projects."""

from django.http import HttpRequest
from ninja import Router, Status

from heedful.accounts.permissions import Permission, may
from heedful.api.access import needs, project_of, user_of
from heedful.api.present import outline_out, project_out
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.projects import BackboneOut, ProjectIn, ProjectOut, ProjectOutlineOut, ProjectPatch
from heedful.budgets.services import NewBudget, change_limit
from heedful.projects.backbones import BACKBONES, BackboneInfo
from heedful.projects.models import Project
from heedful.projects.services import NewProject, change_project
from heedful.registry.forecasts import request_forecast
from heedful.triggers.loop import request_advance
from heedful.triggers.setup import set_up_project

router = Router(tags=["projects"])
MAY_BE_TAKEN_BACK = {"yearly_volume", "target_cost", "compute_price"}
FORECAST_RESTS_ON = {"budget", "target_cost"}


@router.get("/backbones", operation_id="listBackbones", response=list[BackboneOut])
def list_backbones(request: HttpRequest) -> list[BackboneInfo]:
    return list(BACKBONES.values())


@router.get("/projects", operation_id="listProjects", response=list[ProjectOut | ProjectOutlineOut])
def list_projects(request: HttpRequest) -> list[ProjectOut | ProjectOutlineOut]:
    """The caller's projects; of those in which they only label, the outline."""
    user = user_of(request)
    projects = Project.objects.visible_to(user).select_related("budget").order_by("-created_at")
    return [
        project_out(project) if may(user, project.pk, Permission.SEE) else outline_out(project, user)
        for project in projects
    ]


@router.post("/projects", operation_id="createProject", response={201: ProjectOut, 422: ErrorOut})
def create_project(request: HttpRequest, payload: ProjectIn) -> Status[ProjectOut]:
    project = set_up_project(
        new=NewProject(
            name=payload.name,
            problem=payload.problem,
            backbone=payload.backbone,
            classes=[(one.name, one.color) for one in payload.classes],
            costs=payload.costs,
            round_size=payload.round_size,
            gold_size=payload.gold_size,
            control_share=payload.control_share,
        ),
        budget=NewBudget(
            currency=payload.currency,
            limit=payload.budget,
            rate_kind=payload.rate.kind,
            rate_amount=payload.rate.amount,
            expected_seconds=payload.rate.expected_seconds,
            cap_seconds=payload.rate.cap_seconds,
        ),
        owner=user_of(request),
    )
    return Status(201, project_out(project))


@router.get(
    "/projects/{project_id}",
    operation_id="getProject",
    response={200: ProjectOut, 404: ErrorOut},
    **needs(Permission.SEE),
)
def get_project(request: HttpRequest, project_id: int) -> ProjectOut:
    return project_out(project_of(request, project_id))


@router.get(
    "/projects/{project_id}/outline",
    operation_id="getOutline",
    response={200: ProjectOutlineOut, 404: ErrorOut},
    **needs(Permission.OUTLINE),
)
def get_outline(request: HttpRequest, project_id: int) -> ProjectOutlineOut:
    """Name, classes, and what the caller may do here."""
    return outline_out(project_of(request, project_id), user_of(request))


@router.patch(
    "/projects/{project_id}",
    operation_id="updateProject",
    response={200: ProjectOut, 404: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def update_project(request: HttpRequest, project_id: int, payload: ProjectPatch) -> ProjectOut:
    project = project_of(request, project_id)
    given = payload.model_dump(exclude_unset=True)
    changes = {name: value for name, value in given.items() if value is not None or name in MAY_BE_TAKEN_BACK}
    forecast_is_old = not FORECAST_RESTS_ON.isdisjoint(changes)
    if (limit := changes.pop("budget", None)) is not None:
        change_limit(project_id=project.pk, limit=limit, by=user_of(request))
    change_project(project=project, changes=changes, by=user_of(request))
    request_advance(project.pk)
    if forecast_is_old:
        request_forecast(project.pk)
    return project_out(project_of(request, project_id))
