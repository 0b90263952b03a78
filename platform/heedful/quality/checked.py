"""Answers beside a truth in which their annotator had no part: what people are judged by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery

from heedful.labeling.models import Annotation, AnnotationRevision
from heedful.pool.models import Sample
from heedful.quality.consensus import given_answers
from heedful.quality.models import Label

# So many others must have answered gold alike before it judges anybody.
OTHERS = 2


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """`given` and `true` are class positions."""

    annotation_id: int
    annotator_id: int
    given: int
    true: int
    honeypot: bool
    answered_at: datetime

    @property
    def right(self) -> bool:
        return self.given == self.true


def checked_answers(project_id: int, *, annotator_ids: Iterable[int] | None = None) -> list[CheckedAnswer]:
    """The standing answers whose truth is known without them: a manager has said it, or of gold at least `OTHERS`
    others agree and nobody else dissents. The oldest first.

    A honeypot counts as it was first answered: what is changed once one has heard that it was wrong proves nothing.
    """
    corrected = _corrected(project_id)
    votes = _gold_votes(project_id)
    first = AnnotationRevision.objects.filter(annotation=OuterRef("pk"), skipped=False).order_by("at", "pk")
    answers = Annotation.objects.standing().filter(
        Q(sample__role=Sample.Role.GOLD) | Q(sample__in=list(corrected)),
        project_id=project_id,
        annotator__tier__isnull=False,
    )
    if annotator_ids is not None:
        answers = answers.filter(annotator__in=annotator_ids)
    rows = answers.order_by("answered_at", "pk").values_list(
        *("pk", "annotator_id", "sample_id", "item_id", "item__honeypot", "answered_at", "label_class__position"),
        Subquery(first.values("label_class__position")[:1]),
    )
    newest: dict[tuple[int, int, bool], CheckedAnswer] = {}
    for pk, annotator_id, sample_id, item_id, honeypot, at, position, at_first in rows:
        true = corrected.get(sample_id, _said_by_others(votes.get(sample_id, {}), annotator_id))
        if true is None:
            continue
        key = (annotator_id, item_id if honeypot else sample_id, honeypot)
        given = at_first if honeypot and at_first is not None else position
        newest[key] = CheckedAnswer(pk, annotator_id, given, true, honeypot, at)
    return list(newest.values())


def _corrected(project_id: int) -> dict[int, int]:
    labels = Label.objects.filter(sample__project_id=project_id, correction__isnull=False)
    return dict(labels.values_list("sample_id", "label_class__position"))


def _gold_votes(project_id: int) -> dict[int, dict[int, int]]:
    """{sample: {annotator: class position}}, honeypots aside."""
    gold = set(Sample.objects.filter(project_id=project_id, role=Sample.Role.GOLD).values_list("pk", flat=True))
    votes: dict[int, dict[int, int]] = {}
    for answer in given_answers(project_id):
        if answer.sample_id in gold:
            votes.setdefault(answer.sample_id, {})[answer.annotator_id] = answer.position
    return votes


def _said_by_others(votes: Mapping[int, int], annotator_id: int) -> int | None:
    others = [position for voter, position in votes.items() if voter != annotator_id]
    return others[0] if len(others) >= OTHERS and len(set(others)) == 1 else None
