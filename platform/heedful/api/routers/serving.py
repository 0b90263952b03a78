"""Predictions, smaller forms of a version, and the bundle that runs without us."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from ninja import File, Router, Status
from ninja.files import UploadedFile

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.serving import (
    PredictedPictureOut,
    PredictionsOut,
    VariantChoice,
    VariantOut,
    VariantsIn,
    VariantsOut,
)
from heedful.core.money import rounded
from heedful.jobs.models import Job
from heedful.registry import serving
from heedful.registry.models import ModelVariant, ModelVersion
from heedful.registry.predictor import Answer
from heedful.registry.variants import job_of, named_version, request_variants

router = Router(tags=["models"])
FULL = ModelVariant.Kind.FULL


@router.post(
    "/projects/{project_id}/predict",
    operation_id="predict",
    response={200: PredictionsOut, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut, 503: ErrorOut},
    **needs(Permission.PREDICT),
)
def predict(
    request: HttpRequest,
    project_id: int,
    pictures: File[list[UploadedFile]],
    version: int | None = None,
    variant: VariantChoice = FULL,
) -> PredictionsOut:
    """What the champion says of pictures, or another version; in full, smaller, or by a cascade of both."""
    project = project_of(request, project_id)
    # Before their bytes are read.
    serving.check_pictures([one.size or 0 for one in pictures])
    sent = [(one.name or "picture", one.read()) for one in pictures]
    served = serving.predict(project=project, number=version, variant=variant, pictures=sent)
    answer = served.answer
    return PredictionsOut(
        model_number=served.model.number,
        variant=variant,
        seconds=answer.seconds,
        pictures=[
            PredictedPictureOut(
                name=name,
                decision=answer.classes[answer.decisions[place]],
                expected_cost=rounded(Decimal(answer.expected_costs[place])),
                probabilities=dict(zip(answer.classes, answer.probabilities[place], strict=True)),
                answered_by=served.steps[answer.by[place]].kind,
                out_of_distribution=_is_foreign(answer, place),
                foreign_score=answer.foreign_scores[place],
                foreign_threshold=answer.foreign_thresholds[place],
            )
            for place, (name, _) in enumerate(sent)
        ],
    )


def _is_foreign(answer: Answer, place: int) -> bool | None:
    score, threshold = answer.foreign_scores[place], answer.foreign_thresholds[place]
    return None if score is None or threshold is None else score > threshold


@router.get(
    "/projects/{project_id}/models/{number}/bundle",
    operation_id="downloadBundle",
    response={200: None, 404: ErrorOut, 409: ErrorOut, 503: ErrorOut},
    **needs(Permission.SEE),
)
def download_bundle(request: HttpRequest, project_id: int, number: int, variant: VariantChoice = FULL) -> HttpResponse:
    """A zip that runs without Heedful: graph, preprocessing, classes, costs, card, checksums and a small program."""
    project = project_of(request, project_id)
    response = HttpResponse(
        serving.bundle(project=project, number=number, variant=variant), content_type="application/zip"
    )
    name = f"{slugify(project.name) or 'model'}-v{number}-{variant}"
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response


@router.get(
    "/projects/{project_id}/models/{number}/variants",
    operation_id="listVariants",
    response={200: VariantsOut, 404: ErrorOut},
    **needs(Permission.SEE),
)
def list_variants(request: HttpRequest, project_id: int, number: int) -> VariantsOut:
    return _variants_out(named_version(project_of(request, project_id), number))


@router.post(
    "/projects/{project_id}/models/{number}/variants",
    operation_id="makeVariants",
    response={202: VariantsOut, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.RUN_LOOP),
)
def make_variants(request: HttpRequest, project_id: int, number: int, payload: VariantsIn) -> Status[VariantsOut]:
    """Make half precision, 8-bit integers, a student if asked for, and a cascade of the version, and judge each beside
    the full one."""
    model = named_version(project_of(request, project_id), number)
    request_variants(model=model, hour_price=payload.hour_price, distil=payload.distil)
    return Status(202, _variants_out(model))


def _variants_out(model: ModelVersion) -> VariantsOut:
    job = job_of(model)
    making = job is not None and job.state in (Job.State.QUEUED, Job.State.RUNNING)
    order = ModelVariant.Kind.values
    return VariantsOut(
        model_number=model.number,
        making=making,
        done=job.done if job and making else 0,
        total=job.total if job and making else 0,
        unit=job.unit if job and making else "",
        error=job.error if job and job.state == Job.State.FAILED else "",
        variants=[
            _variant_out(model, one) for one in sorted(model.variants.all(), key=lambda one: order.index(one.kind))
        ],
    )


def _variant_out(model: ModelVersion, variant: ModelVariant) -> VariantOut:
    report = variant.report
    speed = report.get("speed", {})
    figures = ("expected_cost", "cost_difference", "agreement", "compared", "gold_size", "share")
    return VariantOut(
        kind=variant.kind,
        passed=variant.passed,
        sentences=report["sentences"],
        recipe=report["recipe"],
        size_bytes=variant.size_bytes,
        bundle_url=_bundle_url(model, variant) if variant.passed else None,
        made_at=variant.made_at,
        **{name: speed.get(name) for name in ("latency_ms", "slow_ms", "per_second", "threads")},
        **{name: report.get(name) for name in figures},
    )


def _bundle_url(model: ModelVersion, variant: ModelVariant) -> str:
    return f"/api/projects/{model.project_id}/models/{model.number}/bundle?variant={variant.kind}"
