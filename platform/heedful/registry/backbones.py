"""Which backbone serves a project, and which one its next version learns on.

They are the same until a manager chooses another: then the champion goes on serving on the old one, while the pool is
embedded under the new one and a version is trained on it. The gate decides; with its promotion they are the same again.
"""

from dataclasses import dataclass

from django.db import transaction

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.acquisition.models import QueryRound
from heedful.core.errors import Conflict, RunInProgress
from heedful.pool.models import Shard, ShardArtifact
from heedful.projects.models import Project
from heedful.registry.models import Backbone, BackboneComparison, ModelVersion, TrainingRun
from heedful.registry.zoo import require_choosable


def pretrained(name: str) -> Backbone | None:
    """None until it is exported."""
    return Backbone.objects.filter(name=name, run=None).first()


def champions_backbone(project_id: int) -> Backbone | None:
    return Backbone.objects.filter(models__project_id=project_id, models__state=ModelVersion.State.CHAMPION).first()


def serving_backbone(project: Project) -> Backbone | None:
    """The champion's backbone; before there is one, the pretrained backbone of the project, once it is exported."""
    return champions_backbone(project.pk) or pretrained(project.backbone)


def chosen_anew(project: Project) -> str:
    """The backbone that was chosen while the champion stands on another; empty if there is none."""
    serving = champions_backbone(project.pk)
    return project.backbone if serving and serving.base != project.backbone else ""


def backbone_of_run(run: TrainingRun) -> Backbone | None:
    """What the run learns on: its own once it is fine-tuned, else the one it was started on."""
    if tuned := Backbone.objects.filter(run=run).first():
        return tuned
    chosen = run.terms.get("backbone")
    return pretrained(chosen) if chosen else serving_backbone(run.project)


def missing_shards(*, project_id: int, kind: ShardArtifact.Kind, producer: str) -> list[Shard]:
    """Shards that still lack their file by this producer."""
    done = ShardArtifact.objects.filter(kind=kind, producer=producer).values("shard_id")
    return list(Shard.objects.filter(project_id=project_id).exclude(pk__in=done).order_by("number"))


def unembedded(project: Project, backbone: Backbone) -> list[Shard]:
    return missing_shards(project_id=project.pk, kind=ShardArtifact.Kind.EMBEDDINGS, producer=backbone.key)


@dataclass(frozen=True, slots=True)
class Switch:
    """A backbone that was chosen while another serves: how many samples are embedded under it."""

    name: str
    embedded: int
    samples: int

    @property
    def ready(self) -> bool:
        return 0 < self.samples == self.embedded


def switch_of(project: Project) -> Switch | None:
    name = chosen_anew(project)
    if not name:
        return None
    shards, backbone = Shard.objects.filter(project=project), pretrained(name)
    samples = sum(shards.values_list("size", flat=True))
    missing = sum(one.size for one in unembedded(project, backbone)) if backbone else samples
    return Switch(name, samples - missing, samples)


@dataclass(frozen=True, slots=True)
class Effort:
    """What it takes to embed the samples that are not yet; seconds None while its speed was not measured here."""

    samples: int
    seconds: float | None
    with_decoding: bool


def embedding_effort(project: Project, backbone: Backbone | None, comparison: BackboneComparison | None) -> Effort:
    """At the rate that a comparison found on the project's own pictures, else that of inference alone."""
    if backbone is None:
        return Effort(sum(Shard.objects.filter(project=project).values_list("size", flat=True)), None, False)
    samples = sum(one.size for one in unembedded(project, backbone))
    rows = comparison.body["rows"] if comparison else []
    for rate in (row["per_second"] for row in rows if row["name"] == backbone.name):
        return Effort(samples, samples / rate, True)
    speed = backbone.speed
    return Effort(samples, samples / speed["per_second"] if speed else None, False)


@transaction.atomic
def change_backbone(*, project: Project, name: str, by: User | None) -> None:
    """Have the next version learn on that backbone; the champion serves until such a version is promoted.

    Raises InvalidInput for a backbone that is not there, RunInProgress during a run, and Conflict while a first round
    is being chosen.
    """
    require_choosable(project, name)
    project = Project.objects.select_for_update().get(pk=project.pk)
    if name == project.backbone:
        return
    if project.runs.filter(state__in=TrainingRun.LIVE).exists():
        raise RunInProgress("A training run is under way on the present backbone; wait for its verdict.")
    filling = project.rounds.filter(state=QueryRound.State.FILLING, kind=QueryRound.Kind.QUERY)
    if champions_backbone(project.pk) is None and filling.exists():
        raise Conflict("A round is being chosen under the present backbone; change it once the round is open.")
    Project.objects.filter(pk=project.pk).update(backbone=name)
    record(
        project_id=project.pk,
        by=by,
        action=AuditEntry.Action.SETTINGS,
        before={"backbone": project.backbone},
        after={"backbone": name},
    )
