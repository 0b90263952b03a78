"""Label Studio from our side: the project that mirrors ours, the tasks sent, and the answers that came back.

Label Studio is a disposable front end. Every event is stored as it came before anything is done about it, and every
answer is kept, also when it was changed or deleted there.
"""

import secrets
import uuid
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q

from heedful.accounts.models import User
from heedful.acquisition.models import QueueItem
from heedful.budgets.models import RateCard
from heedful.core.money import MoneyField
from heedful.pool.models import Sample
from heedful.projects.models import LabelClass, Project, Tier


class Annotator(models.Model):
    """A person or program that answers, and the tier they are paid in.

    Known by e-mail once invited, by `external_id` once Label Studio has them; either may come first. Without a tier
    they are unknown: their answers are kept and charged to nobody until a manager assigns them one. Once resumed, they
    are judged by what they answer from `resumed_at` on.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="annotators")
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, null=True, related_name="annotators")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="annotators")
    external_id = models.BigIntegerField(null=True)
    email = models.EmailField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    resumed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "external_id"], name="annotator_unique"),
            models.UniqueConstraint(fields=["project", "email"], condition=~Q(email=""), name="one_annotator_an_email"),
        ]

    def __str__(self) -> str:
        return self.email or f"Label Studio user {self.external_id}"


class LabelStudioProject(models.Model):
    """The Label Studio project that a tier's queue is sent to. `hook` and `secret` guard its webhook."""

    tier = models.OneToOneField(Tier, on_delete=models.CASCADE, related_name="label_studio")
    external_id = models.BigIntegerField(null=True)
    hook = models.UUIDField(default=uuid.uuid4, unique=True)
    secret = models.CharField(max_length=64, default=secrets.token_urlsafe)
    reconciled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Label Studio project {self.external_id}"


class LabelingTask(models.Model):
    """The outbox: one row a queue item that Label Studio is to show, with its id there once it is known, and which
    edition of the item it shows."""

    item = models.OneToOneField(QueueItem, on_delete=models.CASCADE, related_name="task")
    external_id = models.BigIntegerField(null=True)
    edition = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"task {self.external_id} for {self.item}"


class WebhookEvent(models.Model):
    """The inbox: what Label Studio said, word for word, and whether it has been acted on."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="webhook_events")
    payload = models.JSONField()
    received_at = models.DateTimeField(auto_now_add=True)
    processed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [models.Index(fields=["project", "id"], condition=Q(processed_at=None), name="unprocessed_events")]

    def __str__(self) -> str:
        return f"event {self.pk}"


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    def standing(self) -> Self:
        """Answers that hold: neither skipped nor deleted in Label Studio."""
        return self.filter(skipped=False, deleted_at__isnull=True)


class Annotation(models.Model):
    """One annotator's answer as it stands. What it said before is in its revisions.

    Its terms are fixed when it is first priced and hold for every later edit: `tier` is what its annotator was then,
    `rate` what they were paid, `cap_seconds` the most that is paid of its time. None of them while the annotator is
    unknown. Of `lead_seconds` (None if Label Studio did not measure it) `paid_seconds` are paid, as `timing` says.
    It is due its price less what a manager waived.
    """

    class Timing(models.TextChoices):
        MEASURED = "measured", "paid as measured"
        RATE_CAP = "rate_cap", "cut to the rate's cap"
        MEDIAN_CAP = "median_cap", "cut to so many medians of the tier's latest times"
        EXPECTED = "expected", "not measured: the expected time is paid"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="annotations")
    item = models.ForeignKey(QueueItem, on_delete=models.PROTECT, related_name="annotations")
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="annotations")
    annotator = models.ForeignKey(Annotator, on_delete=models.PROTECT, related_name="annotations")
    external_id = models.BigIntegerField()
    label_class = models.ForeignKey(LabelClass, on_delete=models.PROTECT, null=True, related_name="annotations")
    skipped = models.BooleanField(default=False)
    accepted_prediction = models.BooleanField(default=False)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, null=True, related_name="annotations", db_index=False)
    rate = models.ForeignKey(RateCard, on_delete=models.PROTECT, null=True, related_name="annotations")
    lead_seconds = models.FloatField(null=True)
    cap_seconds = models.FloatField(null=True)
    paid_seconds = models.FloatField(default=0.0)
    timing = models.CharField(max_length=10, choices=Timing.choices, default=Timing.MEASURED)
    price = MoneyField(default=Decimal)
    waived = MoneyField(default=Decimal)
    answered_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(auto_now_add=True)

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "external_id"], name="one_annotation_an_external_id"),
            models.CheckConstraint(
                condition=Q(skipped=True) | Q(label_class__isnull=False), name="an_answer_names_a_class"
            ),
            models.CheckConstraint(
                condition=Q(waived__gte=0, waived__lte=F("price")), name="no_more_is_waived_than_the_price"
            ),
        ]
        indexes = [models.Index(fields=["tier", "answered_at"], name="annotations_of_tier")]

    def __str__(self) -> str:
        return f"annotation {self.external_id}: {self.label_class or 'skipped'}"

    @property
    def standing(self) -> bool:
        return not self.skipped and self.deleted_at is None

    @property
    def due(self) -> Decimal:
        return self.price - self.waived


class AnnotationRevision(models.Model):
    """What an annotation said at one moment; rows are only ever added."""

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="revisions")
    label_class = models.ForeignKey(LabelClass, on_delete=models.PROTECT, null=True, related_name="+")
    skipped = models.BooleanField()
    lead_seconds = models.FloatField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["annotation", "at"], name="one_revision_a_moment")]

    def __str__(self) -> str:
        return f"{self.label_class or 'skipped'} at {self.at}"
