"""Inspect: what a model looks at in pictures, of the pool or from anywhere, through any method."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.text import slugify
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of, user_of
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.inspection import (
    InspectionDetailOut,
    InspectionOut,
    LookedIntoOut,
    LookOut,
    LooksOut,
    MapOut,
    MethodsOut,
    OwnModelIn,
    OwnModelOut,
    ProjectWishIn,
    WishIn,
)
from heedful.core.errors import NotFound
from heedful.core.signing import media_url
from heedful.inspection import looking
from heedful.inspection.models import Inspection, OwnModel
from heedful.inspection.own_models import Declared, add_model, own_model, remove_model
from heedful.jobs.models import Job
from heedful.projects.models import Project
from heedful.registry.models import ModelVersion
from heedful.registry.serving import check_pictures
from heedful.registry.variants import named_version

router = Router(tags=["inspect"])
PROJECT = "/projects/{project_id}/inspect"
LATER = "/projects/{project_id}/inspections"


@router.get(
    PROJECT + "/methods",
    operation_id="listMethods",
    response={200: MethodsOut, 404: ErrorOut, 409: ErrorOut, 503: ErrorOut},
    **needs(Permission.SEE),
)
def list_methods(request: HttpRequest, project_id: int, version: int | None = None) -> MethodsOut:
    """Every method with its settings, for the champion or another version, and the version's layers."""
    model = named_version(project_of(request, project_id), version)
    return MethodsOut(model=_version_out(model), **looking.methods_of(model))


@router.post(
    PROJECT,
    operation_id="inspect",
    response={200: LooksOut, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut, 503: ErrorOut},
    **needs(Permission.PREDICT),
)
def post_look(
    request: HttpRequest, project_id: int, wish: Form[ProjectWishIn], pictures: File[list[UploadedFile] | None] = None
) -> LooksOut:
    """Look at pictures, or at samples of the pool, now. Nothing of what is sent is kept but the maps."""
    project = project_of(request, project_id)
    model = named_version(project, wish.version)
    found = looking.look(
        model=model,
        wish=_wish(wish),
        sent=_sent(pictures),
        samples=looking.samples_named(project, wish.samples),
    )
    return LooksOut(
        model=_version_out(model),
        method=wish.method,
        settings=wish.settings,
        pictures=[_look_out(one, one["name"], one["sample_id"]) for one in found],
    )


@router.post(
    LATER,
    operation_id="inspectLater",
    response={202: InspectionOut, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut},
    **needs(Permission.RUN_LOOP),
)
def post_inspection(
    request: HttpRequest, project_id: int, wish: Form[ProjectWishIn], pictures: File[list[UploadedFile] | None] = None
) -> Status[InspectionOut]:
    """Look at many pictures or samples by a job. Kept for two weeks."""
    project = project_of(request, project_id)
    made = looking.look_later(
        model=named_version(project, wish.version),
        wish=_wish(wish),
        sent=[(one.name or "picture", one) for one in pictures or []],
        samples=looking.samples_named(project, wish.samples),
        by=user_of(request),
    )
    return Status(202, InspectionOut(**_inspection(made)))


@router.get(
    LATER, operation_id="listInspections", response={200: list[InspectionOut], 404: ErrorOut}, **needs(Permission.SEE)
)
def list_inspections(request: HttpRequest, project_id: int) -> list[InspectionOut]:
    made = project_of(request, project_id).inspections.select_related("model", "by").order_by("-pk")
    return [InspectionOut(**_inspection(one)) for one in made[:50]]


@router.get(
    LATER + "/{inspection_id}",
    operation_id="getInspection",
    response={200: InspectionDetailOut, 404: ErrorOut},
    **needs(Permission.SEE),
)
def get_inspection(request: HttpRequest, project_id: int, inspection_id: int) -> InspectionDetailOut:
    made = _inspection_of(project_of(request, project_id), inspection_id)
    done = zip(made.pictures, made.found, strict=False)
    return InspectionDetailOut(
        **_inspection(made),
        model=_version_out(made.model),
        pictures=[_look_out(_signed(found), asked["name"], asked.get("sample_id")) for asked, found in done],
    )


@router.delete(
    LATER + "/{inspection_id}",
    operation_id="forgetInspection",
    response={204: None, 404: ErrorOut},
    **needs(Permission.RUN_LOOP),
)
def delete_inspection(request: HttpRequest, project_id: int, inspection_id: int) -> Status[None]:
    looking.forget(_inspection_of(project_of(request, project_id), inspection_id))
    return Status(204, None)


@router.get("/models", operation_id="listOwnModels", response=list[OwnModelOut])
def list_own(request: HttpRequest) -> list[OwnModelOut]:
    """Models of the caller's own, of no project."""
    return [OwnModelOut.from_orm(one) for one in OwnModel.objects.filter(owner=user_of(request)).order_by("-pk")]


@router.post("/models", operation_id="addOwnModel", response={201: OwnModelOut, 422: ErrorOut, 503: ErrorOut})
def post_own(request: HttpRequest, file: File[UploadedFile], declared: Form[OwnModelIn]) -> Status[OwnModelOut]:
    """Bring an ONNX or TorchScript classifier. It is run, and refused with the field at fault if it does not keep what
    is declared of it."""
    told = declared.model_dump()
    metrics = told.pop("metrics")
    made = add_model(owner=user_of(request), declared=Declared(**told), metrics=metrics, content=file)
    return Status(201, OwnModelOut.from_orm(made))


@router.delete("/models/{model_id}", operation_id="removeOwnModel", response={204: None, 404: ErrorOut})
def delete_own(request: HttpRequest, model_id: int) -> Status[None]:
    remove_model(own_model(user_of(request), model_id))
    return Status(204, None)


@router.get(
    "/models/{model_id}/methods",
    operation_id="listMethodsOfOwn",
    response={200: MethodsOut, 404: ErrorOut, 503: ErrorOut},
)
def list_methods_of_own(request: HttpRequest, model_id: int) -> MethodsOut:
    model = own_model(user_of(request), model_id)
    return MethodsOut(model=_own_out(model), **looking.methods_of(model))


@router.post(
    "/models/{model_id}/inspect",
    operation_id="inspectOwn",
    response={200: LooksOut, 404: ErrorOut, 422: ErrorOut, 503: ErrorOut},
)
def post_look_of_own(
    request: HttpRequest, model_id: int, wish: Form[WishIn], pictures: File[list[UploadedFile]]
) -> LooksOut:
    """Look at pictures with a model of one's own."""
    model = own_model(user_of(request), model_id)
    found = looking.look(model=model, wish=_wish(wish), sent=_sent(pictures))
    return LooksOut(
        model=_own_out(model),
        method=wish.method,
        settings=wish.settings,
        pictures=[_look_out(one, one["name"], None) for one in found],
    )


def _wish(wish: WishIn) -> looking.Wish:
    return looking.Wish(wish.method, wish.settings, wish.top, wish.classes)


def _sent(pictures: Sequence[UploadedFile] | None) -> list[looking.Sent]:
    if not pictures:
        return []
    # Before their bytes are read.
    check_pictures([one.size or 0 for one in pictures])
    return [(one.name or "picture", one.read()) for one in pictures]


def _version_out(model: ModelVersion) -> LookedIntoOut:
    metrics = model.evaluation.metrics if hasattr(model, "evaluation") else {}
    return LookedIntoOut(
        name=model.project.name,
        version=f"v{model.number}",
        made_at=model.created_at,
        classes=[one.name for one in model.project.classes()],
        size=None,
        metrics={
            name.replace("_", " ").replace("f1", "F1"): one["value"]
            for name, one in metrics.items()
            if isinstance(one, dict) and isinstance(one.get("value"), int | float)
        },
    )


def _own_out(model: OwnModel) -> LookedIntoOut:
    return LookedIntoOut(
        name=model.name,
        version=model.version,
        made_at=model.added_at,
        classes=model.classes,
        size=model.size,
        metrics=model.metrics,
    )


def _look_out(found: Mapping[str, Any], name: str, sample_id: int | None) -> LookOut:
    return LookOut(
        name=name,
        sample_id=sample_id,
        error=found["error"],
        width=found.get("width"),
        height=found.get("height"),
        input_url=found.get("input"),
        prepared_url=found.get("prepared"),
        example_url=found.get("example"),
        maps=[_map_out(one, name) for one in found["maps"]],
    )


def _map_out(one: Mapping[str, Any], name: str) -> MapOut:
    stem = f"{slugify(name.rsplit('.', 1)[0]) or 'picture'}-{slugify(one['name']) or one['index']}"
    return MapOut(
        index=one["index"],
        name=one["name"],
        probability=one["probability"],
        lowest=one["lowest"],
        highest=one["highest"],
        npy_url=media_url(one["map_address"], download_as=f"{stem}.npy"),
        png_url=media_url(one["png_address"], download_as=f"{stem}.png"),
        heat_url=media_url(one["heat_address"]),
    )


def _signed(found: Mapping[str, Any]) -> dict[str, Any]:
    """What a job found holds addresses where the predictor writes the pictures themselves."""
    pictures = {what: found.get(what) for what in ("input", "prepared", "example")}
    return {**found, **{what: address and media_url(address) for what, address in pictures.items()}}


def _inspection(made: Inspection) -> dict[str, Any]:
    job = looking.job_of(made)
    return {
        "id": made.pk,
        "model_number": made.model.number,
        "method": made.method,
        "settings": made.settings,
        "live": job is not None and job.state in (Job.State.QUEUED, Job.State.RUNNING),
        "error": job.error if job is not None and job.state == Job.State.FAILED else "",
        "done": len(made.found),
        "total": len(made.pictures),
        "by": str(made.by) if made.by else None,
        "made_at": made.made_at,
    }


def _inspection_of(project: Project, inspection_id: int) -> Inspection:
    made = project.inspections.select_related("model", "by").filter(pk=inspection_id).first()
    if made is None:
        raise NotFound(f"There is no inspection {inspection_id} in this project; it is kept for two weeks.")
    return made
