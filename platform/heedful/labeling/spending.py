"""Where the money went: by tier, annotator, class, strategy or round, by the day, and what is owed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncDate

from heedful.budgets.models import LedgerEntry
from heedful.core.money import ZERO
from heedful.labeling.models import Annotation, Annotator


class By(StrEnum):
    TIER = "tier"
    ANNOTATOR = "annotator"
    CLASS = "class"
    STRATEGY = "strategy"
    ROUND = "round"


GROUPS: Mapping[By, Combinable] = {
    By.TIER: F("tier__kind"),
    By.ANNOTATOR: F("annotator"),
    By.CLASS: F("annotation__label_class__name"),
    By.STRATEGY: Case(When(item__honeypot=True, then=Value("honeypot")), default=F("item__strategy")),
    By.ROUND: F("item__round__number"),
}
# What is held is of an item: of whoever may answer it, and of any class.
OF_ANSWERS = (By.ANNOTATOR, By.CLASS)


@dataclass(frozen=True, slots=True)
class Spend:
    """The ledger's sums for one group; `held` is 0 where nothing can be held."""

    name: str
    labels: int
    seconds: float
    spent: Decimal
    owed: Decimal
    held: Decimal


def spend(*, project_id: int, by: By) -> list[Spend]:
    """Every movement falls into one group, so that the groups add up to the ledger; rounds in order, else by name."""
    entries = LedgerEntry.objects.filter(project_id=project_id, item__isnull=False)
    if by in OF_ANSWERS:
        entries = entries.filter(annotation__isnull=False)
    rows = (
        entries.order_by()
        .values(group=GROUPS[by])
        .annotate(
            all_labels=Sum("labels"),
            all_ms=Sum("paid_ms"),
            all_spent=Sum("spent"),
            all_owed=Sum("owed"),
            all_held=Sum("held"),
        )
        .order_by("group")
    )
    people = {one.pk: str(one) for one in Annotator.objects.filter(project_id=project_id)}
    return [
        Spend(
            name=people[row["group"]] if by == By.ANNOTATOR else str(row["group"]),
            labels=row["all_labels"],
            seconds=row["all_ms"] / 1000,
            spent=row["all_spent"],
            owed=row["all_owed"],
            held=ZERO if by in OF_ANSWERS else row["all_held"],
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Day:
    """How the budget stood at the end of a day (UTC)."""

    day: date
    limit: Decimal
    spent: Decimal
    reserved: Decimal
    labels: int


def burn_down(project_id: int) -> Iterator[Day]:
    """A point for each day on which something moved."""
    days = (
        LedgerEntry.objects.filter(project_id=project_id)
        .order_by()
        .values(day=TruncDate("at"))
        .annotate(all_granted=Sum("granted"), all_spent=Sum("spent"), all_held=Sum("held"), all_labels=Sum("labels"))
        .order_by("day")
    )
    limit, spent, reserved, labels = ZERO, ZERO, ZERO, 0
    for row in days:
        limit += row["all_granted"]
        spent += row["all_spent"]
        reserved += row["all_held"]
        labels += row["all_labels"]
        yield Day(day=row["day"], limit=limit, spent=spent, reserved=reserved, labels=labels)


def owed_answers(project_id: int) -> QuerySet[Annotation, Any]:
    """The answers that wait for a manager, the latest first, with `owed`, `paid` and `owed_because`."""
    because = LedgerEntry.objects.filter(annotation=OuterRef("pk"), owed__gt=0).order_by("-pk").values("note")[:1]
    return (
        Annotation.objects.filter(project_id=project_id)
        .annotate(
            owed=Sum("ledger__owed", default=ZERO),
            paid=Sum("ledger__spent", default=ZERO),
            owed_because=Subquery(because),
        )
        .filter(owed__gt=0)
        .select_related("annotator", "tier", "sample", "rate")
        .order_by("-answered_at", "-pk")
    )
