"""An annotator's own page: what is next and why, how much they did, and what they answered."""

from collections.abc import Mapping

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from heedful.accounts.permissions import Permission
from heedful.acquisition.models import QueueItem
from heedful.api.access import needs, project_of, user_of
from heedful.api.paging import Limit, Offset
from heedful.api.present import class_out
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.people import MyAnswerOut, MyAnswersPage, MyItemOut, MyQueueOut, WorkOut
from heedful.core.signing import media_url
from heedful.labeling.links import queue_url, task_url
from heedful.labeling.models import Annotation, Annotator
from heedful.labeling.outbox import BLIND
from heedful.labeling.people import Work, midnight, monday, work_of
from heedful.projects.models import Project
from heedful.quality.checked import checked_answers

router = Router(tags=["people"])
NOTHING_DONE = WorkOut(answers=0, minutes=0.0)


@router.get(
    "/projects/{project_id}/my-queue",
    operation_id="getMyQueue",
    response={200: MyQueueOut, 404: ErrorOut},
    **needs(Permission.OWN_WORK),
)
def get_my_queue(request: HttpRequest, project_id: int, offset: Offset = 0, limit: Limit = 20) -> MyQueueOut:
    """What waits for the caller's tier, the most valuable first, and what they did today and this week (UTC)."""
    project, now = project_of(request, project_id), timezone.now()
    annotator = _annotator_of(project, request)
    items = _waiting(project, annotator)
    tier = annotator.tier if annotator else None
    return MyQueueOut(
        project_id=project.pk,
        project=project.name,
        classes=[class_out(one) for one in project.classes()],
        tier=tier.kind if tier else None,
        state=annotator.state if annotator else None,
        notice=_notice(annotator, waiting=items.exists()),
        waiting=items.count(),
        items=[_item_out(item) for item in items[offset : offset + limit]],
        today=_work_out(work_of(annotator, since=midnight(now))) if annotator else NOTHING_DONE,
        this_week=_work_out(work_of(annotator, since=monday(now))) if annotator else NOTHING_DONE,
        label_studio_url=queue_url(tier) if tier else None,
    )


@router.get(
    "/projects/{project_id}/my-answers",
    operation_id="listMyAnswers",
    response={200: MyAnswersPage, 404: ErrorOut},
    **needs(Permission.OWN_WORK),
)
def list_my_answers(request: HttpRequest, project_id: int, offset: Offset = 0, limit: Limit = 20) -> MyAnswersPage:
    """The caller's own answers, the latest first."""
    project = project_of(request, project_id)
    annotator = _annotator_of(project, request)
    answers = Annotation.objects.none()
    if annotator:
        answers = Annotation.objects.filter(annotator=annotator, deleted_at=None)
    page = answers.select_related("sample", "label_class", "item__task__item__tier__label_studio")
    right = _feedback(project, annotator)
    return MyAnswersPage(
        count=answers.count(),
        currency=project.budget.currency,
        items=[_answer_out(one, right) for one in page.order_by("-answered_at", "-pk")[offset : offset + limit]],
    )


def _feedback(project: Project, annotator: Annotator | None) -> dict[int, bool]:
    """{answer: whether it was right}, of honeypots, where the project lets annotators know."""
    if annotator is None or not project.honeypot_feedback:
        return {}
    checked = checked_answers(project.pk, annotator_ids=[annotator.pk])
    return {one.annotation_id: one.right for one in checked if one.honeypot}


def _annotator_of(project: Project, request: HttpRequest) -> Annotator | None:
    return project.annotators.select_related("tier__label_studio").filter(user=user_of(request)).first()


def _waiting(project: Project, annotator: Annotator | None) -> QuerySet[QueueItem]:
    """What Label Studio shows to the annotator's tier and they have not answered."""
    if annotator is None or annotator.tier is None or annotator.state == Annotator.State.PAUSED:
        return QueueItem.objects.none()
    own = Annotation.objects.filter(item=OuterRef("pk"), annotator=annotator, deleted_at=None)
    return (
        QueueItem.objects.filter(round__project=project, tier=annotator.tier, state=QueueItem.State.SENT)
        .exclude(Exists(own))
        .select_related("round", "sample", "explanation__target", "explanation__contrast")
        .select_related("task__item__tier__label_studio")
        .order_by("round__number", "rank")
    )


def _notice(annotator: Annotator | None, *, waiting: bool) -> str:
    if annotator is None:
        return "You are not an annotator of this project. A manager can add you on the People page."
    if annotator.state == Annotator.State.PAUSED:
        return "A manager has paused you. Nothing new is asked of you."
    if annotator.tier is None:
        return "A manager has yet to assign you a tier."
    return "" if waiting else "Nothing waits for you. What is asked next appears here."


def _work_out(work: Work) -> WorkOut:
    return WorkOut(answers=work.answers, minutes=round(work.seconds / 60, 1))


def _item_out(item: QueueItem) -> MyItemOut:
    # Blind, nothing of the model is shown here either.
    explanation = None if item.blind else getattr(item, "explanation", None)
    return MyItemOut(
        id=item.pk,
        rank=item.rank,
        round_number=item.round.number,
        reason=BLIND if item.blind else item.reason,
        width=item.sample.width,
        height=item.sample.height,
        picture_url=media_url(item.sample.address),
        heat_url=media_url(explanation.heat_address) if explanation else None,
        overlay_url=media_url(explanation.overlay_address) if explanation else None,
        map_sentence=explanation.sentence if explanation else None,
        expires_at=item.expires_at,
        label_studio_url=task_url(getattr(item, "task", None)),
    )


def _answer_out(annotation: Annotation, right: Mapping[int, bool]) -> MyAnswerOut:
    return MyAnswerOut(
        id=annotation.pk,
        item_id=annotation.item_id,
        sample_id=annotation.sample_id,
        picture_url=media_url(annotation.sample.address),
        label=class_out(annotation.label_class) if annotation.label_class else None,
        skipped=annotation.skipped,
        answered_at=annotation.answered_at,
        seconds=annotation.lead_seconds,
        paid_seconds=annotation.paid_seconds,
        amount=annotation.due,
        right=right.get(annotation.pk),
        label_studio_url=task_url(getattr(annotation.item, "task", None)),
    )
