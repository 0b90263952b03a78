"""Weak labels beside the experts' words: what they can be checked by, and what was found.

The platform gathers; the weighing itself is mathematics, done by a worker.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from heedful.pool.models import Sample, WeakSource, WeakSummary
from heedful.pool.weak.sources import request_weighing
from heedful.projects.models import Project, Tier
from heedful.quality.models import Label

JUDGED_AGAIN_AFTER = timedelta(minutes=1)
# How sure the answers of cheaper tiers must be together to count as an expert's.
SURE = 0.9


@dataclass(frozen=True, slots=True)
class Truth:
    """`position` is the class's. What is known of gold judges sources, and teaches nothing."""

    position: int
    gold: bool


def truths(project_id: int) -> dict[int, Truth]:
    """{sample: its class} where a manager or an expert has said it, or cheaper tiers are as sure together."""
    expert = Q(annotation__tier__kind=Tier.Kind.EXPERT, quality__isnull=True)
    settled = Label.objects.filter(sample__project_id=project_id, sample__shard__isnull=False)
    trusted = settled.filter(expert | Q(correction__isnull=False) | Q(quality__gte=SURE))
    rows = trusted.values_list("sample_id", "label_class__position", "sample__role")
    return {sample_id: Truth(position, role == Sample.Role.GOLD) for sample_id, position, role in rows}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sample is: the numbers computed of it lie at `row` of its shard's files."""

    shard_id: int
    row: int
    group: str
    address: str
    gold: bool


def places(project_id: int) -> dict[int, Place]:
    """{sample: its place} of every sample in a shard."""
    rows = Sample.objects.filter(project_id=project_id, shard__isnull=False).values_list(
        "pk", "shard_id", "row", "group", "address", "role"
    )
    return {
        pk: Place(shard_id, row, group, address, role == Sample.Role.GOLD)  # type: ignore[arg-type]  # it is in a shard
        for pk, shard_id, row, group, address, role in rows.iterator(chunk_size=10_000)
    }


def labels_changed(project_id: int) -> None:
    """What experts say has changed, so that sources can be judged anew: at once, or if they were within this minute,
    with the next change or training run."""
    if not WeakSource.objects.filter(project_id=project_id).exists():
        return
    lately = WeakSummary.objects.filter(project_id=project_id, made_at__gt=timezone.now() - JUDGED_AGAIN_AFTER)
    if not lately.exists():
        request_weighing(project_id)


@transaction.atomic
def record_weighing(*, project: Project, judged: Mapping[int, Mapping[str, Any]], summary: Mapping[str, Any]) -> None:
    """Keep what was found of each source, and of all of them together."""
    for source_id, found in judged.items():
        WeakSource.objects.filter(pk=source_id, project=project).update(judged=found)
    WeakSummary.objects.update_or_create(project=project, defaults={"body": summary, "made_at": timezone.now()})
