"""Who is paid what for a period: a line for each movement of the ledger, and their sums for each annotator.

Both are of the ledger's own columns, so that a past period never changes: a correction is a line of its own day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from heedful.budgets.models import LedgerEntry, LedgerQuerySet
from heedful.core.errors import InvalidInput
from heedful.core.money import ZERO, rounded

MS_A_SECOND, SECONDS_A_MINUTE = 1000, 60


@dataclass(frozen=True, slots=True)
class PayrollLine:
    """One movement for an answer. Times and labels are changes, like the amount: a refund takes them back."""

    entry: int
    at: datetime
    kind: str
    annotation: int
    item: int
    sample: str
    annotator_id: int
    annotator: str
    tier: str
    labels: int
    measured_seconds: Decimal
    paid_seconds: Decimal
    timing: str
    rate: Decimal
    rate_kind: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class PayrollRow:
    """What an annotator gets for their work in one tier at one rate."""

    annotator_id: int
    annotator: str
    tier: str
    first_day: date
    last_day: date
    labels: int
    minutes_paid: Decimal
    rate: Decimal
    rate_kind: str
    amount: Decimal
    currency: str


def payroll_lines(*, project_id: int, first_day: date, last_day: date) -> Iterator[PayrollLine]:
    """Every movement for an answer from the first day to the end of the last, in UTC. Raises InvalidInput."""
    if last_day < first_day:
        raise InvalidInput("The last day is before the first.", field="to")
    return (_line(entry) for entry in _entries(project_id, first_day, last_day).iterator(chunk_size=1000))


def _entries(project_id: int, first_day: date, last_day: date) -> LedgerQuerySet:
    began = datetime.combine(first_day, time.min, UTC)
    ended = datetime.combine(last_day + timedelta(days=1), time.min, UTC)
    entries = LedgerEntry.objects.filter(
        project_id=project_id, annotation__isnull=False, at__gte=began, at__lt=ended
    ).exclude(kind=LedgerEntry.Kind.WAIVE)
    return entries.select_related("annotation__rate", "annotator", "tier", "item__sample", "project__budget").order_by(
        "pk"
    )


def _line(entry: LedgerEntry) -> PayrollLine:
    annotation, item, annotator, tier = entry.annotation, entry.item, entry.annotator, entry.tier
    # The database holds that a movement for an answer names all of them.
    assert annotation is not None
    assert annotation.rate is not None
    assert item is not None
    assert annotator is not None
    assert tier is not None
    return PayrollLine(
        entry=entry.pk,
        at=entry.at,
        kind=entry.kind,
        annotation=annotation.pk,
        item=item.pk,
        sample=item.sample.name,
        annotator_id=annotator.pk,
        annotator=str(annotator),
        tier=tier.kind,
        labels=entry.labels,
        measured_seconds=Decimal(entry.measured_ms) / MS_A_SECOND,
        paid_seconds=Decimal(entry.paid_ms) / MS_A_SECOND,
        timing=annotation.timing,
        rate=annotation.rate.amount,
        rate_kind=annotation.rate.kind,
        amount=entry.spent,
        currency=entry.project.budget.currency,
    )


def payroll(*, project_id: int, first_day: date, last_day: date) -> list[PayrollRow]:
    """The sums of the lines, for each annotator, tier and rate."""
    groups: dict[tuple[object, ...], list[PayrollLine]] = {}
    for line in payroll_lines(project_id=project_id, first_day=first_day, last_day=last_day):
        groups.setdefault((line.annotator, line.annotator_id, line.tier, line.rate, line.rate_kind), []).append(line)
    return [_row(groups[key], first_day, last_day) for key in sorted(groups, key=str)]


def _row(lines: Sequence[PayrollLine], first_day: date, last_day: date) -> PayrollRow:
    one = lines[0]
    return PayrollRow(
        annotator_id=one.annotator_id,
        annotator=one.annotator,
        tier=one.tier,
        first_day=first_day,
        last_day=last_day,
        labels=sum(line.labels for line in lines),
        minutes_paid=rounded(sum((line.paid_seconds for line in lines), ZERO) / SECONDS_A_MINUTE),
        rate=one.rate,
        rate_kind=one.rate_kind,
        amount=sum((line.amount for line in lines), ZERO),
        currency=one.currency,
    )
