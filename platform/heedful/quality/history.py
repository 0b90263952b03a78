"""All that ever happened to one sample, in the order of time: asked, answered, paid, settled, corrected, discussed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import chain
from typing import Any

from django.db.models import F, Min, Q, Sum
from django.db.models.functions import Coalesce

from heedful.acquisition.models import Explanation, QueryRound, QueueItem
from heedful.budgets.models import LedgerEntry, LedgerQuerySet
from heedful.core.money import ZERO
from heedful.labeling.models import Annotation, AnnotationRevision, LabelingTask
from heedful.pool.models import Sample
from heedful.quality.models import Label


class EventKind(StrEnum):
    """Also the order of what happens at the same moment."""

    IMPORTED = "imported"
    QUEUED = "queued"
    SENT = "sent"
    ANSWERED = "answered"
    DELETED = "deleted"
    MONEY = "money"
    COMMENT = "comment"
    DISPUTE = "dispute"
    CORRECTION = "correction"
    RESOLVED = "resolved"
    SETTLED = "settled"


PLACES = {kind: place for place, kind in enumerate(EventKind)}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in a sentence; `text` is what somebody said or why. The three amounts are what it moved
    of the budget."""

    at: datetime
    kind: EventKind
    sentence: str
    text: str = ""
    held: Decimal = ZERO
    spent: Decimal = ZERO
    owed: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Cost:
    """What a sample has cost, what is held for it now, and what its answers are owed."""

    spent: Decimal
    held: Decimal
    owed: Decimal


def cost_of(sample: Sample) -> Cost:
    return Cost(**_movements(sample).aggregate(**{name: Sum(name, default=ZERO) for name in Cost.__slots__}))


def history_of(sample: Sample) -> list[Event]:
    events = chain(
        [Event(sample.source.created_at, EventKind.IMPORTED, f"Imported from “{sample.source}”.")],
        _asked(sample),
        _answered(sample),
        _paid(sample),
        _corrected(sample),
        _discussed(sample),
        _settled(sample),
    )
    return sorted(events, key=lambda event: (event.at, PLACES[event.kind]))


def items_of(sample: Sample) -> Any:
    """Each time the sample was chosen, oldest first, with when it was `asked_at` and what was `reserved` then."""
    reserves = Q(ledger__kind=LedgerEntry.Kind.RESERVE)
    return (
        sample.queue_items.select_related("round", "tier")
        .annotate(
            asked_at=Coalesce(Min("ledger__at", filter=reserves), F("round__opened_at")),
            reserved=Sum("ledger__held", filter=reserves, default=ZERO),
        )
        .order_by("pk")
    )


def _movements(sample: Sample) -> LedgerQuerySet:
    return LedgerEntry.objects.filter(item__sample=sample)


def _asked(sample: Sample) -> Iterator[Event]:
    for item in items_of(sample):
        again = _ranked_again(item)
        # What it was chosen for before it was ranked again is not kept.
        reason = "" if again else item.reason
        yield Event(item.asked_at, EventKind.QUEUED, _choice(item), text=reason, held=item.reserved)
        if again:
            yield again
    for task in LabelingTask.objects.filter(item__sample=sample).select_related("item__tier"):
        if task.sent_at:
            yield Event(task.sent_at, EventKind.SENT, f"Sent to the {task.item.tier} tier’s queue in Label Studio.")


def _choice(item: QueueItem) -> str:
    if item.honeypot:
        return f"Mixed unseen into round {item.round.number} to test the {item.tier} tier."
    if item.round.kind == QueryRound.Kind.GOLD:
        return f"Drawn for the gold set in round {item.round.number}, for the {item.tier} tier."
    if item.edition > 1:
        return f"Chosen for round {item.round.number}, for the {item.tier} tier."
    return f"Chosen at place {item.rank} of round {item.round.number} by {item.strategy}, for the {item.tier} tier."


def _ranked_again(item: QueueItem) -> Event | None:
    """The last time; its heatmap was drawn anew then."""
    drawn = Explanation.objects.filter(item=item).first() if item.edition > 1 else None
    done = item.round.rerankings.filter(at__gte=drawn.created_at).order_by("at").first() if drawn else None
    if done is None:
        return None
    sentence = f"Ranked again at place {item.rank} under version {done.model_number}."
    return Event(done.at, EventKind.QUEUED, sentence, text=item.reason)


def _answered(sample: Sample) -> Iterator[Event]:
    annotations = sample.annotations.select_related("annotator").prefetch_related("revisions__label_class")
    for annotation in annotations:
        before: AnnotationRevision | None = None
        for revision in sorted(annotation.revisions.all(), key=lambda one: one.at):
            yield Event(revision.at, EventKind.ANSWERED, _saying(annotation, revision, before))
            before = revision
        if annotation.deleted_at:
            gone = f"The answer of {annotation.annotator} was deleted in Label Studio."
            yield Event(annotation.deleted_at, EventKind.DELETED, gone)


def _saying(annotation: Annotation, revision: AnnotationRevision, before: AnnotationRevision | None) -> str:
    answer = "skipped" if revision.skipped else str(revision.label_class)
    if before is None:
        return f"{annotation.annotator} {answer}." if revision.skipped else f"{annotation.annotator} answered {answer}."
    if (before.label_class_id, before.skipped) == (revision.label_class_id, revision.skipped):
        return f"{annotation.annotator} saved the same answer again, {answer}."
    return f"{annotation.annotator} changed the answer to {answer}."


ENDINGS = {
    QueueItem.Ending.EXPIRED: "Nobody answered in time.",
    QueueItem.Ending.WITHDRAWN: "A manager withdrew it.",
    QueueItem.Ending.OUTBID: "Other samples became worth more.",
    QueueItem.Ending.SETTLED: "The sample was answered through another item.",
    QueueItem.Ending.TAKEN_BACK: "Its answer was deleted in Label Studio.",
}


def ending_of(item: QueueItem) -> str:
    """Why a withdrawn item was; empty for every other."""
    return ENDINGS[QueueItem.Ending(item.ended_because)] if item.ended_because else ""


WHAT_MOVED = {
    LedgerEntry.Kind.RELEASE: "The reservation was released.",
    LedgerEntry.Kind.CHARGE: "Charged for the answer of {}.",
    LedgerEntry.Kind.ADJUST: "The charge for {} was adjusted.",
    LedgerEntry.Kind.REFUND: "The charge for {} was given back.",
    LedgerEntry.Kind.APPROVE: "What {} was owed was approved.",
    LedgerEntry.Kind.WAIVE: "What {} was owed was waived.",
}


def _paid(sample: Sample) -> Iterator[Event]:
    """Reservations are told with the choice that made them."""
    for entry in _movements(sample).exclude(kind=LedgerEntry.Kind.RESERVE).select_related("annotator", "item", "by"):
        ending = ending_of(entry.item) if entry.item and entry.kind == entry.Kind.RELEASE else ""
        yield Event(
            at=entry.at,
            kind=EventKind.MONEY,
            sentence=WHAT_MOVED[LedgerEntry.Kind(entry.kind)].format(entry.annotator),
            text=" ".join(filter(None, [entry.note or ending, f"By {entry.by}." if entry.by else ""])),
            held=entry.held,
            spent=entry.spent,
            owed=entry.owed,
        )


def _corrected(sample: Sample) -> Iterator[Event]:
    for one in sample.corrections.select_related("by", "label_class"):
        said = (
            f"{one.by} corrected the label to {one.label_class}."
            if one.label_class
            else f"{one.by} took the correction back."
        )
        yield Event(one.at, EventKind.CORRECTION, said, text=one.comment)


def _discussed(sample: Sample) -> Iterator[Event]:
    for one in sample.comments.select_related("by", "resolved_by"):
        kind, does = (EventKind.DISPUTE, "disputes the label") if one.disputes else (EventKind.COMMENT, "commented")
        yield Event(one.at, kind, f"{one.by} {does}.", text=one.text)
        if one.resolved_at:
            yield Event(one.resolved_at, EventKind.RESOLVED, f"{one.resolved_by or 'A manager'} closed the dispute.")


def _settled(sample: Sample) -> Iterator[Event]:
    """As the label stands now: how it stood before is what was answered and corrected until then."""
    label = Label.objects.select_related("label_class").filter(sample=sample, correction=None).first()
    if label:
        from_ = "one answer" if label.answers == 1 else f"{label.answers} answers"
        yield Event(label.settled_at, EventKind.SETTLED, f"The label was settled as {label.label_class}, from {from_}.")
