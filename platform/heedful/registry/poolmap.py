"""The map of the pool: where each sample lies, and what it can be coloured by.

Points leave as columns of numbers end to end, since a hundred thousand of them as JSON would take seconds:

    x, y            float32
    uncertainty     float32: 1 less the probability of the likeliest class; NaN while there is no model
    id              uint32
    round, source   uint16: places in the legend; 0 is none
    label, predicted    uint8: places of classes, 255 is none
    state           uint8: bits: 1 gold, 2 labeled and predicted otherwise, 4 not asked about, 8 asked first
"""

import io

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from django.db import transaction

from heedful.acquisition.models import QueueItem
from heedful.core import artifacts
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.pool.artifacts import recorded
from heedful.pool.models import Sample, SetAside, ShardArtifact
from heedful.projects.models import Project
from heedful.registry.backbones import serving_backbone
from heedful.registry.models import Backbone, PoolMap
from heedful.registry.services import champion

NONE = 255
GOLD, WRONG, ASIDE, FIRST = 1, 2, 4, 8


def map_backbone(project: Project) -> Backbone | None:
    """Under which the pool is laid out: the champion's, else the one that embeds it."""
    best = champion(project.pk)
    return best.backbone if best else serving_backbone(project)


def job_of(project: Project) -> Job | None:
    return Job.objects.filter(key=_key(project)).first()


@transaction.atomic
def request_map(project: Project) -> Job:
    """Have a worker lay it out, also if it was before."""
    Job.objects.filter(key=_key(project), state__in=[Job.State.FAILED, Job.State.CANCELLED]).delete()
    return enqueue(Job.Kind.PROJECT_POOL, key=str(project.pk), project_id=project.pk)


def record_map(*, project: Project, backbone: Backbone, address: str, size: int, kept: float) -> PoolMap:
    made, _ = PoolMap.objects.update_or_create(
        project=project, defaults={"backbone": backbone, "address": address, "size": size, "kept": kept}
    )
    return made


def map_of(project: Project) -> PoolMap | None:
    return PoolMap.objects.filter(project=project).select_related("backbone").first()


def legend(project: Project) -> dict[str, list[str]]:
    """What places in the columns stand for."""
    return {
        "classes": [one.name for one in project.classes()],
        "rounds": ["none", *(f"round {number}" for number in _rounds(project))],
        "sources": ["none", *project.sources.order_by("pk").values_list("name", flat=True)],
    }


def points(made: PoolMap) -> bytes:
    """All columns of the map, as it is now; in the order of its samples."""
    with np.load(io.BytesIO(artifacts.read(made.address))) as kept:
        ids, places = kept["ids"].astype(np.int64), kept["points"].astype("<f4")
    project = made.project
    row_of = {int(pk): row for row, pk in enumerate(ids)}
    samples = Sample.objects.filter(project=project)
    found = np.full(len(ids), NONE, np.uint8)
    for pk, position in samples.filter(label__isnull=False).values_list("pk", "label__label_class__position"):
        if pk in row_of:
            found[row_of[pk]] = position
    uncertainty, predicted = _scores(project, row_of, len(ids))
    state = np.zeros(len(ids), np.uint8)
    wrong = (found != NONE) & (predicted != NONE) & (found != predicted)
    state[wrong] |= WRONG
    marks = (
        (GOLD, samples.gold().values_list("pk", flat=True)),
        (ASIDE, SetAside.objects.filter(sample__project=project, allowed=False).values_list("sample_id", flat=True)),
        (FIRST, samples.filter(priority__isnull=False).values_list("pk", flat=True)),
    )
    for bit, marked in marks:
        state[[row_of[pk] for pk in marked if pk in row_of]] |= bit
    rounds, sources = np.zeros(len(ids), "<u2"), np.zeros(len(ids), "<u2")
    number = {one: place for place, one in enumerate(_rounds(project), start=1)}
    asked = QueueItem.objects.filter(round__project=project, honeypot=False).exclude(state="withdrawn")
    for pk, one in asked.order_by("pk").values_list("sample_id", "round__number"):
        if pk in row_of:
            rounds[row_of[pk]] = number[one]
    source = {one: place for place, one in enumerate(_sources(project), start=1)}
    for pk, one in samples.values_list("pk", "source_id"):
        if pk in row_of:
            sources[row_of[pk]] = source[one]
    columns = [places[:, 0], places[:, 1], uncertainty, ids.astype("<u4"), rounds, sources, found, predicted, state]
    return b"".join(np.ascontiguousarray(column).tobytes() for column in columns)


def _scores(
    project: Project, row_of: dict[int, int], size: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """What the champion says of each, as far as the pool is scored."""
    uncertainty, predicted = np.full(size, np.nan, "<f4"), np.full(size, NONE, np.uint8)
    best = champion(project.pk)
    if best is None:
        return uncertainty, predicted
    addresses = recorded(project_id=project.pk, kind=ShardArtifact.Kind.SCORES, producer=best.producer)
    for shard_id, address in addresses.items():
        with artifacts.open_binary(address) as stream:
            table = pq.read_table(stream)
        probabilities = np.stack([column.to_numpy() for column in table.columns], axis=1)
        within = list(Sample.objects.filter(shard_id=shard_id).values_list("pk", "row"))
        there = [(row_of[pk], row) for pk, row in within if pk in row_of]
        to, rows = (np.array(one, np.int64) for one in zip(*there, strict=True)) if there else (np.array([], int),) * 2
        uncertainty[to] = 1 - probabilities[rows].max(axis=1, initial=0)
        predicted[to] = probabilities[rows].argmax(axis=1) if len(rows) else NONE
    return uncertainty, predicted


def _rounds(project: Project) -> list[int]:
    return list(project.rounds.order_by("number").values_list("number", flat=True))


def _sources(project: Project) -> list[int]:
    return list(project.sources.order_by("pk").values_list("pk", flat=True))


def _key(project: Project) -> str:
    return f"{Job.Kind.PROJECT_POOL}:{project.pk}"
