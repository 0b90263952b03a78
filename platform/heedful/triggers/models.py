"""Rules that start training runs, and the record of each time one did."""

from django.db import models
from django.db.models import Q

from heedful.projects.models import Project
from heedful.registry.models import TrainingRun


class RetrainRule(models.Model):
    """Train when `threshold` labels have settled since the last run took its snapshot."""

    class Kind(models.TextChoices):
        LABEL_COUNT = "label_count"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.LABEL_COUNT)
    threshold = models.PositiveIntegerField(default=20)
    enabled = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "kind"], name="one_rule_a_kind"),
            models.CheckConstraint(condition=Q(threshold__gt=0), name="threshold_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.threshold}"


class TriggerFiring(models.Model):
    """A rule, or a manager's button, and the run it started."""

    rule = models.ForeignKey(RetrainRule, on_delete=models.CASCADE, null=True, related_name="firings")
    run = models.OneToOneField(TrainingRun, on_delete=models.CASCADE, related_name="firing")
    sentence = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sentence
