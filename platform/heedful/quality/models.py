"""Settled labels, the gold set, and the snapshots that training runs are made from."""

from django.db import models

from heedful.labeling.models import Annotation
from heedful.pool.models import Sample
from heedful.projects.models import LabelClass, Project


class Label(models.Model):
    """The settled answer of a sample: a view over its annotations, kept as a row so that it can be queried."""

    sample = models.OneToOneField(Sample, on_delete=models.CASCADE, related_name="label")
    label_class = models.ForeignKey(LabelClass, on_delete=models.PROTECT, related_name="labels")
    annotation = models.ForeignKey(Annotation, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.sample}: {self.label_class}"


class Snapshot(models.Model):
    """Exactly which labels a run used: rows of (sample, class position, group), named by their content hash."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="snapshots")
    content_hash = models.CharField(max_length=64)
    address = models.TextField()
    count = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "content_hash"], name="one_snapshot_a_content")]

    def __str__(self) -> str:
        return f"{self.count} labels {self.content_hash[:12]}"
