"""Models and where they came from: backbones, training runs, versions, and how each did on gold."""

from django.db import models
from django.db.models import Q

from heedful.core.money import MoneyField
from heedful.projects.models import Project
from heedful.quality.models import Snapshot


class TrainingRun(models.Model):
    """One attempt at a better model. A quick run trains a head on cached embeddings; a deep run fine-tunes the
    backbone first and re-embeds the pool under it.

    One run per project is live at a time, and no two runs of a kind use the same labels on the same terms: the database
    says so. `terms` is what of the project's settings decides the outcome, as it was when the run started: merged
    classes and the means against imbalance; empty, with an empty hash, where both are the default.
    """

    class Kind(models.TextChoices):
        QUICK = "quick"
        DEEP = "deep"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    LIVE = (State.WAITING, State.RUNNING)

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=200)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="runs")
    seed = models.PositiveIntegerField()
    terms = models.JSONField(default=dict)
    terms_hash = models.CharField(max_length=64, blank=True, default="")
    config = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    code_version = models.CharField(max_length=64)
    spent = MoneyField()
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_live_run_a_project",
            ),
            models.UniqueConstraint(
                fields=["project", "kind", "snapshot", "terms_hash"],
                condition=~Q(state="failed"),
                name="never_two_runs_for_the_same_labels",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} run on {self.snapshot}"


class Backbone(models.Model):
    """An exported feature extractor: image → embedding and feature map. `key` holds the hash of its graph.

    The pretrained ones are shared by all projects; a deep run's own belongs to that run. `base` is the catalogue
    entry that its architecture and preprocessing come from. `speed`: what was measured on this installation, in the
    form of `ml.inference.speed`; None until it is.
    """

    key = models.CharField(max_length=120)
    name = models.CharField(max_length=80)
    base = models.CharField(max_length=80)
    address = models.TextField()
    checkpoint_address = models.TextField()
    run = models.OneToOneField(TrainingRun, on_delete=models.CASCADE, null=True, related_name="backbone")
    speed = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(run=None), name="one_pretrained_backbone_a_name")
        ]

    def __str__(self) -> str:
        return self.key


class OwnBackbone(models.Model):
    """A backbone that a manager brought, with what was declared of it; a worker has it keep that before anybody can
    choose it. `source`: the file's address, or the name on the hub; of a package, its name is all. What a package or
    the hub says of theirs is filled in when it was checked. `parameters` in millions.
    """

    class Kind(models.TextChoices):
        FILE = "file", "A file"
        PACKAGE = "package", "An installed package"
        HUB = "hub", "The transformers hub"

    class State(models.TextChoices):
        CHECKING = "checking"
        READY = "ready"
        REFUSED = "refused"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="own_backbones")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # As of `Backbone`, for which all projects share their names.
    name = models.CharField(max_length=80, unique=True)
    source = models.TextField(blank=True)
    licence = models.CharField(max_length=80)
    origin = models.CharField(max_length=300)
    size = models.PositiveIntegerField(null=True)
    mean = models.JSONField(default=list)
    std = models.JSONField(default=list)
    embedding_width = models.PositiveIntegerField(null=True)
    parameters = models.FloatField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.CHECKING)
    error = models.TextField(blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class ModelVersion(models.Model):
    """A trained model: the deployable graph, its head, and the recorded verdict on whether it may serve."""

    class State(models.TextChoices):
        CHAMPION = "champion"
        RETIRED = "retired"
        REJECTED = "rejected"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="models")
    number = models.PositiveIntegerField()
    run = models.OneToOneField(TrainingRun, on_delete=models.PROTECT, related_name="model")
    backbone = models.ForeignKey(Backbone, on_delete=models.PROTECT, related_name="models")
    state = models.CharField(max_length=10, choices=State.choices)
    graph_address = models.TextField()
    head_address = models.TextField()
    content_hash = models.CharField(max_length=64)
    parity = models.FloatField()
    verdict = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="version_number_unique"),
            models.UniqueConstraint(fields=["project"], condition=Q(state="champion"), name="one_champion_a_project"),
        ]

    def __str__(self) -> str:
        return f"v{self.number} of {self.project}"

    @property
    def producer(self) -> str:
        """The name under which this version's scores are cached."""
        return f"model-{self.content_hash[:32]}"


class Evaluation(models.Model):
    """How a version did on the gold set as it was then. `metrics` holds values with their bootstrap bounds.

    `control` is the same of a head that learned from the random control alone: what labels drawn by chance would have
    bought. It holds `labels`, `spent` and `metrics`; None while there is no control label.
    """

    model = models.OneToOneField(ModelVersion, on_delete=models.CASCADE, related_name="evaluation")
    gold_hash = models.CharField(max_length=64)
    gold_size = models.PositiveIntegerField()
    metrics = models.JSONField()
    control = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.model} on {self.gold_size} gold samples"


class Forecast(models.Model):
    """What more money is expected to buy, as it was said when `model` was the newest version.

    Kept, so that what was forecast can be held against what came. `body` is in the form of `registry.forecasts`.
    """

    model = models.OneToOneField(ModelVersion, on_delete=models.CASCADE, related_name="forecast")
    body = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"forecast at {self.model}"


class ModelVariant(models.Model):
    """A version as it can be served: in full, smaller, by a student of it, or as a cascade; and whether it may stand in
    for the full one. `report` says how large, fast and dear it is, and why it passed or was refused.

    Of a cascade, `graph_address` is the cheap graph: what is less sure than `threshold` goes on to the full one.
    """

    class Kind(models.TextChoices):
        FULL = "full", "Full"
        FP16 = "fp16", "Half precision"
        INT8 = "int8", "8-bit integers"
        DISTILLED = "distilled", "Distilled"
        DISTILLED_INT8 = "distilled_int8", "Distilled, 8-bit integers"
        CASCADE = "cascade", "Cascade"

    model = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="variants")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    passed = models.BooleanField()
    graph_address = models.TextField()
    threshold = models.FloatField(null=True)
    size_bytes = models.BigIntegerField()
    report = models.JSONField()
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "kind"], name="one_variant_a_kind"),
            models.CheckConstraint(
                condition=Q(kind="cascade", threshold__isnull=False) | (~Q(kind="cascade") & Q(threshold__isnull=True)),
                name="a_cascade_has_a_threshold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.model}"


class ModelReport(models.Model):
    """What was found out about a version by looking into it, as it was found last: one a kind and `subject`, which is
    what it was held against (the number of another version, the name of a method), if anything.

    `body` is in the form that the worker's task of that kind describes.
    """

    class Kind(models.TextChoices):
        TRUST = "trust", "How far its maps can be trusted"
        ERRORS = "errors", "Why it is wrong"
        ATTENTION = "attention", "What it looks at"
        COMPARISON = "comparison", "Beside another version"
        ROBUSTNESS = "robustness", "What fools it"

    model = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    subject = models.CharField(max_length=80, blank=True)
    body = models.JSONField()
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "kind", "subject"], name="one_report_a_subject")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.model}"


class PoolMap(models.Model):
    """The pool of a project laid out in the plane under a backbone. The file holds `ids` (n,) and `points` (n, 2).
    `kept`: how far neighbours on it are neighbours in the embeddings, 0..1, higher is better."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="pool_map")
    backbone = models.ForeignKey(Backbone, on_delete=models.CASCADE, related_name="+")
    address = models.TextField()
    size = models.PositiveIntegerField()
    kept = models.FloatField()
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"map of {self.project}"


class AugmentationPreview(models.Model):
    """What the policy that was asked about last does to a few samples. `body` is in the form of
    `registry.augmentation`."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="augmentation_preview")
    body = models.JSONField()
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"augmentation in {self.project}"


class BackboneComparison(models.Model):
    """How the backbones did on the labels at hand, as it was found last. `body` is in the form of
    `registry.comparison`."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="comparison")
    body = models.JSONField()
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"backbones for {self.project}"
