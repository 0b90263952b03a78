"""What comes back from Label Studio, made into annotations and charges.

A webhook is stored at once and answered; a worker reads it. Events may be doubled, late, reordered or lost, so each is
applied as "this is how the annotation stands", never as a change, and the reconciler applies the same from a listing.
"""

import hmac
from collections.abc import Callable, Iterable

import structlog
from django.db import transaction
from django.utils import timezone

from heedful.acquisition import services as acquisition
from heedful.acquisition.models import QueueItem
from heedful.budgets.services import lock
from heedful.core.errors import NotFound
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.labeling import pricing
from heedful.labeling.label_studio.answers import Answer
from heedful.labeling.label_studio.errors import MalformedEvent
from heedful.labeling.label_studio.events import AnswersDeleted, TasksDeleted, parse_event
from heedful.labeling.models import (
    Annotation,
    AnnotationRevision,
    Annotator,
    LabelStudioProject,
    WebhookEvent,
)
from heedful.projects.models import LabelClass

log = structlog.get_logger(__name__)

Settle = Callable[[list[int]], object]
"""Settles the labels of samples whose answers changed, in the transaction that changed them."""


def receive(*, hook: str, secret: str, payload: object) -> None:
    """Store a webhook and have it read. Raises NotFound unless hook and secret belong together."""
    mirror = LabelStudioProject.objects.select_related("tier").filter(hook=hook).first()
    if mirror is None or not hmac.compare_digest(mirror.secret, secret):
        raise NotFound("There is no such hook.")
    with transaction.atomic():
        WebhookEvent.objects.create(project_id=mirror.tier.project_id, payload=payload)
        request_processing(mirror.tier.project_id)


def request_processing(project_id: int) -> None:
    enqueue(Job.Kind.PROCESS_INBOX, key=str(project_id), project_id=project_id)


def request_reconciling(project_id: int) -> None:
    """Have a worker compare with Label Studio, in case a webhook was lost."""
    enqueue(Job.Kind.RECONCILE, key=str(project_id), project_id=project_id)


def process_inbox(*, project_id: int, settle: Settle) -> None:
    """Apply every stored event that has not been, each in a transaction of its own."""
    for event in WebhookEvent.objects.filter(project_id=project_id, processed_at=None).order_by("pk"):
        with transaction.atomic():
            error = ""
            try:
                _apply_event(project_id, event.payload, settle)
            except MalformedEvent as malformed:
                error = malformed.message[:400]
                log.warning("webhook_malformed", event_id=event.pk, error=error)
            WebhookEvent.objects.filter(pk=event.pk).update(processed_at=timezone.now(), error=error)


def _apply_event(project_id: int, payload: object, settle: Settle) -> None:
    event = parse_event(payload)
    if isinstance(event, AnswersDeleted):
        delete_answers(project_id=project_id, external_ids=event.external_ids, settle=settle)
    elif not isinstance(event, TasksDeleted):
        # A deleted task says nothing against its answers: our database is the truth, and keeps them.
        apply_answer(project_id=project_id, answer=event.answer, settle=settle)


@transaction.atomic
def apply_answer(*, project_id: int, answer: Answer, settle: Settle) -> None:
    """Make our annotation, its charge and its queue item agree with `answer`; older news is ignored.

    So is an answer to a task that is not ours. Raises MalformedEvent for a class that the project does not have.
    """
    # Before the item is read: it may be withdrawn at this moment.
    lock(project_id)
    item = _item_of(project_id, answer)
    if item is None:
        return
    known = Annotation.objects.filter(project_id=project_id, external_id=answer.external_id).first()
    if known and (known.deleted_at or known.updated_at >= answer.updated_at):
        return
    annotation = known or Annotation(project_id=project_id, external_id=answer.external_id)
    _store(annotation, item, answer)
    _apply(annotation)
    settle([item.sample_id])


def _item_of(project_id: int, answer: Answer) -> QueueItem | None:
    items = QueueItem.objects.select_related("round__project").filter(round__project_id=project_id)
    # Label Studio's own task ids are no help: on SQLite it gives a deleted task's to the next one.
    return None if answer.queue_item is None else items.filter(pk=answer.queue_item).first()


def _store(annotation: Annotation, item: QueueItem, answer: Answer) -> None:
    """Make the annotation what the answer has it to be, priced, with one more revision behind it."""
    project = item.round.project
    annotation.item, annotation.sample_id = item, item.sample_id
    annotation.label_class = None if answer.skipped else _label_class(project.pk, answer)
    annotation.annotator, is_new = Annotator.objects.get_or_create(project=project, external_id=answer.completed_by)
    if is_new:
        # Label Studio has told their id only; asked, it tells who they are.
        request_reconciling(project.pk)
    annotation.skipped = answer.skipped
    annotation.accepted_prediction = answer.accepted_prediction
    annotation.lead_seconds = answer.lead_time
    annotation.answered_at, annotation.updated_at = answer.created_at, answer.updated_at
    pricing.price(annotation)
    annotation.save()
    AnnotationRevision.objects.get_or_create(
        annotation=annotation,
        at=answer.updated_at,
        defaults={
            "label_class": annotation.label_class,
            "skipped": answer.skipped,
            "lead_seconds": answer.lead_time,
        },
    )


def _label_class(project_id: int, answer: Answer) -> LabelClass:
    known = {str(one.pk): one for one in LabelClass.objects.filter(project_id=project_id)}
    if answer.choice not in known:
        raise MalformedEvent(
            f"annotation {answer.external_id} names the class {answer.choice!r}, which this project does not have.",
            field="annotation.result",
        )
    return known[answer.choice]


def delete_answers(*, project_id: int, external_ids: Iterable[int], settle: Settle) -> None:
    """Answers taken back in Label Studio: kept here with their history, refunded, and no longer counted."""
    for external_id in external_ids:
        with transaction.atomic():
            lock(project_id)
            annotation = Annotation.objects.filter(
                project_id=project_id, external_id=external_id, deleted_at=None
            ).first()
            if annotation:
                annotation.deleted_at = timezone.now()
                pricing.price(annotation)
                annotation.save()
                _apply(annotation)
                settle([annotation.sample_id])


def _apply(annotation: Annotation) -> None:
    """Bring ledger and queue item in line with the annotation as it stands."""
    pricing.settle(annotation)
    item = annotation.item
    answers = Annotation.objects.filter(item=item, deleted_at=None)
    given = pricing.people_who_answered(item)
    if not answers.exists():
        acquisition.mark_unanswered(item=item)
    elif item.waits and given < item.answers_wanted:
        acquisition.mark_partly_answered(item=item, answers=given)
    elif answers.standing().exists():
        acquisition.mark_answered(item=item)
    else:
        acquisition.mark_skipped(item=item)
