"""The loop: where it stands, what quality has cost so far, and its rounds."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest
from ninja import Router, Status

from heedful.accounts.permissions import Permission
from heedful.acquisition.models import QueryRound, QueueItem
from heedful.api.access import needs, project_of, user_of
from heedful.api.overview import overview
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.loop import ClassMetrics, CurveOut, CurvePoint, OverviewOut, RoundOut
from heedful.core.money import ZERO
from heedful.projects.models import Project
from heedful.registry.models import ModelVersion
from heedful.registry.terms_worded import evaluation_merges
from heedful.triggers.loop import open_round_now

router = Router(tags=["loop"])


@router.get(
    "/projects/{project_id}/overview",
    operation_id="getOverview",
    response={200: OverviewOut, 404: ErrorOut},
    **needs(Permission.SEE),
)
def get_overview(request: HttpRequest, project_id: int) -> OverviewOut:
    return overview(project_of(request, project_id))


@router.get(
    "/projects/{project_id}/curve",
    operation_id="getCurve",
    response={200: CurveOut, 404: ErrorOut},
    **needs(Permission.SEE),
)
def get_curve(request: HttpRequest, project_id: int) -> CurveOut:
    """Quality on gold against money spent, one point a model version."""
    project = project_of(request, project_id)
    models = project.models.select_related("run__snapshot", "evaluation").order_by("number")
    classes = [one.name for one in project.classes()]
    focus = project.costly_class()
    points = [curve_point(model, classes, focus) for model in models]
    newest = project.models.select_related("evaluation").order_by("number").last()
    return CurveOut(
        gold_size=newest.evaluation.gold_size if newest else 0,
        focus_class=classes[focus],
        points=points,
    )


def curve_point(model: ModelVersion, classes: list[str], focus: int) -> CurvePoint:
    metrics: Mapping[str, Any] = model.evaluation.metrics
    return CurvePoint(
        model_number=model.number,
        evaluation_merges=evaluation_merges(model.run, classes),
        kind=model.run.kind,
        promoted=model.state != ModelVersion.State.REJECTED,
        spent=model.run.spent,
        labels=model.run.snapshot.count,
        expected_cost=metrics["expected_cost"],
        average_precision=metrics["average_precision"][focus],
        calibration_error=metrics["calibration_error"],
        recall=dict(zip(classes, metrics["recall"], strict=True)),
        macro_f1=metrics.get("macro_f1"),
        fixed_precision=metrics.get("fixed_precision"),
        by_class=[
            ClassMetrics(
                name=name,
                average_precision=metrics["average_precision"][place],
                recall=metrics["recall"][place],
                recall_at_precision=_of_class(metrics, "recall_at_precision", place),
                f1=_of_class(metrics, "f1", place),
            )
            for place, name in enumerate(classes)
        ],
    )


def _of_class(metrics: Mapping[str, Any], name: str, place: int) -> Any:
    """None for versions that were judged before it was measured."""
    return metrics[name][place] if name in metrics else None


@router.get(
    "/projects/{project_id}/rounds",
    operation_id="listRounds",
    response={200: list[RoundOut], 404: ErrorOut},
    **needs(Permission.SEE),
)
def list_rounds(request: HttpRequest, project_id: int) -> list[RoundOut]:
    return [_round_out(one) for one in _counted(project_of(request, project_id)).order_by("-number")]


@router.post(
    "/projects/{project_id}/rounds",
    operation_id="openRound",
    response={201: RoundOut, 402: ErrorOut, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.RUN_LOOP),
)
def open_round(request: HttpRequest, project_id: int) -> Status[RoundOut]:
    """Open the next round now, also while the loop is paused."""
    project = project_of(request, project_id)
    opened = open_round_now(project=project, by=user_of(request))
    return Status(201, _round_out(_counted(project).get(pk=opened.pk)))


def _counted(project: Project) -> QuerySet[QueryRound]:
    answered = Q(items__state=QueueItem.State.ANSWERED)
    skipped = Q(items__state=QueueItem.State.SKIPPED)
    return project.rounds.annotate(answered=Count("items", filter=answered), skipped=Count("items", filter=skipped))


def _round_out(one: Any) -> RoundOut:
    sums = one.items.aggregate(spent=Sum("ledger__spent", default=ZERO), held=Sum("ledger__held", default=ZERO))
    spent: Decimal = sums["spent"]
    return RoundOut(
        number=one.number,
        kind=one.kind,
        state=one.state,
        strategy=one.strategy,
        model_number=one.model_number,
        size=one.size,
        answered=one.answered,
        skipped=one.skipped,
        spent=spent,
        reserved=sums["held"],
        opened_at=one.opened_at,
        closed_at=one.closed_at,
    )
