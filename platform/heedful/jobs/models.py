"""A Job is one unit of background work: what it is, how far it is, and which attempt may write its result."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class JobQuerySet(models.QuerySet["Job"]):
    def live(self) -> Self:
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def claimable(self) -> Self:
        """Waiting for a worker, or held by one whose lease ran out: that worker is taken for dead."""
        now = timezone.now()
        return self.filter(
            Q(state=Job.State.QUEUED, run_after__lte=now) | Q(state=Job.State.RUNNING, lease_until__lt=now)
        )

    def unsent(self) -> Self:
        """Claimable, and no message to the workers speaks of it: none was sent for this attempt, or it must be lost."""
        return self.claimable().filter(
            Q(sent_at=None)
            | Q(sent_at__lt=F("run_after"))
            | Q(state=Job.State.RUNNING, sent_at__lt=F("lease_until"))
            | Q(sent_at__lt=timezone.now() - Job.LOST_AFTER)
        )


class Job(models.Model):
    """One row per unit of work, found again by its `key`.

    `attempt` fences: only the worker that holds the newest attempt may report progress or an end. `rerun` asks for
    one more run after the present one, for work that was enqueued while it was being done.
    """

    class Kind(models.TextChoices):
        IMPORT_SOURCE = "import_source", "Import pictures"
        EXPORT_BACKBONE = "export_backbone", "Export the backbone"
        EMBED_SHARD = "embed_shard", "Embed a shard"
        SCORE_SHARD = "score_shard", "Score a shard"
        FILL_ROUND = "fill_round", "Choose what to ask"
        EXPLAIN_ROUND = "explain_round", "Draw heatmaps"
        SEND_ROUND = "send_round", "Send to Label Studio"
        RERANK_ROUND = "rerank_round", "Rank the queue again"
        PROCESS_INBOX = "process_inbox", "Take in answers"
        RECONCILE = "reconcile", "Compare with Label Studio"
        CONSENSUS = "consensus", "Weigh several answers"
        FORECAST = "forecast", "Forecast what money buys"
        MEASURE_DRIFT = "measure_drift", "Measure drift"
        MEASURE_GOLD = "measure_gold", "Measure the champion on gold"
        FINE_TUNE = "fine_tune", "Fine-tune the backbone"
        TRAIN_HEAD = "train_head", "Train and evaluate"
        SHRINK_MODEL = "shrink_model", "Make smaller models"
        COMPARE_BACKBONES = "compare_backbones", "Compare backbones"
        PREVIEW_AUGMENTATION = "preview_augmentation", "Draw changed pictures"
        CHECK_BACKBONE = "check_backbone", "Check a backbone"
        INSPECT = "inspect", "Explain pictures"
        MEASURE_TRUST = "measure_trust", "Measure how far maps can be trusted"
        FIND_ERRORS = "find_errors", "Look into errors"
        COMPARE_VERSIONS = "compare_versions", "Compare two versions"
        MEASURE_ROBUSTNESS = "measure_robustness", "Try to fool a version"
        PROJECT_POOL = "project_pool", "Draw the map of the pool"
        MEASURE_ATTENTION = "measure_attention", "See what a version looks at"
        ADVANCE = "advance", "Take the next step"
        APPLY_WEAK_SOURCE = "apply_weak_source", "Apply a weak source"
        WEIGH_WEAK_LABELS = "weigh_weak_labels", "Weigh weak labels"
        SEND_NOTIFICATIONS = "send_notifications", "Send mails and webhooks"

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    MAX_ATTEMPTS = 3
    # A message may wait this long behind other work; sent again sooner, the queue would fill with copies.
    LOST_AFTER = timedelta(seconds=20)
    # Done so often and so quickly that only their failures are news.
    HOUSEKEEPING = (
        *(Kind.ADVANCE, Kind.PROCESS_INBOX, Kind.RECONCILE),
        *(Kind.CONSENSUS, Kind.FORECAST, Kind.WEIGH_WEAK_LABELS, Kind.SEND_NOTIFICATIONS),
    )

    kind = models.CharField(max_length=32, choices=Kind.choices)
    key = models.CharField(max_length=200, unique=True)
    project_id = models.BigIntegerField(db_index=True)
    subject = models.CharField(max_length=200, blank=True)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    rerun = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    unit = models.CharField(max_length=32, blank=True)
    error = models.TextField(blank=True)
    run_after = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="running_job_has_a_lease"
            ),
        ]
        indexes = [models.Index(fields=["state", "run_after"], name="job_state_run_after")]

    def __str__(self) -> str:
        return self.key

    @property
    def title(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}" if self.subject else self.get_kind_display()

    @staticmethod
    def new_lease() -> datetime:
        return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
