"""Rules that start training runs, the record of each time one did, and what the rules read that workers measured."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from heedful.pool.models import Source
from heedful.projects.models import Project
from heedful.registry.models import ModelVersion, TrainingRun


class RetrainRule(models.Model):
    """Start a run of `run_kind` when what `kind` looks at has come to pass since the last such run (a quick one also
    counts from deep ones), and at least `minimum_labels` labels have settled since.

    Any enabled rule is enough. What a kind's `parameters` are is in `triggers.kinds`.
    """

    class Kind(models.TextChoices):
        LABEL_COUNT = "label_count", "So many new labels"
        LABEL_SHARE = "label_share", "New labels, as a share of those in training"
        TIME = "time", "Time since the last run"
        DISAGREEMENT = "disagreement", "Experts disagree with the champion"
        DRIFT = "drift", "An import has drifted"
        GOLD = "gold", "The champion does worse on gold"
        SPENT = "spent", "Money spent on labels"
        SCHEDULE = "schedule", "By the calendar"
        QUICK_GAIN = "quick_gain", "Quick runs gain little"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.LABEL_COUNT)
    run_kind = models.CharField(max_length=8, choices=TrainingRun.Kind.choices, default=TrainingRun.Kind.QUICK)
    parameters = models.JSONField(default=dict)
    minimum_labels = models.PositiveIntegerField(default=1)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minimum_labels__gt=0), name="a_run_needs_a_new_label"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.run_kind} run"


class TriggerFiring(models.Model):
    """A rule, or a manager's button, and the run it started. `kind` stays when the rule is deleted; "" is the button.

    `expected_seconds` and `expected_price` are what the run was expected to take, from the runs before it; None while
    none of its kind had ended, or where an hour of computing has no price.
    """

    rule = models.ForeignKey(RetrainRule, on_delete=models.SET_NULL, null=True, related_name="firings")
    kind = models.CharField(max_length=16, choices=RetrainRule.Kind.choices, blank=True)
    run = models.OneToOneField(TrainingRun, on_delete=models.CASCADE, related_name="firing")
    sentence = models.CharField(max_length=200)
    expected_seconds = models.FloatField(null=True)
    expected_price = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sentence


class DriftMeasurement(models.Model):
    """An import against the pool before it and against what the champion, `model`, had learned from.

    `body` has a test by name (`embeddings_pool`, `scores_pool`, `embeddings_training`, `scores_training`), each with
    its `value` and `p`, or a `reason` why there is none. An import is measured once: each look is a chance of a false
    alarm.
    """

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="drift")
    model = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="drift")
    body = models.JSONField()
    measured_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"drift of {self.source}"


class GoldMeasurement(models.Model):
    """The expected cost of a champion on gold as it is now, with its 95% interval."""

    model = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="on_later_gold")
    gold_hash = models.CharField(max_length=64)
    gold_size = models.PositiveIntegerField()
    expected_cost = models.JSONField()
    measured_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "gold_hash"], name="one_measurement_a_gold_set")]

    def __str__(self) -> str:
        return f"{self.model} on {self.gold_size} gold samples"
