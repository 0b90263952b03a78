"""The queue: each chosen sample with its heatmap, its reason and its price."""

from typing import Any, Literal

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from ninja import Router

from heedful.accounts.permissions import Permission
from heedful.acquisition.models import QueueItem
from heedful.acquisition.services import withdraw
from heedful.api.access import needs, project_of, user_of
from heedful.api.paging import Limit, Offset
from heedful.api.present import class_out, predictions_out
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.loop import NeighbourOut, QueueItemOut, QueuePage
from heedful.budgets.models import LedgerEntry
from heedful.core.errors import NotFound
from heedful.core.signing import media_url
from heedful.labeling.links import task_url
from heedful.labeling.models import Annotation
from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.triggers.loop import request_advance

router = Router(tags=["queue"])
State = Literal["waiting", "planned", "reserved", "sent", "answered", "skipped", "withdrawn"]


@router.get(
    "/projects/{project_id}/queue",
    operation_id="listQueue",
    response={200: QueuePage, 404: ErrorOut},
    **needs(Permission.SEE),
)
def list_queue(
    request: HttpRequest,
    project_id: int,
    round: int | None = None,  # noqa: A002
    state: State | None = None,
    strategy: str | None = None,
    offset: Offset = 0,
    limit: Limit = 60,
) -> QueuePage:
    """A round's items by rank; the newest round unless one is named."""
    project = project_of(request, project_id)
    number = round or project.rounds.order_by("number").values_list("number", flat=True).last()
    items = QueueItem.objects.filter(round__project=project, round__number=number or 0)
    if state:
        items = items.filter(state__in=QueueItem.WAITING if state == "waiting" else [state])
    if strategy:
        items = items.filter(strategy=strategy)
    page = _with_everything(items).order_by("rank")[offset : offset + limit]
    return QueuePage(count=items.count(), items=[_item_out(item, project) for item in page])


@router.get(
    "/projects/{project_id}/queue/{item_id}",
    operation_id="getQueueItem",
    response={200: QueueItemOut, 404: ErrorOut},
    **needs(Permission.SEE),
)
def get_item(request: HttpRequest, project_id: int, item_id: int) -> QueueItemOut:
    project = project_of(request, project_id)
    item = _with_everything(QueueItem.objects.filter(round__project=project, pk=item_id)).first()
    if item is None:
        raise NotFound(f"There is no queue item {item_id} in this project.")
    return _item_out(item, project)


@router.post(
    "/projects/{project_id}/queue/{item_id}/withdraw",
    operation_id="withdrawItem",
    response={200: QueueItemOut, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.RUN_LOOP),
)
def withdraw_item(request: HttpRequest, project_id: int, item_id: int) -> QueueItemOut:
    """Take a waiting item back and release its money."""
    project = project_of(request, project_id)
    withdraw(project_id=project.pk, item_id=item_id, by=user_of(request))
    request_advance(project.pk)
    return _item_out(_with_everything(QueueItem.objects.all()).get(pk=item_id), project)


def _with_everything(items: QuerySet[QueueItem]) -> QuerySet[QueueItem]:
    charged = (
        LedgerEntry.objects.filter(item=OuterRef("pk"), annotation__isnull=False)
        .order_by()
        .values("item")
        .annotate(sum=Sum("spent"))
        .values("sum")
    )
    return items.select_related(
        "round",
        "tier__label_studio",
        "sample__label__label_class",
        "neighbour__label__label_class",
        "explanation__target",
        "explanation__contrast",
        "task__item__tier__label_studio",
    ).annotate(charged=Subquery(charged))


def _item_out(item: Any, project: Project) -> QueueItemOut:
    """From an item of `_with_everything`, which carries what was charged for it."""
    explanation = getattr(item, "explanation", None)
    label = getattr(item.sample, "label", None)
    answer = (
        Annotation.objects.filter(item=item, deleted_at=None).select_related("annotator").last()
        if item.state in (QueueItem.State.ANSWERED, QueueItem.State.SKIPPED)
        else None
    )
    return QueueItemOut(
        id=item.pk,
        sample_id=item.sample_id,
        sample_name=item.sample.name,
        round_number=item.round.number,
        round_kind=item.round.kind,
        rank=item.rank,
        strategy=item.strategy,
        score=item.score,
        selection_probability=item.selection_probability,
        reason=item.reason,
        neighbour=_neighbour_out(item.neighbour) if item.neighbour else None,
        tier=item.tier.kind,
        answers_wanted=item.answers_wanted,
        honeypot=item.honeypot,
        blind=item.blind,
        price=item.price,
        charged=item.charged,
        state=item.state,
        width=item.sample.width,
        height=item.sample.height,
        picture_url=media_url(item.sample.address),
        heat_url=media_url(explanation.heat_address) if explanation else None,
        overlay_url=media_url(explanation.overlay_address) if explanation else None,
        map_sentence=explanation.sentence if explanation else None,
        predictions=predictions_out(item, project),
        label=class_out(label.label_class) if label else None,
        annotator=str(answer.annotator) if answer else None,
        answered_at=answer.answered_at if answer else None,
        label_studio_url=task_url(getattr(item, "task", None)),
    )


def _neighbour_out(sample: Sample) -> NeighbourOut:
    label = getattr(sample, "label", None)
    return NeighbourOut(
        sample_id=sample.pk,
        sample_name=sample.name,
        picture_url=media_url(sample.address),
        width=sample.width,
        height=sample.height,
        label=class_out(label.label_class) if label else None,
    )
