"""Training runs and model versions."""

from django.http import HttpRequest
from ninja import Router, Status

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of, user_of
from heedful.api.routers.loop import curve_point
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.registry import ModelOut, PromotionIn, RunIn, RunOut, TermOut, VerdictOut, WeakStageOut
from heedful.core.signing import media_url
from heedful.projects.models import Project
from heedful.registry.models import ModelVersion, TrainingRun
from heedful.registry.reports import attention_alarms
from heedful.registry.services import promote_by_hand
from heedful.registry.terms_worded import terms_worded
from heedful.registry.variants import named_version
from heedful.registry.weak_worth import WeakWorth, fan_now, weak_worth
from heedful.triggers.loop import request_advance
from heedful.triggers.services import train_now

router = Router(tags=["models"])


@router.get(
    "/projects/{project_id}/models",
    operation_id="listModels",
    response={200: list[ModelOut], 404: ErrorOut},
    **needs(Permission.SEE),
)
def list_models(request: HttpRequest, project_id: int) -> list[ModelOut]:
    project = project_of(request, project_id)
    classes = [one.name for one in project.classes()]
    focus = project.costly_class()
    models = project.models.select_related("run__snapshot", "backbone", "evaluation").order_by("-number")
    fan, alarms = fan_now(project), attention_alarms(project)
    return [
        _model_out(model, project, classes, focus, weak_worth(model, fan), alarms.get(model.pk, [])) for model in models
    ]


def _model_out(
    model: ModelVersion,
    project: Project,
    classes: list[str],
    focus: int,
    weak: WeakWorth | None,
    alarms: list[str],
) -> ModelOut:
    verdict = model.verdict
    return ModelOut(
        number=model.number,
        kind=model.run.kind,
        state=model.state,
        backbone=model.backbone.name,
        labels=model.run.snapshot.count,
        labels_hash=model.run.snapshot.content_hash,
        spent=model.run.spent,
        seconds=model.run.report.get("seconds"),
        parity=model.parity,
        metrics=curve_point(model, classes, focus),
        verdict=VerdictOut(
            promote=verdict["promote"],
            sentences=verdict["sentences"],
            probability_cheaper=verdict["probability_cheaper"],
            cost_difference=verdict["cost_difference"],
        ),
        priors=model.run.report.get("priors"),
        weak_stage=WeakStageOut.from_orm(weak) if weak else None,
        augmentation=model.run.report.get("augmentation"),
        alarms=alarms,
        terms=[TermOut.from_orm(term) for term in terms_worded(model, project, classes)],
        bundle_url=f"/api/projects/{model.project_id}/models/{model.number}/bundle",
        download_url=media_url(
            model.graph_address, download_as=f"{model.project.name}-v{model.number}.onnx".replace(" ", "-")
        ),
        created_at=model.created_at,
    )


@router.post(
    "/projects/{project_id}/models/{number}/promotion",
    operation_id="promoteModel",
    response={204: None, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut},
    **needs(Permission.RUN_LOOP),
)
def post_promotion(request: HttpRequest, project_id: int, number: int, payload: PromotionIn) -> Status[None]:
    """Make a version champion against its verdict, or again, with a reason; all that follows a promotion follows."""
    model = named_version(project_of(request, project_id), number)
    promote_by_hand(model=model, reason=payload.reason, by=user_of(request))
    request_advance(project_id)
    return Status(204, None)


@router.get(
    "/projects/{project_id}/runs",
    operation_id="listRuns",
    response={200: list[RunOut], 404: ErrorOut},
    **needs(Permission.SEE),
)
def list_runs(request: HttpRequest, project_id: int) -> list[RunOut]:
    runs = project_of(request, project_id).runs.select_related("snapshot", "model").order_by("-pk")
    return [_run_out(run) for run in runs[:100]]


@router.post(
    "/projects/{project_id}/runs",
    operation_id="startRun",
    response={201: RunOut, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.RUN_LOOP),
)
def start_run(request: HttpRequest, project_id: int, payload: RunIn) -> Status[RunOut]:
    """Train now: quick on cached embeddings, or deep, which fine-tunes the backbone first."""
    project = project_of(request, project_id)
    run = train_now(project=project, kind=TrainingRun.Kind(payload.kind), by=user_of(request))
    return Status(201, _run_out(run))


def _run_out(run: TrainingRun) -> RunOut:
    model = getattr(run, "model", None)
    return RunOut(
        id=run.pk,
        kind=run.kind,
        state=run.state,
        reason=run.reason,
        labels=run.snapshot.count,
        model_number=model.number if model else None,
        error=run.error,
        created_at=run.created_at,
        finished_at=run.finished_at,
    )
