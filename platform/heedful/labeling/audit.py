"""The proof of the ledger: what it says, computed again from the annotations, the queue and the rates.

Nothing that is proved is taken for granted: a price is its rate times its paid time, not the price that was stored.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from heedful.acquisition.models import QueueItem
from heedful.acquisition.services import still_held
from heedful.budgets.allowances import in_period, named, use_of
from heedful.budgets.models import Budget, LedgerEntry
from heedful.budgets.services import lock
from heedful.core.money import ZERO
from heedful.labeling.models import Annotation
from heedful.labeling.pricing import paid_seconds, worth

SUMS = ("spent", "owed", "labels", "measured_ms", "paid_ms")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not what it must be."""

    what: str
    expected: object
    found: object
    item_id: int | None = None
    annotation_id: int | None = None

    def __str__(self) -> str:
        where = [f"item {self.item_id}"] if self.item_id else []
        where += [f"annotation {self.annotation_id}"] if self.annotation_id else []
        return f"{', '.join([*where, self.what])}: expected {self.expected}, found {self.found}"


@dataclass(frozen=True, slots=True)
class Audit:
    project_id: int
    entries: int
    annotations: int
    differences: list[Difference]


@transaction.atomic
def audit(project_id: int) -> Audit:
    """Prove the project's ledger while nothing moves: no difference means that every movement is accounted for."""
    budget = lock(project_id)
    return Audit(
        project_id=project_id,
        entries=LedgerEntry.objects.filter(project_id=project_id).count(),
        annotations=Annotation.objects.filter(project_id=project_id).count(),
        differences=[
            *_of_annotations(project_id),
            *_of_unpriced(project_id),
            *_of_items(project_id),
            *_of_entries(project_id),
            *_of_budget(budget),
            *_of_allowances(budget),
        ],
    )


def _of_annotations(project_id: int) -> Iterator[Difference]:
    """Each is charged once, for what it is worth, and its price is its rate times its paid time."""
    entries = LedgerEntry.objects.filter(project_id=project_id, annotation__isnull=False)
    sums = {name: Sum(name) for name in SUMS}
    charges = Count("pk", filter=Q(kind=LedgerEntry.Kind.CHARGE))
    rows = entries.order_by().values("annotation").annotate(charges=charges, **{f"all_{k}": v for k, v in sums.items()})
    books = {row["annotation"]: row for row in rows}
    annotations = Annotation.objects.filter(project_id=project_id).select_related("rate")
    for annotation in annotations.order_by("pk").iterator():
        yield from _of_annotation(annotation, books.get(annotation.pk, {}))


def _of_annotation(annotation: Annotation, book: Mapping[str, Any]) -> Iterator[Difference]:
    is_paid = annotation.rate is not None and annotation.standing
    seconds = paid_seconds(annotation) if is_paid else 0.0
    price = annotation.rate.price(seconds) if annotation.rate and is_paid else ZERO
    due = worth(annotation)
    found = {name: book.get(f"all_{name}", ZERO) for name in SUMS}
    checks = [
        ("paid seconds", seconds, annotation.paid_seconds),
        ("price", price, annotation.price),
        ("charged and owed", price - annotation.waived, found["spent"] + found["owed"]),
        ("labels charged", due.labels, found["labels"]),
        ("milliseconds measured", due.measured_ms, found["measured_ms"]),
        ("milliseconds paid", due.paid_ms, found["paid_ms"]),
        ("first charges", max(due.labels, min(book.get("charges", 0), 1)), book.get("charges", 0)),
        ("owed, not negative", True, found["owed"] >= 0),
    ]
    for what, expected, is_now in checks:
        if expected != is_now:
            yield Difference(what, expected, is_now, annotation.item_id, annotation.pk)


def _of_unpriced(project_id: int) -> Iterator[Difference]:
    """Whoever has a tier with a rate is paid."""
    forgotten = Annotation.objects.filter(project_id=project_id, rate=None, annotator__tier__rates__isnull=False)
    for annotation in forgotten.distinct().order_by("pk"):
        yield Difference("rate", "one of its annotator's tier", None, annotation.item_id, annotation.pk)


def _of_items(project_id: int) -> Iterator[Difference]:
    """What waits holds its price for everybody who is still asked; nothing else holds anything."""
    items = QueueItem.objects.filter(round__project_id=project_id).annotate(held=Sum("ledger__held", default=ZERO))
    people = Annotation.objects.filter(item__round__project_id=project_id).order_by().values("item")
    given = dict(people.annotate(people=Count("annotator", distinct=True)).values_list("item", "people"))
    for item in items.order_by("pk").iterator():
        expected = still_held(item, answers=given.get(item.pk, 0))
        if item.held != expected:
            yield Difference("held", expected, item.held, item.pk)


def _of_entries(project_id: int) -> Iterator[Difference]:
    """A movement for an answer is of whoever gave it, in the tier they were in."""
    entries = LedgerEntry.objects.filter(project_id=project_id, annotation__isnull=False)
    right = Q(tier=F("annotation__tier"), annotator=F("annotation__annotator"), item=F("annotation__item"))
    for entry in entries.exclude(right).order_by("pk"):
        what = f"tier, annotator and item of entry {entry.pk}"
        yield Difference(what, "its annotation's", "others", entry.item_id, entry.annotation_id)


def _of_budget(budget: Budget) -> Iterator[Difference]:
    sums = LedgerEntry.objects.filter(project_id=budget.project_id).totals("granted", "held", "spent")
    checks = [
        ("limit", sums["granted"], budget.limit),
        ("reserved", sums["held"], budget.reserved),
        ("spent", sums["spent"], budget.spent),
        ("spent and reserved within the limit", True, budget.spent + budget.reserved <= budget.limit),
    ]
    for what, expected, found in checks:
        if expected != found:
            yield Difference(f"budget's {what}", expected, found)


def _of_allowances(budget: Budget) -> Iterator[Difference]:
    """Only a manager's approval goes beyond an allowance."""
    now = timezone.now()
    for allowance in budget.project.allowances.select_related("tier", "annotator"):
        approved = in_period(allowance, now=now).filter(kind=LedgerEntry.Kind.APPROVE).total("spent")
        used = use_of(allowance, budget, now=now).sum - approved
        if used > allowance.limit:
            yield Difference(f"use of {named(allowance, budget.currency)}", f"at most {allowance.limit}", used)
