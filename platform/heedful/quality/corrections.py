"""A manager's word above the answers, and what people say about a sample. Nothing said before is changed."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.accounts.permissions import Permission, may
from heedful.budgets.services import lock
from heedful.core.errors import Conflict, InvalidInput, NotFound
from heedful.labeling.models import Annotation
from heedful.notifications.models import Notification
from heedful.notifications.services import notify
from heedful.pool.models import Sample
from heedful.projects.models import LabelClass
from heedful.quality.models import Comment, Correction, Label
from heedful.quality.services import settle_labels, standing_correction


@transaction.atomic
def correct(*, sample: Sample, label_class: LabelClass, by: User, comment: str = "") -> Correction:
    """Settle the sample as `label_class`, whatever its annotators answered; open disputes are resolved by it.

    Raises InvalidInput for a class of another project.
    """
    if label_class.project_id != sample.project_id:
        raise InvalidInput("That class belongs to another project.", field="label_class_id")
    # Answers that come in at this moment wait, so that they find the correction.
    lock(sample.project_id)
    before = _label_of(sample)
    correction = Correction.objects.create(sample=sample, label_class=label_class, by=by, comment=comment.strip())
    open_disputes(sample.project_id).filter(sample=sample).update(resolved_at=timezone.now(), resolved_by=by)
    settle_labels([sample.pk])
    _record(sample, by, before)
    return correction


@transaction.atomic
def take_correction_back(*, sample: Sample, by: User) -> None:
    """Let the answers decide again. Raises Conflict when no correction stands."""
    lock(sample.project_id)
    if standing_correction(sample.pk) is None:
        raise Conflict(f"No correction of “{sample}” stands.")
    before = _label_of(sample)
    Correction.objects.create(sample=sample, label_class=None, by=by)
    settle_labels([sample.pk])
    _record(sample, by, before)


def _label_of(sample: Sample) -> dict[str, object]:
    label = Label.objects.select_related("label_class").filter(sample=sample).first()
    return {"label": str(label.label_class) if label else None, "corrected": bool(label and label.correction_id)}


def _record(sample: Sample, by: User, before: dict[str, object]) -> None:
    record(
        project_id=sample.project_id,
        by=by,
        action=AuditEntry.Action.LABEL_CORRECTED,
        subject=sample.name,
        before=before,
        after=_label_of(sample),
    )


@transaction.atomic
def comment_on(*, sample: Sample, by: User, text: str, disputes: bool = False) -> Comment:
    """Say something about a sample; `disputes` asks a manager to look at its label.

    Raises InvalidInput without a text, and NotFound for an annotator who never answered the sample.
    """
    sees_all = may(by, sample.project_id, Permission.SEE)
    if not sees_all and not Annotation.objects.filter(sample=sample, annotator__user=by).exists():
        raise NotFound(f"There is no sample {sample.pk} among those you answered.")
    if not text.strip():
        raise InvalidInput("Say what it is about.", field="text")
    comment = Comment.objects.create(sample=sample, by=by, text=text.strip(), disputes=disputes)
    if disputes:
        notify(
            project_id=sample.project_id,
            kind=Notification.Kind.DISPUTE,
            sentence=f"{by} disputes the label of “{sample}”.",
            path=f"/projects/{sample.project_id}/samples/{sample.pk}",
            key=str(comment.pk),
        )
    return comment


@transaction.atomic
def resolve(*, sample: Sample, comment_id: int, by: User) -> Comment:
    """Close a dispute without a correction: the label stands. Raises NotFound."""
    comment = Comment.objects.select_for_update().filter(pk=comment_id, sample=sample, disputes=True).first()
    if comment is None:
        raise NotFound(f"There is no dispute {comment_id} about this sample.")
    if comment.resolved_at is None:
        comment.resolved_at, comment.resolved_by = timezone.now(), by
        comment.save(update_fields=["resolved_at", "resolved_by"])
        record(
            project_id=sample.project_id,
            by=by,
            action=AuditEntry.Action.DISPUTE,
            subject=sample.name,
            before={"disputed_by": str(comment.by), "text": comment.text},
        )
    return comment


def open_disputes(project_id: int) -> QuerySet[Comment]:
    return Comment.objects.filter(sample__project_id=project_id, disputes=True, resolved_at=None)
