"""Money: what may be spent, what a label costs, and every movement there has been.

`Budget` carries the sums that decide whether a label can be afforded, under a check that the database holds.
`LedgerEntry` is append-only and explains them: the sums are always those of its columns. A `RateCard` is never edited
either: a new rate is a new card, and what was priced stays priced with its own.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone

from heedful.accounts.models import User
from heedful.core.money import ZERO, MoneyField, rounded
from heedful.projects.models import Project, Tier


class BudgetQuerySet(models.QuerySet["Budget"]):
    def locked(self, project_id: int) -> "Budget":
        """The project's budget, held against every other movement until the transaction ends."""
        return self.select_for_update().get(project_id=project_id)


class Budget(models.Model):
    """What a project may spend, and its rules for what an answer may cost.

    frozen: nothing new is reserved; what is reserved may still be charged.
    overrun_share: an answer may cost so much more than its reservation; what is above is owed until a manager decides.
    median_factor: no more than so many medians of the tier's latest lead times are paid.
    alerted_percent: the highest threshold that was told of, at the limit `alerted_limit`.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="budget")
    currency = models.CharField(max_length=3)
    limit = MoneyField()
    reserved = MoneyField(default=Decimal)
    spent = MoneyField(default=Decimal)
    frozen = models.BooleanField(default=False)
    overrun_share = models.FloatField(default=0.5)
    median_factor = models.FloatField(default=4.0)
    alerted_percent = models.PositiveSmallIntegerField(default=0)
    alerted_limit = MoneyField(default=Decimal)

    objects = BudgetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reserved__gte=0), name="reserved_not_negative"),
            models.CheckConstraint(condition=Q(spent__gte=0), name="spent_not_negative"),
            models.CheckConstraint(condition=Q(limit__gte=F("reserved") + F("spent")), name="limit_holds"),
            models.CheckConstraint(condition=Q(overrun_share__gte=0), name="overrun_share_not_negative"),
            models.CheckConstraint(condition=Q(median_factor__gte=1), name="median_factor_at_least_one"),
        ]

    def __str__(self) -> str:
        return f"{self.spent} + {self.reserved} of {self.limit} {self.currency}"

    @property
    def left(self) -> Decimal:
        return self.limit - self.spent - self.reserved


class RateCard(models.Model):
    """What an answer of a tier, or of one annotator, costs from `effective_from` on.

    A fixed amount, or an hourly rate times the measured lead time up to a cap.
    """

    class Kind(models.TextChoices):
        PER_LABEL = "per_label"
        HOURLY = "hourly"

    tier = models.ForeignKey(Tier, on_delete=models.CASCADE, null=True, related_name="rates")
    annotator = models.ForeignKey("labeling.Annotator", on_delete=models.CASCADE, null=True, related_name="rates")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    amount = MoneyField()
    expected_seconds = models.FloatField(default=36.0)
    cap_seconds = models.FloatField(default=120.0)
    effective_from = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(tier__isnull=False, annotator__isnull=True) | Q(tier__isnull=True, annotator__isnull=False),
                name="rate_of_a_tier_or_an_annotator",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="rate_not_negative"),
            models.CheckConstraint(
                condition=Q(expected_seconds__gt=0, cap_seconds__gte=F("expected_seconds")),
                name="cap_not_below_expected_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {'a label' if self.kind == self.Kind.PER_LABEL else 'an hour'}"

    def expected_price(self) -> Decimal:
        return self.price(self.expected_seconds)

    def price(self, seconds: float) -> Decimal:
        """The price of an answer that took `seconds`, never for more than the cap."""
        if self.kind == self.Kind.PER_LABEL:
            return rounded(self.amount)
        paid_seconds = Decimal(str(min(max(seconds, 0.0), self.cap_seconds)))
        return rounded(self.amount * paid_seconds / 3600)


class Allowance(models.Model):
    """A limit beside the budget's own: of the project, a tier or an annotator, in all or in each period.

    What was spent in the present period and what is held now must not pass it; nothing is held for an annotator.
    """

    class Period(models.TextChoices):
        TOTAL = "total"
        DAY = "day"
        WEEK = "week"
        MONTH = "month"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="allowances")
    tier = models.ForeignKey(Tier, on_delete=models.CASCADE, null=True, related_name="allowances")
    annotator = models.ForeignKey("labeling.Annotator", on_delete=models.CASCADE, null=True, related_name="allowances")
    period = models.CharField(max_length=8, choices=Period.choices)
    limit = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "period"],
                condition=Q(tier__isnull=True, annotator__isnull=True),
                name="one_allowance_a_project_and_period",
            ),
            models.UniqueConstraint(fields=["tier", "period"], name="one_allowance_a_tier_and_period"),
            models.UniqueConstraint(fields=["annotator", "period"], name="one_allowance_an_annotator_and_period"),
            models.CheckConstraint(
                condition=Q(tier__isnull=True) | Q(annotator__isnull=True), name="allowance_of_a_tier_or_an_annotator"
            ),
            models.CheckConstraint(
                condition=~Q(period="total", tier__isnull=True, annotator__isnull=True),
                name="total_of_the_project_is_its_budget",
            ),
            models.CheckConstraint(condition=Q(limit__gte=0), name="allowance_not_negative"),
        ]

    def __str__(self) -> str:
        of = f"the {self.tier} tier" if self.tier else str(self.annotator or "the project")
        return f"{of}, {self.period}: {self.limit}"

    def began(self, now: datetime) -> datetime | None:
        """When the present period began: at midnight UTC, weeks on Monday; None for a total."""
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if self.period == self.Period.TOTAL:
            return None
        if self.period == self.Period.WEEK:
            return midnight - timedelta(days=midnight.weekday())
        return midnight.replace(day=1) if self.period == self.Period.MONTH else midnight


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    def total(self, column: str) -> Decimal:
        return self.aggregate(sum=Sum(column, default=ZERO))["sum"]  # type: ignore[no-any-return]

    def totals(self, *columns: str) -> dict[str, Any]:
        """Sums by column: Decimal for money, int for the rest."""
        return self.aggregate(**{column: Sum(column, default=0) for column in columns})


class LedgerEntry(models.Model):
    """One movement; rows are only ever added, and each column is a change that can be summed.

    `granted` changes the limit, `held` what is reserved, `spent` what is spent, `owed` what an answer is worth beyond
    what could be charged. `labels` and both times say what the money is for. `tier` is that of the hold or of the
    answer; a movement that touches two tiers is two rows.
    """

    class Kind(models.TextChoices):
        GRANT = "grant"
        RESERVE = "reserve"
        RELEASE = "release"
        CHARGE = "charge"
        ADJUST = "adjust"
        REFUND = "refund"
        APPROVE = "approve"
        WAIVE = "waive"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="ledger")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    granted = MoneyField(default=Decimal)
    held = MoneyField(default=Decimal)
    spent = MoneyField(default=Decimal)
    owed = MoneyField(default=Decimal)
    labels = models.SmallIntegerField(default=0)
    measured_ms = models.BigIntegerField(default=0)
    paid_ms = models.BigIntegerField(default=0)
    item = models.ForeignKey("acquisition.QueueItem", on_delete=models.PROTECT, null=True, related_name="ledger")
    annotation = models.ForeignKey("labeling.Annotation", on_delete=models.PROTECT, null=True, related_name="ledger")
    # Their indexes are those of Meta, which begin with them.
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, null=True, related_name="ledger", db_index=False)
    annotator = models.ForeignKey(
        "labeling.Annotator", on_delete=models.PROTECT, null=True, related_name="ledger", db_index=False
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["annotation"], condition=Q(kind="charge"), name="one_charge_an_annotation"),
            models.UniqueConstraint(fields=["item"], condition=Q(kind="reserve"), name="one_reservation_an_item"),
            models.CheckConstraint(
                condition=Q(kind="grant", item__isnull=True) | (~Q(kind="grant") & Q(item__isnull=False)),
                name="only_grants_are_for_no_item",
            ),
            models.CheckConstraint(
                condition=Q(annotation__isnull=True) | Q(tier__isnull=False, annotator__isnull=False),
                name="whose_answer_is_charged",
            ),
        ]
        # Each holds what an allowance sums, so that the rows themselves are not read.
        indexes = [
            models.Index(fields=["project", "at", "spent"], name="ledger_of_project"),
            models.Index(fields=["tier", "at", "spent", "held"], name="ledger_of_tier"),
            models.Index(fields=["annotator", "at", "spent"], name="ledger_of_annotator"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} held {self.held} spent {self.spent}"
