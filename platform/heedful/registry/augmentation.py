"""What a policy of augmentation does to the project's own pictures: asked for by a manager, drawn by a worker.

The body of a preview, as the worker stores it:

    options   the policy that it shows, in the form of `projects.augmentation`
    rows      of each sample: sample_id, original (an address), versions, each a policy's name and an address
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from heedful.core import artifacts
from heedful.core.errors import Conflict, InvalidInput
from heedful.jobs.models import Job, JobQuerySet
from heedful.jobs.services import enqueue
from heedful.pool.models import Sample
from heedful.projects.augmentation import OFF, checked
from heedful.projects.models import Project
from heedful.registry.models import AugmentationPreview
from heedful.registry.zoo import fine_tunable

SHOWN = 4


def samples_to_show(project: Project) -> list[Sample]:
    """One of each class while there are labels, then others, of the pool."""
    pool = project.samples.filter(role=Sample.Role.POOL).order_by("content_hash")
    of_classes = [pool.filter(label__label_class=one).first() for one in project.classes()[:SHOWN]]
    shown = {one.pk: one for one in [*of_classes, *pool[:SHOWN]] if one}
    return list(shown.values())[:SHOWN]


@transaction.atomic
def request_preview(*, project: Project, options: Mapping[str, Any]) -> Job:
    """Have a worker draw versions of a few samples. Raises InvalidInput, and Conflict while the pool is empty or no
    deep run could learn from them."""
    wanted = checked(options)
    if wanted["mode"] == OFF:
        raise InvalidInput("While augmentation is off, pictures stay as they are: choose another mode.", field="mode")
    if not fine_tunable(project):
        raise Conflict(f"{project.backbone} came as a file, on which no deep run learns: choose another backbone.")
    if not project.samples.filter(role=Sample.Role.POOL).exists():
        raise Conflict("The pool is empty: import pictures first.")
    name = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:16]
    previews(project).filter(state__in=[Job.State.FAILED, Job.State.CANCELLED]).delete()
    key = f"{project.pk}:{name}"
    return enqueue(Job.Kind.PREVIEW_AUGMENTATION, key=key, project_id=project.pk, options=wanted)


def previews(project: Project) -> JobQuerySet:
    return Job.objects.filter(kind=Job.Kind.PREVIEW_AUGMENTATION, project_id=project.pk)


def preview_job(project: Project) -> Job | None:
    """One that is under way or has failed."""
    ended = [Job.State.DONE, Job.State.CANCELLED]
    return previews(project).exclude(state__in=ended).order_by("-created_at").first()


def record_preview(*, project_id: int, body: Mapping[str, Any]) -> None:
    """In place of the one before, whose pictures go."""
    before = AugmentationPreview.objects.filter(project_id=project_id).first()
    AugmentationPreview.objects.update_or_create(project_id=project_id, defaults={"body": body})
    for address in _pictures(before.body) - _pictures(body) if before else ():
        artifacts.delete(address)


def _pictures(body: Mapping[str, Any]) -> set[str]:
    return {
        address
        for row in body["rows"]
        for address in (row["original"], *(version["address"] for version in row["versions"]))
    }
