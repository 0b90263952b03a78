"""Storing what a source says: its labels become exactly those of its last run, in batches, however many they are."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.utils import timezone

from heedful.pool.models import WeakLabel, WeakRefusal, WeakSource
from heedful.projects.models import Project

BATCH = 5_000
REFUSALS_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row of a source, or of one sample given to it: a label of some samples, a refusal, or, with
    neither, silence."""

    row: int
    name: str
    sample_ids: Sequence[int] = ()
    class_id: int | None = None
    confidence: float | None = None
    refusal: str = ""


class Refused(Exception):
    """Why a row makes no label, in words for the person who sent it."""


class ClassNames:
    """The classes of a project as sources may write them: in any case, with spaces around."""

    def __init__(self, project: Project) -> None:
        self._names = [one.name for one in project.classes()]
        self._ids = {one.name.strip().casefold(): one.pk for one in project.classes()}

    def __getitem__(self, said: str) -> int:
        """Raises Refused for what is no class."""
        found = self._ids.get(said.strip().casefold())
        if found is None:
            raise Refused(f"“{said}” is no class of this project; it has {', '.join(self._names)}.")
        return found


def replace_labels(
    source: WeakSource, outcomes: Iterable[Outcome], *, total: int, on_progress: Callable[[int, int], None]
) -> WeakSource:
    """The source's labels become those of the outcomes, and its refusals too. Killed halfway it leaves some of either;
    run again it ends the same."""
    source.refusals.all().delete()
    said: dict[int, tuple[int, float | None]] = {}
    done = refused = 0
    remaining = iter(outcomes)
    while batch := list(islice(remaining, BATCH)):
        labels, refusals = _sorted_out(batch, said)
        kept = refusals[: max(REFUSALS_KEPT - refused, 0)]
        refused += len(refusals)
        _store(source, labels, kept)
        done += len(batch)
        on_progress(min(done, total), total)
    _finish(source, said, refused)
    source.refresh_from_db()
    return source


def _sorted_out(
    batch: Sequence[Outcome], said: dict[int, tuple[int, float | None]]
) -> tuple[dict[int, tuple[int, float | None]], list[Outcome]]:
    """What of the batch is new, and what of it is refused. A sample keeps the first label that it was given."""
    labels: dict[int, tuple[int, float | None]] = {}
    refusals = []
    for one in batch:
        if one.refusal:
            refusals.append(one)
        elif one.class_id is not None:
            label = (one.class_id, one.confidence)
            if any(said.get(sample_id, label)[0] != one.class_id for sample_id in one.sample_ids):
                refusals.append(Outcome(one.row, one.name, refusal="An earlier row gives this sample another class."))
                continue
            new = {sample_id: label for sample_id in one.sample_ids if sample_id not in said}
            said.update(new)
            labels.update(new)
    return labels, refusals


def _store(source: WeakSource, labels: Mapping[int, tuple[int, float | None]], refusals: Sequence[Outcome]) -> None:
    with transaction.atomic():
        WeakLabel.objects.bulk_create(
            (
                WeakLabel(source=source, sample_id=sample_id, label_class_id=class_id, confidence=confidence)
                for sample_id, (class_id, confidence) in labels.items()
            ),
            batch_size=1_000,
            update_conflicts=True,
            unique_fields=["source", "sample"],
            update_fields=["label_class", "confidence"],
        )
        WeakRefusal.objects.bulk_create(
            (
                WeakRefusal(source=source, row=one.row, name=one.name[:1024], reason=one.refusal[:400])
                for one in refusals
            ),
            ignore_conflicts=True,
        )


@transaction.atomic
def _finish(source: WeakSource, said: Mapping[int, tuple[int, float | None]], refused: int) -> None:
    """What the source said before and does not say any more goes."""
    stale = [sample_id for sample_id in source.labels.values_list("sample_id", flat=True) if sample_id not in said]
    for some in _chunks(stale, 500):
        source.labels.filter(sample_id__in=some).delete()
    WeakSource.objects.filter(pk=source.pk).update(
        state=WeakSource.State.DONE,
        labeled=len(said),
        refused=refused,
        content_hash=_content_hash(said),
        error="",
        finished_at=timezone.now(),
    )


def _content_hash(said: Mapping[int, tuple[int, float | None]]) -> str:
    digest = hashlib.sha256()
    for sample_id in sorted(said):
        class_id, confidence = said[sample_id]
        digest.update(f"{sample_id}:{class_id}:{confidence}\n".encode())
    return digest.hexdigest()


def _chunks(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


@dataclass(frozen=True, slots=True)
class GivenLabel:
    """`position` is the class's."""

    source_id: int
    sample_id: int
    position: int
    confidence: float | None


def given_labels(project_id: int) -> list[GivenLabel]:
    """Every weak label of samples that are in a shard, in a fixed order."""
    rows = (
        WeakLabel.objects.filter(source__project_id=project_id, sample__shard__isnull=False)
        .order_by("source_id", "sample_id")
        .values_list("source_id", "sample_id", "label_class__position", "confidence")
    )
    return [GivenLabel(*row) for row in rows.iterator(chunk_size=10_000)]


def fingerprint(project_id: int) -> str:
    """Names the weak labels that count: equal for equal ones, empty without any."""
    sources = WeakSource.objects.filter(project_id=project_id, enabled=True, labeled__gt=0).order_by("pk")
    parts = [
        f"{pk}:{content}:{claim}"
        for pk, content, claim in sources.values_list("pk", "content_hash", "claimed_accuracy")
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest() if parts else ""
