"""Looking into models: those that people bring to have them explained, and looks at many pictures."""

from django.db import models

from heedful.accounts.models import User
from heedful.projects.models import Project
from heedful.registry.models import ModelVersion


class OwnModel(models.Model):
    """A classifier of somebody's own, of no project: a file that was held to what was declared of it, and kept as a
    graph of ours.

    `gives`: what its file answers. `metrics`: what its owner states of it. `lacking`: why methods that follow gradients
    do not work on it; empty where they do.
    """

    class Gives(models.TextChoices):
        LOGITS = "logits"
        PROBABILITIES = "probabilities"

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="own_models")
    name = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    classes = models.JSONField()
    size = models.PositiveIntegerField()
    mean = models.JSONField()
    std = models.JSONField()
    gives = models.CharField(max_length=16, choices=Gives.choices)
    metrics = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64)
    graph_address = models.TextField()
    lacking = models.TextField(blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name", "version"], name="one_own_model_a_version")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Inspection(models.Model):
    """A look at many pictures through one method, by a job. `pictures`: what was asked for, one after another; `found`
    what came of them, in the form of `inspection.looking`."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="inspections")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    model = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="inspections")
    method = models.CharField(max_length=80)
    settings = models.JSONField(default=dict)
    top = models.PositiveSmallIntegerField()
    classes = models.JSONField(default=list)
    pictures = models.JSONField()
    found = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.method} of {len(self.pictures)} pictures by {self.model}"
