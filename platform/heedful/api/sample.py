"""One sample as its page shows it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from heedful.api.present import class_out, predictions_out
from heedful.api.schemas.loop import PredictionOut
from heedful.api.schemas.samples import (
    AskedOut,
    BoxOut,
    CommentOut,
    CorrectionOut,
    EventOut,
    RevisionOut,
    SampleAnswerOut,
    SampleCostOut,
    SampleDetailOut,
    SampleWeakOut,
    SettledLabelOut,
    WeakVoteOut,
)
from heedful.budgets.models import LedgerEntry
from heedful.core.money import ZERO
from heedful.core.signing import media_url
from heedful.labeling.links import task_url
from heedful.labeling.models import Annotation, AnnotationRevision
from heedful.pool.boxes import box_of
from heedful.pool.masks import mask_path
from heedful.pool.models import Sample, WeakLabel
from heedful.pool.pictures import Refused
from heedful.projects.models import Project
from heedful.quality.history import Event, EventKind, cost_of, ending_of, history_of, items_of
from heedful.quality.models import Comment, Correction, Label
from heedful.quality.services import standing_answers
from heedful.quality.weak import votes_on

NOTHING_MOVED: Mapping[str, Decimal] = {"charged": ZERO, "owing": ZERO}


def sample_out(sample: Sample, project: Project, *, sees_money: bool) -> SampleDetailOut:
    history = [event for event in history_of(sample) if sees_money or event.kind != EventKind.MONEY]
    comments = sample.comments.select_related("by", "resolved_by").order_by("pk")
    corrections = sample.corrections.select_related("by", "label_class").order_by("pk")
    return SampleDetailOut(
        id=sample.pk,
        name=sample.name,
        width=sample.width,
        height=sample.height,
        role=sample.role,
        group="" if sample.group == sample.content_hash else sample.group,
        skipped=sample.skipped,
        source=sample.source.name,
        imported_at=sample.source.created_at,
        metadata=sample.metadata,
        box=_box_out(sample),
        mask_url=_mask_url(sample),
        content_hash=sample.content_hash,
        picture_url=media_url(sample.address),
        label=_label_out(sample),
        cost=_cost_out(sample, project) if sees_money else None,
        asked=_asked_out(sample, project, sees_money=sees_money),
        answers=_answers_out(sample, sees_money=sees_money),
        weak=_weak_out(sample, project),
        corrections=[correction_out(one) for one in corrections],
        comments=[comment_out(one) for one in comments],
        history=[_event_out(event, sees_money=sees_money) for event in history],
    )


def _box_out(sample: Sample) -> BoxOut | None:
    try:
        box = box_of(sample.metadata, sample.width, sample.height)
    except Refused:
        return None
    return BoxOut.from_orm(box) if box else None


def _mask_url(sample: Sample) -> str | None:
    try:
        path = mask_path(sample)
    except Refused:
        return None
    return f"/api/projects/{sample.project_id}/samples/{sample.pk}/mask" if path else None


def correction_out(correction: Correction) -> CorrectionOut:
    return CorrectionOut(
        id=correction.pk,
        label=class_out(correction.label_class) if correction.label_class else None,
        by=str(correction.by),
        comment=correction.comment,
        at=correction.at,
    )


def comment_out(comment: Comment) -> CommentOut:
    return CommentOut(
        id=comment.pk,
        by=str(comment.by),
        text=comment.text,
        disputes=comment.disputes,
        at=comment.at,
        resolved_at=comment.resolved_at,
        resolved_by=str(comment.resolved_by) if comment.resolved_by else None,
    )


def _label_out(sample: Sample) -> SettledLabelOut | None:
    label = Label.objects.select_related("label_class", "correction__by").filter(sample=sample).first()
    if label is None:
        return None
    return SettledLabelOut(
        label=class_out(label.label_class),
        answers=label.answers,
        quality=label.quality,
        settled_at=label.settled_at,
        correction=correction_out(label.correction) if label.correction else None,
    )


def _cost_out(sample: Sample, project: Project) -> SampleCostOut:
    cost = cost_of(sample)
    return SampleCostOut(currency=project.budget.currency, spent=cost.spent, held=cost.held, owed=cost.owed)


def _sums(sample: Sample, of: str) -> Mapping[int, Mapping[str, Decimal]]:
    """What was charged and is owed, by item or by annotation."""
    entries = LedgerEntry.objects.filter(item__sample=sample, annotation__isnull=False).order_by()
    return {row[of]: row for row in entries.values(of).annotate(charged=Sum("spent"), owing=Sum("owed"))}


def _asked_out(sample: Sample, project: Project, *, sees_money: bool) -> list[AskedOut]:
    related = ("explanation__target", "explanation__contrast", "task__item__tier__label_studio")
    items = items_of(sample).select_related("round", "tier", *related)
    sums = _sums(sample, "item") if sees_money else {}
    return [_item_out(item, project, sums.get(item.pk), sees_money=sees_money) for item in items]


def _item_out(item: Any, project: Project, sums: Mapping[str, Decimal] | None, *, sees_money: bool) -> AskedOut:
    """From an item of `items_of`; `sums` is None while it has no charge."""
    explanation = getattr(item, "explanation", None)
    task = getattr(item, "task", None)
    return AskedOut(
        id=item.pk,
        round_number=item.round.number,
        round_kind=item.round.kind,
        rank=item.rank,
        tier=item.tier.kind,
        strategy=item.strategy,
        score=item.score,
        selection_probability=item.selection_probability,
        reason=item.reason,
        answers_wanted=item.answers_wanted,
        honeypot=item.honeypot,
        blind=item.blind,
        state=item.state,
        ended_because=ending_of(item),
        asked_at=item.asked_at,
        sent_at=task.sent_at if task else None,
        expires_at=item.expires_at,
        price=item.price if sees_money else None,
        charged=sums["charged"] if sums else None,
        heat_url=media_url(explanation.heat_address) if explanation else None,
        map_sentence=explanation.sentence if explanation else None,
        predictions=predictions_out(item, project),
        label_studio_url=task_url(task),
    )


def _answers_out(sample: Sample, *, sees_money: bool) -> list[SampleAnswerOut]:
    annotations = sample.annotations.select_related("annotator", "tier", "label_class").order_by("answered_at", "pk")
    counting = {one.pk for one in standing_answers(sample.pk)}
    sums = _sums(sample, "annotation") if sees_money else {}
    return [
        _answer_out(one, sums.get(one.pk, NOTHING_MOVED) if sees_money else None, counts=one.pk in counting)
        for one in annotations.prefetch_related("revisions__label_class")
    ]


def _answer_out(annotation: Annotation, sums: Mapping[str, Decimal] | None, *, counts: bool) -> SampleAnswerOut:
    """`sums` is None for those who may not see money."""
    return SampleAnswerOut(
        id=annotation.pk,
        item_id=annotation.item_id,
        annotator_id=annotation.annotator_id,
        annotator=str(annotation.annotator),
        tier=annotation.tier.kind if annotation.tier else None,
        label=class_out(annotation.label_class) if annotation.label_class else None,
        skipped=annotation.skipped,
        accepted_prediction=annotation.accepted_prediction,
        counts=counts,
        answered_at=annotation.answered_at,
        deleted_at=annotation.deleted_at,
        seconds=annotation.lead_seconds,
        paid_seconds=annotation.paid_seconds,
        timing=annotation.timing,
        timing_says=annotation.get_timing_display(),
        price=annotation.price if sums else None,
        charged=sums["charged"] if sums else None,
        owed=sums["owing"] if sums else None,
        waived=annotation.waived if sums else None,
        revisions=[_revision_out(one) for one in sorted(annotation.revisions.all(), key=lambda one: one.at)],
    )


def _revision_out(revision: AnnotationRevision) -> RevisionOut:
    return RevisionOut(
        label=class_out(revision.label_class) if revision.label_class else None,
        skipped=revision.skipped,
        seconds=revision.lead_seconds,
        at=revision.at,
    )


def _weak_out(sample: Sample, project: Project) -> SampleWeakOut | None:
    votes = votes_on(sample)
    if votes is None:
        return None
    return SampleWeakOut(
        votes=[_vote_out(one) for one in votes.labels],
        silent=[one.name for one in votes.silent],
        together=None if votes.probabilities is None else _likeliest_first(project, votes.probabilities),
        weighed_at=votes.weighed_at,
    )


def _likeliest_first(project: Project, probabilities: Sequence[float]) -> list[PredictionOut]:
    of_classes = zip(project.classes(), probabilities, strict=True)
    found = [PredictionOut(label_class=class_out(one), probability=chance) for one, chance in of_classes]
    return sorted(found, key=lambda one: -one.probability)


def _vote_out(vote: WeakLabel) -> WeakVoteOut:
    source, judged, place = vote.source, vote.source.judged, vote.label_class.position
    return WeakVoteOut(
        source_id=source.pk,
        source=source.name,
        kind=source.kind,
        label=class_out(vote.label_class),
        confidence=vote.confidence,
        claimed_accuracy=source.claimed_accuracy,
        right=judged["over_all"] if judged else None,
        right_here=judged["of_classes"][place] if judged else None,
        estimate=judged["class_estimates"][place] if judged else None,
        counts=bool(judged and judged["counts"]),
        contradicts=bool(judged and judged["contradicts"]),
    )


def _event_out(event: Event, *, sees_money: bool) -> EventOut:
    moved = {name: (getattr(event, name) or None) if sees_money else None for name in ("held", "spent", "owed")}
    return EventOut(at=event.at, kind=event.kind, sentence=event.sentence, text=event.text, **moved)
