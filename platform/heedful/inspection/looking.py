"""Looking at pictures through a method: now, by the predictor, or many of them by a job.

What comes of one picture:

    error                       why it could not be looked at; the rest is missing then
    width, height               as people see it
    input, prepared, example    pictures: as it came, as the model sees it, and what one step of the method does to it
                                (None where there is nothing to see): written into it, or addresses
    maps                        of each class: index, name, probability, lowest and highest value of the map, and
                                map_address (floats as npy), png_address, heat_address (to lay over the picture)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from heedful.accounts.models import User
from heedful.core import artifacts
from heedful.core.errors import InvalidInput
from heedful.inspection.models import Inspection, OwnModel
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.registry import predictor
from heedful.registry.models import ModelVersion
from heedful.registry.serving import check_pictures

MOST_TOP = 20
MOST_AT_ONCE = 2000
KEPT_FOR = timedelta(days=14)
"""A look at many pictures; what maps it drew stays."""

Sent = tuple[str, bytes]
"""A picture's name and its content."""


@dataclass(frozen=True, slots=True)
class Wish:
    """classes: these ones; the likeliest `top` where none is named."""

    method: str
    settings: Mapping[str, Any]
    top: int
    classes: Sequence[str] = ()


def methods_of(model: ModelVersion | OwnModel) -> dict[str, Any]:
    """Raises PredictorUnavailable."""
    return predictor.methods(address=model.graph_address)


def look(
    *, model: ModelVersion | OwnModel, wish: Wish, sent: Sequence[Sent] = (), samples: Sequence[Sample] = ()
) -> list[dict[str, Any]]:
    """Now: one entry a picture, those that were sent first. Raises InvalidInput, PredictorUnavailable."""
    check_pictures([*(len(content) for _, content in sent), *(0 for _ in samples)])
    _check(wish)
    order = {**_order(model, wish), "samples": [_told(one) for one in samples]}
    found: list[dict[str, Any]] = predictor.inspect(order, [content for _, content in sent])["pictures"]
    names = [*(name for name, _ in sent), *(one.name for one in samples)]
    ids = [*(None for _ in sent), *(one.pk for one in samples)]
    return [
        {"name": name, "sample_id": sample_id, **one} for name, sample_id, one in zip(names, ids, found, strict=True)
    ]


def _order(model: ModelVersion | OwnModel, wish: Wish) -> dict[str, Any]:
    return {
        "address": model.graph_address,
        "content_hash": model.content_hash,
        "method": wish.method,
        "settings": dict(wish.settings),
        "top": wish.top,
        "classes": list(wish.classes),
    }


def _told(sample: Sample) -> dict[str, Any]:
    return {
        "content_hash": sample.content_hash,
        "address": sample.address,
        "width": sample.width,
        "height": sample.height,
    }


def _check(wish: Wish) -> None:
    if not 1 <= wish.top <= MOST_TOP:
        raise InvalidInput(f"Ask for 1 to {MOST_TOP} classes.", field="top")


def samples_named(project: Project, ids: Iterable[int]) -> list[Sample]:
    """In the order of their ids. Raises InvalidInput, which names the first that is not of this project."""
    wanted = list(dict.fromkeys(ids))
    found = project.samples.in_bulk(wanted)
    missing = [one for one in wanted if one not in found]
    if missing:
        raise InvalidInput(f"There is no sample {missing[0]} in this project.", field="samples")
    return [found[one] for one in wanted]


@transaction.atomic
def look_later(
    *,
    model: ModelVersion,
    wish: Wish,
    sent: Sequence[tuple[str, "UploadedFile[bytes]"]],
    samples: Sequence[Sample],
    by: User | None,
) -> Inspection:
    """By a job, which shows its progress; what is sent is read one after another. Raises InvalidInput."""
    _check(wish)
    count = len(sent) + len(samples)
    if not 1 <= count <= MOST_AT_ONCE:
        raise InvalidInput(f"{count} pictures; ask for 1 to {MOST_AT_ONCE:,} at once.", field="pictures")
    large = next((name for name, content in sent if content.size > settings.MAX_PREDICT_BYTES), None)
    if large is not None:
        most = settings.MAX_PREDICT_BYTES / 2**20
        raise InvalidInput(f"{large} is larger than the {most:.0f} MiB that a picture may have.", field="pictures")
    forget_old(model.project)
    made = Inspection.objects.create(
        project_id=model.project_id,
        by=by,
        model=model,
        method=wish.method,
        settings=dict(wish.settings),
        top=wish.top,
        classes=list(wish.classes),
        pictures=[{"name": one.name, "sample_id": one.pk} for one in samples],
    )
    for place, (name, content) in enumerate(sent):
        address = artifacts.url(*_folder(made), f"{place}-sent")
        artifacts.write(address, content.read())
        made.pictures.append({"name": name, "address": address})
    made.save(update_fields=["pictures"])
    enqueue(
        Job.Kind.INSPECT,
        key=str(made.pk),
        project_id=made.project_id,
        subject=str(made),
        inspection_id=made.pk,
    )
    return made


def _folder(inspection: Inspection) -> tuple[str, ...]:
    return ("inspections", str(inspection.project_id), str(inspection.pk))


def picture_address(inspection: Inspection, place: int, what: str) -> str:
    """Where a job puts a picture of what it found."""
    return artifacts.url(*_folder(inspection), f"{place}-{what}.webp")


def job_of(inspection: Inspection) -> Job | None:
    return Job.objects.filter(key=f"{Job.Kind.INSPECT}:{inspection.pk}").first()


def forget(inspection: Inspection) -> None:
    """With the pictures that were sent for it."""
    Job.objects.filter(key=f"{Job.Kind.INSPECT}:{inspection.pk}").delete()
    artifacts.delete_below(artifacts.url(*_folder(inspection)))
    inspection.delete()


def forget_old(project: Project) -> None:
    for one in project.inspections.filter(made_at__lt=timezone.now() - KEPT_FOR):
        forget(one)
