"""Money: what may be spent, what a label costs, and every movement there has been.

`Budget` carries the two sums that decide whether a label can be afforded, under a check that the database holds.
`LedgerEntry` is append-only and explains them: the sums are always those of its columns.
"""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from heedful.core.money import MoneyField, rounded
from heedful.projects.models import Project


class Budget(models.Model):
    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="budget")
    currency = models.CharField(max_length=3)
    limit = MoneyField()
    reserved = MoneyField(default=Decimal)
    spent = MoneyField(default=Decimal)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reserved__gte=0), name="reserved_not_negative"),
            models.CheckConstraint(condition=Q(spent__gte=0), name="spent_not_negative"),
            models.CheckConstraint(condition=Q(limit__gte=F("reserved") + F("spent")), name="limit_holds"),
        ]

    def __str__(self) -> str:
        return f"{self.spent} + {self.reserved} of {self.limit} {self.currency}"

    @property
    def left(self) -> Decimal:
        return self.limit - self.spent - self.reserved


class RateCard(models.Model):
    """What an answer costs: a fixed amount, or an hourly rate times the measured lead time up to a cap."""

    class Kind(models.TextChoices):
        PER_LABEL = "per_label"
        HOURLY = "hourly"

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="rate")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    amount = MoneyField()
    expected_seconds = models.FloatField(default=36.0)
    cap_seconds = models.FloatField(default=120.0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="rate_not_negative"),
            models.CheckConstraint(
                condition=Q(expected_seconds__gt=0, cap_seconds__gte=F("expected_seconds")),
                name="cap_not_below_expected_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.kind}"

    def expected_price(self) -> Decimal:
        return self.price(self.expected_seconds)

    def price(self, lead_seconds: float) -> Decimal:
        """The price of an answer that took `lead_seconds`, never for more than the cap."""
        if self.kind == self.Kind.PER_LABEL:
            return rounded(self.amount)
        paid_seconds = Decimal(str(min(max(lead_seconds, 0.0), self.cap_seconds)))
        return rounded(self.amount * paid_seconds / 3600)


class LedgerEntry(models.Model):
    """One movement of money. `held` changes what is reserved, `spent` what is spent; rows are only ever added.

    `owed` is the part of a price that the limit did not allow to be charged.
    """

    class Kind(models.TextChoices):
        RESERVE = "reserve"
        RELEASE = "release"
        CHARGE = "charge"
        ADJUST = "adjust"
        REFUND = "refund"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="ledger")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    held = MoneyField(default=Decimal)
    spent = MoneyField(default=Decimal)
    owed = MoneyField(default=Decimal)
    item = models.ForeignKey("acquisition.QueueItem", on_delete=models.PROTECT, related_name="ledger")
    annotation = models.ForeignKey("labeling.Annotation", on_delete=models.PROTECT, null=True, related_name="ledger")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["annotation"], condition=Q(kind="charge"), name="one_charge_an_annotation"),
            models.UniqueConstraint(fields=["item"], condition=Q(kind="reserve"), name="one_reservation_an_item"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} held {self.held} spent {self.spent}"
