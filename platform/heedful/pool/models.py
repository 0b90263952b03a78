"""The pool: where samples came from, the samples, and the shards in which they are embedded and scored."""

from typing import Self

from django.db import models
from django.db.models import Q

from heedful.projects.models import LabelClass, Project


class Source(models.Model):
    """One import: a folder, a zip, a table or pages to collect, and what became of its rows."""

    class Kind(models.TextChoices):
        FOLDER = "folder"
        ZIP = "zip"
        CSV = "csv"
        PARQUET = "parquet"
        PAGES = "pages"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=255)
    address = models.TextField()
    group_column = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Refusal(models.Model):
    """A row of a source that could not be taken in, and why. The rest went in."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="refusals")
    row = models.PositiveIntegerField()
    name = models.CharField(max_length=1024)
    reason = models.CharField(max_length=400)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "row"], name="one_refusal_a_row")]

    def __str__(self) -> str:
        return f"{self.row} {self.name}: {self.reason}"


class Shard(models.Model):
    """A fixed slice of the pool, the unit of embedding and scoring. It never grows: a later import makes its own."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="shards")
    number = models.PositiveIntegerField()
    size = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="shard_number_unique")]

    def __str__(self) -> str:
        return f"shard {self.number} of {self.project}"


class ShardArtifact(models.Model):
    """A file computed for a whole shard: its embeddings under a backbone, or its scores under a model version.

    `producer` names what computed it by content, so that the caches of two backbones live side by side.
    """

    class Kind(models.TextChoices):
        EMBEDDINGS = "embeddings"
        SCORES = "scores"

    shard = models.ForeignKey(Shard, on_delete=models.CASCADE, related_name="artifacts")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    producer = models.CharField(max_length=120)
    address = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shard", "kind", "producer"], name="one_artifact_a_producer")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.shard} by {self.producer}"


class SampleQuerySet(models.QuerySet["Sample"]):
    def gold(self) -> Self:
        return self.filter(role=Sample.Role.GOLD)

    def unasked_gold(self) -> Self:
        """Gold that waits to be asked about: it joined a gold group later, the money did not suffice, or nobody
        answered in time."""
        unlabeled = self.gold().filter(shard__isnull=False, label__isnull=True, skipped=False)
        return unlabeled.exclude(queue_items__ended_because__in=["", "withdrawn", "settled", "taken_back"])

    def candidates(self) -> Self:
        """The unlabeled pool as a query sees it: no gold, no settled label, not queued, never skipped."""
        return (
            self.filter(role=Sample.Role.POOL, shard__isnull=False, label__isnull=True, skipped=False)
            .exclude(set_aside__allowed=False)
            .exclude(queue_items__state__in=["planned", "reserved", "sent", "answered"])
        )


class Sample(models.Model):
    """One picture of the pool, known by the hash of its content, so that it is never paid for twice.

    `group` ties samples that must stay on one side of every split (a patient, a panel). `row` is its place in its
    shard's files.
    """

    class Role(models.TextChoices):
        POOL = "pool"
        GOLD = "gold"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="samples")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="samples")
    content_hash = models.CharField(max_length=64)
    name = models.CharField(max_length=1024)
    address = models.TextField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    group = models.CharField(max_length=255)
    metadata = models.JSONField(default=dict)
    role = models.CharField(max_length=4, choices=Role.choices, default=Role.POOL)
    skipped = models.BooleanField(default=False)
    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, null=True, related_name="samples")
    row = models.PositiveIntegerField(null=True)

    objects = SampleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "content_hash"], name="one_sample_a_content"),
            models.UniqueConstraint(fields=["shard", "row"], name="one_sample_a_row"),
            models.CheckConstraint(
                condition=Q(shard__isnull=True, row__isnull=True) | Q(shard__isnull=False, row__isnull=False),
                name="sample_row_goes_with_its_shard",
            ),
        ]
        indexes = [models.Index(fields=["project", "role"], name="sample_project_role")]

    def __str__(self) -> str:
        return self.name


class SetAside(models.Model):
    """A sample that is not asked about: a person excluded it, or the champion found it foreign, `score` above
    `threshold` (higher is more foreign). `allowed`: a person said to ask all the same, which holds from then on."""

    class Why(models.TextChoices):
        EXCLUDED = "excluded", "Excluded"
        FOREIGN = "foreign", "Out of distribution"

    sample = models.OneToOneField(Sample, on_delete=models.CASCADE, related_name="set_aside")
    why = models.CharField(max_length=8, choices=Why.choices)
    score = models.FloatField(null=True)
    threshold = models.FloatField(null=True)
    model_number = models.PositiveIntegerField(null=True)
    allowed = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.sample}: {self.why}"


class Priority(models.Model):
    """A sample that a person wants asked about before all else: by the next round, whatever its label. Gone once it is
    queued. `reason` is told to whoever sees it in the queue."""

    sample = models.OneToOneField(Sample, on_delete=models.CASCADE, related_name="priority")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.sample}: {self.reason}"


class WeakSource(models.Model):
    """Where cheap labels come from: a table, a labeling function, a join with a public table, or a collector of pages.

    `claimed_accuracy` holds until experts have labeled samples that the source labels too. `settings` is what its kind
    needs to be run again: a table's address and columns, a function's code, a collector's rules. `content_hash` names
    its labels: equal for equal ones. `judged` is what was found where they could be checked.
    """

    class Kind(models.TextChoices):
        TABLE = "table"
        FUNCTION = "function"
        JOIN = "join"
        COLLECTOR = "collector"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="weak_sources")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=120)
    claimed_accuracy = models.FloatField()
    enabled = models.BooleanField(default=True)
    settings = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    labeled = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    judged = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="weak_source_name_unique_in_project"),
            models.CheckConstraint(
                condition=Q(claimed_accuracy__gt=0, claimed_accuracy__lt=1), name="weak_claim_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WeakLabel(models.Model):
    """What one source calls one sample. There may be millions, so that a row holds nothing else; what a source
    abstains from has none. `confidence`, 0..1, is the source's own, if it has any."""

    source = models.ForeignKey(WeakSource, on_delete=models.CASCADE, related_name="labels", db_index=False)
    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="weak_labels")
    label_class = models.ForeignKey(LabelClass, on_delete=models.CASCADE, related_name="+", db_index=False)
    confidence = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "sample"], name="one_weak_label_a_source")]

    def __str__(self) -> str:
        return f"{self.sample}: {self.label_class} by {self.source}"


class WeakRefusal(models.Model):
    """A row of a table, or a sample given to a function, of which a source could make no label, and why."""

    source = models.ForeignKey(WeakSource, on_delete=models.CASCADE, related_name="refusals")
    row = models.PositiveIntegerField()
    name = models.CharField(max_length=1024)
    reason = models.CharField(max_length=400)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "row"], name="one_weak_refusal_a_row")]

    def __str__(self) -> str:
        return f"{self.row} {self.name}: {self.reason}"


class WeakSummary(models.Model):
    """What the sources of a project amount to together, as they were last weighed: how many samples, how often sources
    conflict, which of them counted."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="weak_summary")
    body = models.JSONField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"weak labels of {self.project}"
