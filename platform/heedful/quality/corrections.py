"""A manager's word above the answers, and what people say about a sample. Nothing said before is changed."""

from django.db import transaction
from django.utils import timezone

from heedful.accounts.models import User
from heedful.core.errors import Conflict, InvalidInput, NotFound
from heedful.pool.models import Sample
from heedful.projects.models import LabelClass
from heedful.quality.models import Comment, Correction
from heedful.quality.services import settle_labels, standing_correction


@transaction.atomic
def correct(*, sample: Sample, label_class: LabelClass, by: User, comment: str = "") -> Correction:
    """Settle the sample as `label_class`, whatever its annotators answered; open disputes are resolved by it.

    Raises InvalidInput for a class of another project.
    """
    if label_class.project_id != sample.project_id:
        raise InvalidInput("That class belongs to another project.", field="label_class")
    correction = Correction.objects.create(sample=sample, label_class=label_class, by=by, comment=comment)
    Comment.objects.filter(sample=sample, disputes=True, resolved_at=None).update(resolved_at=timezone.now())
    settle_labels([sample.pk])
    return correction


@transaction.atomic
def take_correction_back(*, sample: Sample, by: User) -> None:
    """Let the answers decide again. Raises Conflict when no correction stands."""
    if standing_correction(sample.pk) is None:
        raise Conflict(f"No correction of “{sample}” stands.")
    Correction.objects.create(sample=sample, label_class=None, by=by)
    settle_labels([sample.pk])


def comment_on(*, sample: Sample, by: User, text: str, disputes: bool = False) -> Comment:
    """Say something about a sample; `disputes` asks a manager to look at its label. Raises InvalidInput."""
    if not text.strip():
        raise InvalidInput("Say what it is about.", field="text")
    return Comment.objects.create(sample=sample, by=by, text=text.strip(), disputes=disputes)


def resolve(*, project_id: int, comment_id: int) -> Comment:
    """Close a dispute without a correction: the label stands."""
    comment = Comment.objects.filter(pk=comment_id, sample__project_id=project_id, disputes=True).first()
    if comment is None:
        raise NotFound(f"There is no dispute {comment_id} in this project.")
    if comment.resolved_at is None:
        comment.resolved_at = timezone.now()
        comment.save(update_fields=["resolved_at"])
    return comment
