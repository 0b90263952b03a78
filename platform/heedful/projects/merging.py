"""Merging classes, and undoing it. Answers and labels stay what they are: a merge is a way to read them."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.core.errors import Conflict, InvalidInput, NotFound
from heedful.projects.models import ClassMerge, LabelClass, MergedClass, Project


def classes_to_merge(project: Project, class_ids: Sequence[int]) -> list[LabelClass]:
    """Raises InvalidInput, which names the field."""
    classes = [one for one in project.classes() if one.pk in set(class_ids)]
    if len(classes) < len(set(class_ids)):
        raise InvalidInput("Name classes of this project only.", field="class_ids")
    if len(classes) < 2:
        raise InvalidInput("Name at least two classes to merge.", field="class_ids")
    merged = MergedClass.objects.filter(label_class__in=classes, active=True).select_related("merge", "label_class")
    if taken := merged.first():
        raise InvalidInput(
            f"{taken.label_class} is merged already, into “{taken.merge}”; undo that first.", field="class_ids"
        )
    return classes


@transaction.atomic
def merge_classes(
    *, project: Project, class_ids: Sequence[int], for_training: bool, for_evaluation: bool, by: User
) -> ClassMerge:
    """Treat these classes as one from the next training run on. Raises InvalidInput, which names the field."""
    Project.objects.select_for_update().get(pk=project.pk)
    classes = classes_to_merge(project, class_ids)
    if not (for_training or for_evaluation):
        raise InvalidInput("Say whether the classes are one in training, in evaluation, or both.", field="for_training")
    merge = ClassMerge.objects.create(
        project=project,
        name=" or ".join(one.name for one in classes)[:200],
        for_training=for_training,
        for_evaluation=for_evaluation,
        made_by=by,
    )
    MergedClass.objects.bulk_create(MergedClass(merge=merge, label_class=one) for one in classes)
    _check_something_is_left(project)
    record(project_id=project.pk, by=by, action=AuditEntry.Action.CLASSES, subject=merge.name, after=_facts(merge))
    return merge


def _check_something_is_left(project: Project) -> None:
    """Raises InvalidInput, with which the merge is rolled back."""
    for use in ClassMerge.Use:
        merged = project.merged_positions(use)
        left = project.label_classes.count() - sum(len(group) - 1 for group in merged)
        if merged and left < 2:
            raise InvalidInput(
                f"That makes one class of all in {use}, and nothing is left to tell apart. Leave one out.",
                field="class_ids",
            )
    if not any(amount for row in project.decision_costs() for amount in row):
        raise InvalidInput(
            "All mistakes that cost something are between these classes: merged in evaluation, no model would be better"
            " than another. Merge them for training only.",
            field="for_evaluation",
        )


@transaction.atomic
def undo_merge(*, project: Project, merge_id: int, by: User) -> ClassMerge:
    """Tell the classes apart again from the next training run on. Raises NotFound, or Conflict when it is undone."""
    merge = ClassMerge.objects.select_for_update().filter(project=project, pk=merge_id).first()
    if merge is None:
        raise NotFound(f"There is no merge {merge_id} in this project.")
    if merge.undone_at:
        raise Conflict(f"“{merge}” was undone already.")
    merge.undone_by, merge.undone_at = by, timezone.now()
    merge.save(update_fields=["undone_by", "undone_at"])
    merge.members.update(active=False)
    record(project_id=project.pk, by=by, action=AuditEntry.Action.CLASSES, subject=merge.name, before=_facts(merge))
    return merge


def _facts(merge: ClassMerge) -> dict[str, object]:
    return {"merged": merge.name, "training": merge.for_training, "evaluation": merge.for_evaluation}
