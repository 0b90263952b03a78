"""Which answers hold: labels settled from annotations, the gold set, and snapshots of both."""

import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, Sum
from django.utils import timezone

from heedful.acquisition.models import CONTROL_STRATEGY, QueryRound, QueueItem
from heedful.core import artifacts
from heedful.core.money import ZERO
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.labeling.models import Annotation, AnnotationQuerySet
from heedful.pool.models import Sample, SampleQuerySet
from heedful.projects.models import Project, Tier
from heedful.quality.models import Correction, Label, Snapshot
from heedful.quality.weak import labels_changed


@transaction.atomic
def settle_labels(sample_ids: Iterable[int]) -> int:
    """Bring the labels of these samples up to date with what is said of them; returns how many changed.

    A manager's correction holds above all. Else the class that most annotators name, on a tie the one named last:
    good for the moment, until consensus has weighed who said it.
    """
    ids = sorted(set(sample_ids))
    changed = [sample_id for sample_id in ids if _settle(sample_id)]
    for project_id in Sample.objects.filter(pk__in=changed).values_list("project_id", flat=True).distinct():
        labels_changed(project_id)
    return len(changed)


def _settle(sample_id: int) -> bool:
    correction = standing_correction(sample_id)
    answers = standing_answers(sample_id)
    decided = correction or _plurality(answers)
    label = Label.objects.filter(sample_id=sample_id).first()
    if decided is None or decided.label_class_id is None:
        return bool(label and label.delete())
    if len(answers) > 1 or any(_tells_something_new(answer) for answer in answers) or _is_gold(sample_id):
        request_consensus(Sample.objects.values_list("project_id", flat=True).get(pk=sample_id))
    agreeing = [answer for answer in answers if answer.label_class_id == decided.label_class_id]
    fields = {
        "label_class_id": decided.label_class_id,
        "annotation": agreeing[-1] if agreeing else None,
        "correction": correction,
        "answers": len(answers),
    }
    if label and all(getattr(label, name) == value for name, value in fields.items()):
        return False
    Label.objects.update_or_create(
        sample_id=sample_id, defaults={**fields, "quality": None, "settled_at": timezone.now()}
    )
    return True


def _tells_something_new(answer: Annotation) -> bool:
    """Other than one more expert's word that nothing contradicts: not an expert's, or given without the model's."""
    return bool(answer.tier and answer.tier.kind != Tier.Kind.EXPERT) or answer.item.blind


def _is_gold(sample_id: int) -> bool:
    """Whatever is said of gold, also unseen in a queue, tells something of who says it."""
    return Sample.objects.filter(pk=sample_id, role=Sample.Role.GOLD).exists()


def standing_correction(sample_id: int) -> Correction | None:
    newest = Correction.objects.filter(sample_id=sample_id).order_by("pk").last()
    return newest if newest and newest.label_class_id else None


def standing_answers(sample_id: int) -> list[Annotation]:
    """The newest standing answer of each annotator, oldest first; those to honeypots test people, not samples."""
    standing = Annotation.objects.standing().filter(sample_id=sample_id, item__honeypot=False)
    answers = standing.select_related("tier", "item", "annotator").order_by("answered_at", "id")
    return list({answer.annotator_id: answer for answer in answers}.values())


def _plurality(answers: Sequence[Annotation]) -> Annotation | None:
    counts = Counter(answer.label_class_id for answer in answers)
    return max(enumerate(answers), key=lambda one: (counts[one[1].label_class_id], one[0]))[1] if answers else None


def asked_again(project_id: int) -> SampleQuerySet:
    """The samples whose label may be asked about again: of the pool, settled by answers alone, and not queued."""
    settled = Sample.objects.filter(project_id=project_id, role=Sample.Role.POOL, label__correction=None)
    return settled.filter(label__isnull=False).exclude(queue_items__state__in=["planned", "reserved", "sent"])


def request_consensus(project_id: int) -> None:
    """Have a worker weigh all answers: what those of one sample amount to, and how good those are who gave them."""
    enqueue(Job.Kind.CONSENSUS, key=str(project_id), project_id=project_id)


@transaction.atomic
def assign_gold(*, project_id: int, sample_ids: Sequence[int]) -> None:
    """Set samples aside as gold, with every sample of their groups: never queried, never trained on."""
    samples = Sample.objects.filter(project_id=project_id)
    groups = samples.filter(pk__in=sample_ids).values("group")
    samples.filter(group__in=groups).update(role=Sample.Role.GOLD)


@dataclass(frozen=True, slots=True)
class LabeledSample:
    """`position` is the class's. `sureness`: how likely the label is to be right, 0..1. `cheap`: neither an expert nor
    a manager has said so."""

    sample_id: int
    shard_id: int
    row: int
    address: str
    group: str
    position: int
    sureness: float = 1.0
    cheap: bool = False


def labeled_samples(*, project_id: int, role: Sample.Role) -> list[LabeledSample]:
    """The settled labels of the pool or of the gold set, in a fixed order. Gold is what models are held against: its
    labels count as certain."""
    rows = (
        Label.objects.filter(sample__project_id=project_id, sample__role=role, sample__shard__isnull=False)
        .annotate(cheap=Q(correction=None) & ~Exists(_experts_word()))
        .order_by("sample_id")
        .values_list(
            "sample_id",
            "sample__shard_id",
            "sample__row",
            "sample__address",
            "sample__group",
            "label_class__position",
            "quality",
            "cheap",
        )
    )
    labeled = [LabeledSample(*row) for row in rows]  # type: ignore[arg-type]  # a sharded sample has its row
    return [replace(one, sureness=_sureness(role, one.sureness)) for one in labeled]


def _experts_word() -> AnnotationQuerySet:
    """An expert's answer that says what the outer query's label says."""
    says_so = Annotation.objects.standing().filter(
        sample_id=OuterRef("sample_id"), label_class_id=OuterRef("label_class_id"), item__honeypot=False
    )
    return says_so.filter(tier__kind=Tier.Kind.EXPERT)


def _sureness(role: Sample.Role, quality: float | None) -> float:
    return 1.0 if role == Sample.Role.GOLD or quality is None else round(quality, 2)


def control_places(labeled: Sequence[LabeledSample]) -> tuple[list[int], Decimal]:
    """Which of these samples were drawn by chance in a query round, by their place in `labeled`, and what their
    answers have cost."""
    drawn = QueueItem.objects.filter(
        sample_id__in=[one.sample_id for one in labeled],
        strategy=CONTROL_STRATEGY,
        round__kind=QueryRound.Kind.QUERY,
    )
    spent: Decimal = drawn.aggregate(sum=Sum("ledger__spent", default=ZERO))["sum"]
    ids = set(drawn.values_list("sample_id", flat=True))
    return [place for place, one in enumerate(labeled) if one.sample_id in ids], spent


def spent_on(labeled: Sequence[LabeledSample]) -> Decimal:
    """What the answers to these samples have cost."""
    items = QueueItem.objects.filter(sample_id__in=[one.sample_id for one in labeled])
    spent: Decimal = items.aggregate(sum=Sum("ledger__spent", default=ZERO))["sum"]
    return spent


def content_hash(labeled: Sequence[LabeledSample]) -> str:
    """Names a set of labels: equal for the same samples with the same classes, as sure, whatever their order of
    arrival."""
    digest = hashlib.sha256()
    for one in labeled:
        sureness = "" if one.sureness == 1 else f":{one.sureness}"
        kind = ":cheap" if one.cheap else ""
        digest.update(f"{one.sample_id}:{one.position}:{one.group}{sureness}{kind}\n".encode())
    return digest.hexdigest()


def labels_mark(project_id: int) -> str:
    """Another one once any label of the project was settled anew or is gone."""
    labels = Label.objects.filter(sample__project_id=project_id)
    count, newest = labels.aggregate(count=Count("pk"), newest=Max("settled_at")).values()
    return f"{count} labels, {newest and newest.isoformat()}"


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
