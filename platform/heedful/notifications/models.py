"""What people and their programs are told: the notification, who has read it, and its ways out of the page.

A mail or a delivery is written in the transaction of what it tells of, and sent by a worker afterwards.
"""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from heedful.accounts.models import User


class Notification(models.Model):
    """One thing that happened, in a sentence, with the page that shows it. With a `key` it is told once."""

    class Kind(models.TextChoices):
        BUDGET_THRESHOLD = "budget_threshold", "Budget used up to a threshold"
        FORECAST_OVER_LIMIT = "forecast_over_limit", "Forecast passes the limit"
        ROUND_NEEDS_APPROVAL = "round_needs_approval", "Round waits for approval"
        OWED_FOR_APPROVAL = "owed_for_approval", "Money owed waits for approval"
        UNKNOWN_ANNOTATOR = "unknown_annotator", "Answer of somebody unknown"
        ANNOTATOR_PAUSED = "annotator_paused", "Annotator paused"
        RUN_FINISHED = "run_finished", "Training run finished"
        WRONG_ATTENTION = "wrong_attention", "Model looks at the wrong thing"
        JOB_FAILED = "job_failed", "Job failed"
        DISPUTE = "dispute", "Label disputed"
        ROUND_CLOSED = "round_closed", "Round closed"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    sentence = models.TextField()
    path = models.CharField(max_length=200)
    key = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)
    read_by = models.ManyToManyField(User, related_name="read_notifications")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind", "key"], condition=~Q(key=""), name="the_same_thing_is_told_once"
            ),
        ]
        indexes = [models.Index(fields=["project", "-at"], name="notifications_newest_first")]

    def __str__(self) -> str:
        return self.sentence

    @property
    def url(self) -> str:
        return f"{settings.HEEDFUL_PUBLIC_URL.rstrip('/')}{self.path}"


class EmailChoice(models.Model):
    """Of which kinds a person wants mail from a project. Without a row they get what is urgent."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_choices")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="email_choices")
    kinds = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "project"], name="one_email_choice_a_project")]

    def __str__(self) -> str:
        return f"{self.user}: {', '.join(self.kinds) or 'nothing'}"


class Sending(models.Model):
    """Something on its way to a program that may be down: tried again after each of `PAUSES`, then given up."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    PAUSES = (
        *(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)),
        *(timedelta(hours=2), timedelta(hours=6), timedelta(hours=12)),
        *(timedelta(days=1), timedelta(days=2)),
    )

    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempt = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    @property
    def tries(self) -> int:
        return len(self.PAUSES) + 1


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self, now: datetime) -> Self:
        """Waiting long enough, and for somebody who still belongs to the project."""
        return self.filter(
            state=Mail.State.WAITING,
            next_try_at__lte=now,
            user__is_active=True,
            user__memberships__project=F("notification__project"),
        )


class Mail(Sending):
    """A notification by e-mail to one person."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="mails")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mails")
    error = models.TextField(blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notification", "user"], name="one_mail_a_person")]
        indexes = [models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="waiting_mails")]

    def __str__(self) -> str:
        return f"mail {self.pk} to {self.user}"


class WebhookEndpoint(models.Model):
    """An address that is told of some kinds of notification. Whoever knows `secret` can check that it was us."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=500)
    secret = models.CharField(max_length=64, default=secrets.token_urlsafe)
    kinds = models.JSONField(default=list)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> Self:
        """Waiting long enough; a disabled endpoint's wait on."""
        return self.filter(state=Delivery.State.WAITING, next_try_at__lte=now, endpoint__enabled=True)


class Delivery(Sending):
    """A notification, or a test if there is none, to one endpoint. `uid` is the same in every attempt."""

    TEST = "test"

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, null=True, related_name="deliveries")
    uid = models.UUIDField(default=uuid.uuid4, unique=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "notification"], name="one_delivery_an_endpoint"),
        ]
        indexes = [models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="waiting_deliveries")]

    def __str__(self) -> str:
        return f"delivery {self.uid}"

    @property
    def tries(self) -> int:
        return super().tries if self.notification_id else 1

    @property
    def kind(self) -> str:
        return self.notification.kind if self.notification else self.TEST

    @property
    def sentence(self) -> str:
        return self.notification.sentence if self.notification else "This is a test; nothing has happened."


class DeliveryAttempt(models.Model):
    """One try at a delivery, written down before it is made, so that a worker that dies leaves its trace."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    excerpt = models.CharField(max_length=500, blank=True)
    error = models.TextField(blank=True, default="The worker stopped before there was an answer.")
    seconds = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="one_attempt_a_number")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.delivery}"
