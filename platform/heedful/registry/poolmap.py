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
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from django.db import transaction

from heedful.acquisition.models import QueueItem
from heedful.core import artifacts
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.pool.artifacts import recorded
from heedful.pool.models import Sample, ShardArtifact
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
        ids, places = kept["ids"], kept["points"].astype("<f4")
    project = made.project
    row_of = {pk: row for row, pk in enumerate(ids.tolist())}
    labels = _filled(row_of, _labels(project), NONE, np.uint8)
    uncertainty, predicted = _scores(project, row_of)
    state = np.zeros(len(ids), np.uint8)
    state[(labels != NONE) & (predicted != NONE) & (labels != predicted)] |= WRONG
    for bit, marked in _marked(project):
        state[[row_of[pk] for pk in marked if pk in row_of]] |= bit
    rounds, sources = (_filled(row_of, pairs, 0, np.uint16) for pairs in (_asked(project), _from(project)))
    columns = [places[:, 0], places[:, 1], uncertainty, ids.astype("<u4"), rounds, sources, labels, predicted, state]
    return b"".join(np.ascontiguousarray(column).tobytes() for column in columns)


def _filled(
    row_of: Mapping[int, int], pairs: Iterable[tuple[int, int]], none: int, dtype: type[np.unsignedinteger[Any]]
) -> npt.NDArray[np.unsignedinteger[Any]]:
    """A column from (sample id, number)."""
    column = np.full(len(row_of), none, np.dtype(dtype).newbyteorder("<"))
    for pk, number in pairs:
        if pk in row_of:
            column[row_of[pk]] = number
    return column


def _labels(project: Project) -> Iterable[tuple[int, int]]:
    labeled = Sample.objects.filter(project=project, label__isnull=False)
    return labeled.values_list("pk", "label__label_class__position")


def _asked(project: Project) -> Iterator[tuple[int, int]]:
    """The place of the last round that asked about it."""
    place = {number: place for place, number in enumerate(_rounds(project), start=1)}
    asked = QueueItem.objects.filter(round__project=project, honeypot=False).exclude(state="withdrawn")
    for pk, number in asked.order_by("pk").values_list("sample_id", "round__number"):
        yield pk, place[number]


def _from(project: Project) -> Iterator[tuple[int, int]]:
    place = {source_id: place for place, source_id in enumerate(_sources(project), start=1)}
    for pk, source_id in Sample.objects.filter(project=project).values_list("pk", "source_id"):
        yield pk, place[source_id]


def _marked(project: Project) -> Iterator[tuple[int, Iterable[int]]]:
    samples = Sample.objects.filter(project=project)
    yield GOLD, samples.gold().values_list("pk", flat=True)
    yield ASIDE, samples.filter(set_aside__allowed=False).values_list("pk", flat=True)
    yield FIRST, samples.filter(priority__isnull=False).values_list("pk", flat=True)


def _scores(project: Project, row_of: Mapping[int, int]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """What the champion says of each, as far as the pool is scored: how unsure it is, and what it calls it."""
    uncertainty, predicted = np.full(len(row_of), np.nan, "<f4"), np.full(len(row_of), NONE, np.uint8)
    best = champion(project.pk)
    if best is None:
        return uncertainty, predicted
    addresses = recorded(project_id=project.pk, kind=ShardArtifact.Kind.SCORES, producer=best.producer)
    for shard_id, address in addresses.items():
        with artifacts.open_binary(address) as stream:
            table = pq.read_table(stream)
        probabilities = np.stack([column.to_numpy() for column in table.columns], axis=1)
        for pk, row in Sample.objects.filter(shard_id=shard_id).values_list("pk", "row"):
            if pk in row_of:
                uncertainty[row_of[pk]] = 1 - probabilities[row].max()
                predicted[row_of[pk]] = probabilities[row].argmax()
    return uncertainty, predicted


def _rounds(project: Project) -> list[int]:
    return list(project.rounds.order_by("number").values_list("number", flat=True))


def _sources(project: Project) -> list[int]:
    return list(project.sources.order_by("pk").values_list("pk", flat=True))


def _key(project: Project) -> str:
    return f"{Job.Kind.PROJECT_POOL}:{project.pk}"
