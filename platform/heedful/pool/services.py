"""Importing: each row of a source becomes a sample, is a duplicate, or is refused with its reason.

An import may be killed and started again at any point: rows that are in are recognised by their content.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from heedful.core import artifacts
from heedful.core.errors import InvalidInput, NotFound
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.pool.boxes import box_of
from heedful.pool.masks import mask_of
from heedful.pool.models import Refusal, Sample, Shard, Source
from heedful.pool.pictures import Picture, Refused, inspect_picture
from heedful.pool.sources import TABLES, Row, rows_of
from heedful.pool.weak.sources import run_again
from heedful.projects.models import Project

BATCH = 200
# Pages come seconds apart, and what they hold should be seen to come.
BATCH_OF_PAGES = 5


@transaction.atomic
def add_source(*, project: Project, kind: Source.Kind, name: str, address: str, group_column: str = "") -> Source:
    """Register a source and have it imported in the background."""
    source = Source.objects.create(project=project, kind=kind, name=name, address=address, group_column=group_column)
    enqueue(
        Job.Kind.IMPORT_SOURCE,
        key=str(source.pk),
        project_id=project.pk,
        subject=name,
        source_id=source.pk,
    )
    return source


def store_upload(*, project: Project, name: str, content: IO[bytes]) -> str:
    """Keep an uploaded archive until its import is done; returns its address. Raises InvalidInput past the limit."""
    address = artifacts.url("uploads", str(project.pk), f"{timezone.now():%Y%m%d-%H%M%S-%f}.zip")
    taken = 0
    with artifacts.staged(address) as path, path.open("wb") as target:
        while chunk := content.read(2**20):
            taken += len(chunk)
            if taken > settings.MAX_UPLOAD_BYTES:
                raise InvalidInput(
                    f"{name} is larger than the {settings.MAX_UPLOAD_BYTES / 2**30:.0f} GiB that may be uploaded."
                    " Put it on the server and import it as a folder.",
                    field="file",
                )
            target.write(chunk)
    return address


def import_source(*, source_id: int, on_progress: Callable[[int, int], None]) -> Source:
    """Take in every row of the source, then cut the new samples into shards.

    Raises NotFound, or InvalidInput when the source as a whole cannot be read.
    """
    source = Source.objects.filter(pk=source_id).select_related("project").first()
    if source is None:
        raise NotFound(f"Source {source_id} is gone.")
    Source.objects.filter(pk=source_id).update(
        state=Source.State.RUNNING, added=0, duplicates=0, error="", finished_at=None
    )
    with rows_of(source) as (total, rows):
        Source.objects.filter(pk=source_id).update(total=total)
        done, size = 0, BATCH_OF_PAGES if source.kind == Source.Kind.PAGES else BATCH
        while batch := list(islice(rows, size)):
            _take_in(source, batch)
            done += len(batch)
            on_progress(done, max(done, total))
    _finish(source)
    if source.kind == Source.Kind.ZIP:
        artifacts.delete(source.address)
    source.refresh_from_db()
    return source


def source_failed(*, source_id: int, error: str) -> None:
    """The import ended early. What it had taken in stays, and may be used."""
    source = Source.objects.select_related("project").get(pk=source_id)
    _assign_shards(source.project)
    Source.objects.filter(pk=source_id).update(state=Source.State.FAILED, error=error, finished_at=timezone.now())


def _take_in(source: Source, batch: list[Row]) -> None:
    accepted: dict[str, Sample] = {}
    refusals = []
    duplicates = 0
    for row in batch:
        try:
            sample = _sample(source, row)
        except Refused as refused:
            refusals.append(Refusal(source=source, row=row.number, name=row.name[:1024], reason=str(refused)[:400]))
            continue
        duplicates += sample.content_hash in accepted
        accepted.setdefault(sample.content_hash, sample)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=source.project_id)
        known = _known(source.project, list(accepted))
        new = [sample for content_hash, sample in accepted.items() if content_hash not in known]
        again = sum(known[key] == (source.pk, sample.name) for key, sample in accepted.items() if key in known)
        Sample.objects.bulk_create(new)
        Refusal.objects.bulk_create(refusals, ignore_conflicts=True)
        Source.objects.filter(pk=source.pk).update(
            added=F("added") + len(new) + again,
            duplicates=F("duplicates") + duplicates + len(accepted) - len(new) - again,
        )


def _known(project: Project, hashes: list[str]) -> dict[str, tuple[int, str]]:
    """Content hash → (source, name) of the samples that are in the project already."""
    rows = project.samples.filter(content_hash__in=hashes).values_list("content_hash", "source_id", "name")
    return {content_hash: (source_id, name) for content_hash, source_id, name in rows}


def _sample(source: Source, row: Row) -> Sample:
    with row.open() as stream:
        picture = inspect_picture(stream)
        address = row.address or _keep(source.project, picture, row.name, stream)
    sample = Sample(
        project=source.project,
        source=source,
        content_hash=picture.content_hash,
        name=row.name[:1024],
        address=address,
        width=picture.width,
        height=picture.height,
        group=row.group or picture.content_hash,
        metadata=dict(row.metadata),
    )
    if source.kind in TABLES:
        # What cannot be read would be missed only when maps are held against it.
        box_of(sample.metadata, sample.width, sample.height)
        mask_of(sample)
    return sample


def _keep(project: Project, picture: Picture, name: str, stream: IO[bytes]) -> str:
    """Copy a picture that has no place of its own into the store, under the name of its content."""
    key = picture.content_hash
    address = artifacts.url("samples", str(project.pk), key[:2], f"{key}{Path(name).suffix.lower()}")
    if not artifacts.exists(address):
        stream.seek(0)
        artifacts.write(address, stream.read())
    return address


@transaction.atomic
def _finish(source: Source) -> None:
    _assign_shards(source.project)
    Source.objects.filter(pk=source.pk).update(state=Source.State.DONE, finished_at=timezone.now())
    run_again(source.project)


@transaction.atomic
def _assign_shards(project: Project) -> None:
    """Cut the samples that have no shard yet into new shards; a sample of a gold group is gold."""
    Project.objects.select_for_update().get(pk=project.pk)
    loose = project.samples.filter(shard=None)
    gold_groups = project.samples.gold().values("group")
    loose.filter(group__in=gold_groups).update(role=Sample.Role.GOLD)
    last = project.shards.aggregate(last=Max("number", default=0))["last"]
    for number, batch in enumerate(_chunks(loose.order_by("pk").iterator(), settings.SHARD_SIZE), start=last + 1):
        shard = Shard.objects.create(project=project, number=number, size=len(batch))
        for row, sample in enumerate(batch):
            sample.shard, sample.row = shard, row
        Sample.objects.bulk_update(batch, ["shard", "row"], batch_size=1000)


def _chunks(samples: Iterator[Sample], size: int) -> Iterator[list[Sample]]:
    while chunk := list(islice(samples, size)):
        yield chunk
