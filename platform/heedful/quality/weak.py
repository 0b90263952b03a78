"""Weak labels beside the experts' words: what they can be checked by, and what was found.

The platform gathers; the weighing itself is mathematics, done by a worker.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow.parquet as pq
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from heedful.core import artifacts
from heedful.pool.models import Sample, WeakLabel, WeakSource, WeakSummary
from heedful.pool.weak.sources import request_weighing
from heedful.projects.models import Project, Tier
from heedful.quality.models import Label

JUDGED_AGAIN_AFTER = timedelta(minutes=1)
# How sure the answers of cheaper tiers must be together to count as an expert's.
SURE = 0.9
BY_VOTES = "by_votes"
"""The column of the newest probabilities that holds what the sources alone say, whatever experts have said."""


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


@dataclass(frozen=True, slots=True)
class WeakVotes:
    """What the sources say of one sample, and who of them says nothing. `probabilities`, in class order: what the votes
    that counted made likely when they were weighed last, `weighed_at`, without the experts' word; None where none
    did."""

    labels: list[WeakLabel]
    silent: list[WeakSource]
    probabilities: list[float] | None
    weighed_at: datetime | None


def votes_on(sample: Sample) -> WeakVotes | None:
    """None while the project has no weak source."""
    sources = list(WeakSource.objects.filter(project_id=sample.project_id).order_by("pk"))
    if not sources:
        return None
    labels = list(sample.weak_labels.select_related("source", "label_class").order_by("source_id"))
    speaking = {one.source_id for one in labels}
    summary = WeakSummary.objects.filter(project_id=sample.project_id).first()
    found = _by_votes(summary.body["address"], sample.pk) if summary and labels else None
    return WeakVotes(
        labels=labels,
        silent=[one for one in sources if one.pk not in speaking],
        probabilities=found,
        weighed_at=summary.made_at if summary and found else None,
    )


def _by_votes(address: str, sample_id: int) -> list[float] | None:
    if not address or not artifacts.exists(address):
        return None
    content = io.BytesIO(artifacts.read(address))
    if BY_VOTES not in pq.read_schema(content).names:
        return None
    rows = pq.read_table(content, columns=[BY_VOTES], filters=[("sample_id", "=", sample_id)])
    found: list[list[float]] = rows[BY_VOTES].to_pylist()
    return found[0] if found else None
