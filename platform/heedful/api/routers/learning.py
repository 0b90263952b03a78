"""How a project's models learn: merged classes, and the means against rare classes and dear mistakes."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Status

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of, user_of
from heedful.api.present import class_out
from heedful.api.schemas.common import ErrorOut, Interval
from heedful.api.schemas.learning import ImbalanceOptions, MergedMemberOut, MergeIn, MergeOut, MergePreviewOut
from heedful.projects.imbalance import change_imbalance, imbalance_of
from heedful.projects.merging import merge_classes, undo_merge
from heedful.projects.models import ClassMerge
from heedful.registry.merging import Bounds, MergePreview, preview_merge

router = Router(tags=["learning"])
MERGES = "/projects/{project_id}/merges"
IMBALANCE = "/projects/{project_id}/imbalance"


@router.get(
    MERGES,
    operation_id="listMerges",
    response={200: list[MergeOut], 404: ErrorOut},
    **needs(Permission.SEE),
)
def list_merges(request: HttpRequest, project_id: int) -> list[MergeOut]:
    """Those that stand and those that were undone, the newest first."""
    merges = project_of(request, project_id).merges.select_related("made_by", "undone_by").order_by("-pk")
    return [_merge_out(one) for one in merges.prefetch_related("members__label_class")]


@router.get(
    MERGES + "/preview",
    operation_id="previewMerge",
    response={200: MergePreviewOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.SEE),
)
def get_preview(request: HttpRequest, project_id: int, class_ids: Annotated[list[int], Query()]) -> MergePreviewOut:
    """What merging these classes would change, by the champion's confusions on gold."""
    return _preview_out(preview_merge(project=project_of(request, project_id), class_ids=class_ids))


@router.post(
    MERGES,
    operation_id="mergeClasses",
    response={201: MergeOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def post_merge(request: HttpRequest, project_id: int, payload: MergeIn) -> Status[MergeOut]:
    """Treat classes as one from the next training run on; answers and labels stay what they are."""
    merge = merge_classes(
        project=project_of(request, project_id),
        class_ids=payload.class_ids,
        for_training=payload.for_training,
        for_evaluation=payload.for_evaluation,
        by=user_of(request),
    )
    return Status(201, _merge_out(merge))


@router.post(
    MERGES + "/{merge_id}/undo",
    operation_id="undoMerge",
    response={200: MergeOut, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def post_undo(request: HttpRequest, project_id: int, merge_id: int) -> MergeOut:
    return _merge_out(undo_merge(project=project_of(request, project_id), merge_id=merge_id, by=user_of(request)))


@router.get(
    IMBALANCE,
    operation_id="getImbalance",
    response={200: ImbalanceOptions, 404: ErrorOut},
    **needs(Permission.SEE),
)
def get_imbalance(request: HttpRequest, project_id: int) -> ImbalanceOptions:
    return ImbalanceOptions.model_validate(imbalance_of(project_of(request, project_id)))


@router.put(
    IMBALANCE,
    operation_id="changeImbalance",
    response={200: ImbalanceOptions, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def put_imbalance(request: HttpRequest, project_id: int, payload: ImbalanceOptions) -> ImbalanceOptions:
    """How the next training run meets rare classes and dear mistakes; what is not named is the default."""
    project = project_of(request, project_id)
    change_imbalance(project=project, options=payload.model_dump(), by=user_of(request))
    return ImbalanceOptions.model_validate(imbalance_of(project))


def _merge_out(merge: ClassMerge) -> MergeOut:
    members = sorted(merge.members.all(), key=lambda one: one.label_class.position)
    return MergeOut(
        id=merge.pk,
        name=merge.name,
        classes=[class_out(one.label_class) for one in members],
        for_training=merge.for_training,
        for_evaluation=merge.for_evaluation,
        made_by=str(merge.made_by),
        made_at=merge.made_at,
        undone_by=str(merge.undone_by) if merge.undone_by else None,
        undone_at=merge.undone_at,
    )


def _preview_out(preview: MergePreview) -> MergePreviewOut:
    return MergePreviewOut(
        members=[
            MergedMemberOut(label_class=class_out(one.label_class), labels=one.labels, gold=one.gold)
            for one in preview.members
        ],
        model_number=preview.model_number,
        gold_size=preview.gold_size,
        confused=preview.confused,
        confused_cost=_interval(preview.confused_cost),
        undivided_cost=_interval(preview.undivided_cost),
    )


def _interval(bounds: Bounds | None) -> Interval | None:
    return Interval(value=bounds.value, low=bounds.low, high=bounds.high) if bounds else None
