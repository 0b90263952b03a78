"""The model zoo of a project: the backbones, which of them suits its pool, and the choice of another."""

from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of, user_of
from heedful.api.schemas.backbones import (
    BackboneIn,
    ComparingOut,
    ComparisonOut,
    FileIn,
    NamedIn,
    OwnBackboneOut,
    SwitchOut,
    ZooBackboneOut,
    ZooOut,
)
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.projects import BackboneOut
from heedful.core.errors import NotFound
from heedful.jobs.models import Job
from heedful.projects.backbones import BackboneInfo
from heedful.projects.models import Project
from heedful.registry.backbones import change_backbone, embedding_effort, pretrained, switch_of
from heedful.registry.comparison import advice_sentence, job_of, missing_labels, request_comparison
from heedful.registry.models import BackboneComparison
from heedful.registry.services import champion
from heedful.registry.zoo import (
    Declared,
    add_file,
    add_from_hub,
    add_package,
    backbones_of,
    hub_installed,
    numbers,
    packaged,
    remove_backbone,
)
from heedful.triggers.loop import request_advance

router = Router(tags=["backbones"])
ZOO = "/projects/{project_id}/backbones"


@router.get(ZOO, operation_id="getZoo", response={200: ZooOut, 404: ErrorOut}, **needs(Permission.SEE))
def get_zoo(request: HttpRequest, project_id: int) -> ZooOut:
    return _zoo_out(project_of(request, project_id))


@router.post(
    ZOO + "/comparison",
    operation_id="compareBackbones",
    response={202: ZooOut, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.RUN_LOOP),
)
def post_comparison(request: HttpRequest, project_id: int) -> Status[ZooOut]:
    """Try every backbone on the labels at hand: cross-validated heads, with intervals, and pictures a second."""
    project = project_of(request, project_id)
    request_comparison(project=project)
    return Status(202, _zoo_out(project))


@router.post(
    ZOO + "/choice",
    operation_id="chooseBackbone",
    response={200: ZooOut, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def post_choice(request: HttpRequest, project_id: int, payload: BackboneIn) -> ZooOut:
    """Embed the pool under that backbone and train on it; the champion serves until such a version is promoted."""
    change_backbone(project=project_of(request, project_id), name=payload.name, by=user_of(request))
    request_advance(project_id)
    return _zoo_out(project_of(request, project_id))


@router.post(
    ZOO + "/files",
    operation_id="uploadBackbone",
    response={202: ZooOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def post_file(
    request: HttpRequest, project_id: int, file: File[UploadedFile], declared: Form[FileIn]
) -> Status[ZooOut]:
    """Bring an ONNX or TorchScript file. A worker runs it, and says what it does not keep of the declaration."""
    project = project_of(request, project_id)
    add_file(
        project=project,
        declared=Declared(
            name=declared.name,
            licence=declared.licence,
            origin=declared.origin,
            size=declared.size,
            mean=numbers(declared.mean, field="mean"),
            std=numbers(declared.std, field="std"),
            embedding_width=declared.embedding_width,
        ),
        content=file,
        by=user_of(request),
    )
    return Status(202, _zoo_out(project))


@router.post(
    ZOO + "/named",
    operation_id="addBackbone",
    response={202: ZooOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def post_named(request: HttpRequest, project_id: int, payload: NamedIn) -> Status[ZooOut]:
    """Bring one of an installed package, or of the transformers hub, where the network allows."""
    project, by = project_of(request, project_id), user_of(request)
    if payload.kind == "package":
        add_package(project=project, name=payload.name, by=by)
    else:
        add_from_hub(project=project, name=payload.name, source=payload.source, licence=payload.licence, by=by)
    return Status(202, _zoo_out(project))


@router.delete(
    ZOO + "/own/{own_id}",
    operation_id="removeBackbone",
    response={200: ZooOut, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def delete_own(request: HttpRequest, project_id: int, own_id: int) -> ZooOut:
    project = project_of(request, project_id)
    own = project.own_backbones.filter(pk=own_id).first()
    if own is None:
        raise NotFound(f"There is no backbone {own_id} in this project.")
    remove_backbone(own=own, by=user_of(request))
    return _zoo_out(project)


def _zoo_out(project: Project) -> ZooOut:
    best = champion(project.pk)
    own = list(project.own_backbones.order_by("-pk"))
    comparison = BackboneComparison.objects.filter(project=project).first()
    switch = switch_of(project)
    return ZooOut(
        backbones=[_backbone_out(project, one, comparison) for one in backbones_of(project)],
        own=[OwnBackboneOut.from_orm(one) for one in own],
        packages=[name for name in packaged() if name not in {one.name for one in own}],
        hub=hub_installed(),
        serving=best.backbone.name if best else None,
        champion=best.number if best else None,
        switch=SwitchOut.from_orm(switch) if switch else None,
        missing=missing_labels(project),
        comparing=_comparing_out(job_of(project)),
        comparison=_comparison_out(project, comparison) if comparison else None,
    )


def _backbone_out(project: Project, info: BackboneInfo, comparison: BackboneComparison | None) -> ZooBackboneOut:
    exported = pretrained(info.name)
    speed: dict[str, Any] = (exported and exported.speed) or {}
    effort = embedding_effort(project, exported, comparison)
    return ZooBackboneOut(
        **BackboneOut.from_orm(info).model_dump(),
        chosen=info.name == project.backbone,
        per_second=speed.get("per_second"),
        latency_ms=speed.get("latency_ms"),
        threads=speed.get("threads"),
        to_embed=effort.samples,
        embed_seconds=effort.seconds,
        with_decoding=effort.with_decoding,
    )


def _comparing_out(job: Job | None) -> ComparingOut | None:
    if job is None or job.state not in (Job.State.QUEUED, Job.State.RUNNING, Job.State.FAILED):
        return None
    return ComparingOut(
        live=job.state != Job.State.FAILED, done=job.done, total=job.total, unit=job.unit, error=job.error
    )


def _comparison_out(project: Project, comparison: BackboneComparison) -> ComparisonOut:
    body = comparison.body
    return ComparisonOut(**body, sentence=advice_sentence(body, project.budget.currency), made_at=comparison.made_at)
