"""Settled labels and why they hold, what is known of each annotator, and the snapshots that runs are made from."""

from django.db import models

from heedful.accounts.models import User
from heedful.labeling.models import Annotation, Annotator
from heedful.pool.models import Sample
from heedful.projects.models import LabelClass, Project


class Correction(models.Model):
    """A manager's word on a sample; the newest holds above every answer. Without a class it takes an earlier one back.

    Rows are only ever added, and the answers themselves stay as they were given.
    """

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="corrections")
    label_class = models.ForeignKey(LabelClass, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    comment = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.sample}: {self.label_class or 'as answered'}"


class Comment(models.Model):
    """What somebody says about a sample. One that disputes its label stays open until it is resolved."""

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)
    disputes = models.BooleanField(default=False)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.text


class Label(models.Model):
    """The settled answer of a sample: a view over its annotations, kept as a row so that it can be queried.

    `annotation` is the newest answer that says so, None if only a correction does. `answers` is how many annotators
    it rests on, and `quality`, 0..1, how sure they are together; None for a single expert's, which nothing contradicts.
    """

    sample = models.OneToOneField(Sample, on_delete=models.CASCADE, related_name="label")
    label_class = models.ForeignKey(LabelClass, on_delete=models.PROTECT, related_name="labels")
    annotation = models.ForeignKey(Annotation, on_delete=models.PROTECT, null=True, related_name="+")
    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, null=True, related_name="+")
    answers = models.PositiveSmallIntegerField(default=1)
    quality = models.FloatField(null=True)
    settled_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.sample}: {self.label_class}"


class AnnotatorQuality(models.Model):
    """What is known of an annotator's answers: `confusion[true][answered]` in class order, as estimated from all
    answers and gold together, and how often they were right where the truth is known without them, over all, of each
    class and on honeypots alone, with intervals (`on_gold`)."""

    annotator = models.OneToOneField(Annotator, on_delete=models.CASCADE, related_name="quality")
    answers = models.PositiveIntegerField()
    confusion = models.JSONField()
    on_gold = models.JSONField()
    measured_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"quality of {self.annotator}"


class Agreement(models.Model):
    """How far annotators agree with each other: Krippendorff's alpha and every pair, with intervals."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="agreement")
    body = models.JSONField()
    measured_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"agreement in {self.project}"


class BlindStudy(models.Model):
    """Whether what annotators see of the model helps or misleads them: answers with it and without it, and the
    differences, with intervals."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="blind_study")
    body = models.JSONField()
    measured_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"blind study of {self.project}"


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
