"""Which answers hold: labels settled from annotations, the gold set, and snapshots of both."""

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction
from django.utils import timezone

from heedful.core import artifacts
from heedful.labeling.models import Annotation
from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.quality.models import Label, Snapshot


@transaction.atomic
def settle_labels(sample_ids: Iterable[int]) -> int:
    """Bring the labels of these samples up to date with their standing annotations; returns how many changed.

    With one answer a sample, the latest standing answer is the label.
    """
    return sum(_settle(sample_id) for sample_id in sorted(set(sample_ids)))


def _settle(sample_id: int) -> bool:
    standing = Annotation.objects.standing().filter(sample_id=sample_id).order_by("answered_at", "id").last()
    label = Label.objects.filter(sample_id=sample_id).first()
    if standing is None or standing.label_class_id is None:
        return bool(label and label.delete())
    if label and (label.annotation_id, label.label_class_id) == (standing.pk, standing.label_class_id):
        return False
    Label.objects.update_or_create(
        sample_id=sample_id,
        defaults={
            "label_class_id": standing.label_class_id,
            "annotation": standing,
            "settled_at": timezone.now(),
        },
    )
    return True


@transaction.atomic
def assign_gold(*, project_id: int, sample_ids: Sequence[int]) -> None:
    """Set samples aside as gold, with every sample of their groups: never queried, never trained on."""
    samples = Sample.objects.filter(project_id=project_id)
    groups = samples.filter(pk__in=sample_ids).values("group")
    samples.filter(group__in=groups).update(role=Sample.Role.GOLD)


@dataclass(frozen=True, slots=True)
class LabeledSample:
    sample_id: int
    shard_id: int
    row: int
    address: str
    group: str
    position: int


def labeled_samples(*, project_id: int, role: Sample.Role) -> list[LabeledSample]:
    """The settled labels of the pool or of the gold set, in a fixed order; `position` is the class's."""
    rows = (
        Label.objects.filter(sample__project_id=project_id, sample__role=role, sample__shard__isnull=False)
        .order_by("sample_id")
        .values_list(
            "sample_id",
            "sample__shard_id",
            "sample__row",
            "sample__address",
            "sample__group",
            "label_class__position",
        )
    )
    return [LabeledSample(*row) for row in rows]  # type: ignore[arg-type]  # a sharded sample has its row


def content_hash(labeled: Sequence[LabeledSample]) -> str:
    """Names a set of labels: equal for the same samples with the same classes, whatever their order of arrival."""
    digest = hashlib.sha256()
    for one in labeled:
        digest.update(f"{one.sample_id}:{one.position}:{one.group}\n".encode())
    return digest.hexdigest()


def take_snapshot(*, project: Project) -> Snapshot:
    """Freeze the settled labels of the pool, without gold, in the order that training will see them."""
    labeled = labeled_samples(project_id=project.pk, role=Sample.Role.POOL)
    name = content_hash(labeled)
    address = artifacts.url("snapshots", str(project.pk), f"{name}.parquet")
    if not artifacts.exists(address):
        columns = {key: [getattr(one, key) for one in labeled] for key in LabeledSample.__slots__}
        stream = io.BytesIO()
        pq.write_table(pa.table(columns), stream)
        artifacts.write(address, stream.getvalue())
    snapshot, _ = Snapshot.objects.get_or_create(
        project=project, content_hash=name, defaults={"address": address, "count": len(labeled)}
    )
    return snapshot


def read_snapshot(snapshot: Snapshot) -> list[LabeledSample]:
    rows = pq.read_table(io.BytesIO(artifacts.read(snapshot.address))).to_pylist()
    return [LabeledSample(**row) for row in rows]
