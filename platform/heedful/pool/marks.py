"""What people say of samples as samples: ask about these first, or not at all; and what the champion finds foreign."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import QuerySet

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.core.errors import InvalidInput
from heedful.pool.models import Priority, Sample, SampleQuerySet, SetAside
from heedful.projects.models import Project

MOST_AT_ONCE = 5000
QUEUED = ("planned", "reserved", "sent")


@transaction.atomic
def want_first(*, project: Project, sample_ids: Iterable[int], reason: str, by: User) -> int:
    """Have the next round ask about these before all else; how many were not so already. A label that is there is
    asked about again. Nothing is reserved before a round is filled. Raises InvalidInput for gold, and for what is in
    the queue."""
    samples = _named(project, sample_ids)
    _refuse(samples.filter(queue_items__state__in=QUEUED), "is in the queue already")
    made = Priority.objects.bulk_create(
        Priority(sample_id=pk, reason=reason) for pk in samples.filter(priority=None).values_list("pk", flat=True)
    )
    SetAside.objects.filter(sample__in=samples).update(allowed=True)
    _tell(project, by, len(made), "asked first")
    return len(made)


@transaction.atomic
def exclude(*, project: Project, sample_ids: Iterable[int], by: User) -> int:
    """Never ask about these; how many were asked about until now. What is labeled keeps its label. Raises InvalidInput
    for gold, and for what is in the queue, which is to be withdrawn there."""
    samples = _named(project, sample_ids)
    _refuse(samples.filter(queue_items__state__in=QUEUED), "waits in the queue; withdraw it there first")
    Priority.objects.filter(sample__in=samples).delete()
    SetAside.objects.filter(sample__in=samples).update(why=SetAside.Why.EXCLUDED, allowed=False)
    fresh = samples.filter(set_aside=None).values_list("pk", flat=True)
    made = SetAside.objects.bulk_create(SetAside(sample_id=pk, why=SetAside.Why.EXCLUDED) for pk in fresh)
    _tell(project, by, samples.count(), "excluded")
    return len(made)


@transaction.atomic
def as_before(*, project: Project, sample_ids: Iterable[int], by: User) -> int:
    """Take back that these are asked first, or not at all; what is foreign may be asked about from now on."""
    samples = _named(project, sample_ids)
    Priority.objects.filter(sample__in=samples).delete()
    SetAside.objects.filter(sample__in=samples, why=SetAside.Why.EXCLUDED).delete()
    SetAside.objects.filter(sample__in=samples, why=SetAside.Why.FOREIGN).update(allowed=True)
    _tell(project, by, samples.count(), "as before")
    return samples.count()


@transaction.atomic
def found_foreign(*, scores: Mapping[int, float], threshold: float, model_number: int) -> None:
    """Set aside by a version, until a manager has looked. What a person has decided stays."""
    SetAside.objects.bulk_create(
        (
            SetAside(
                sample_id=sample_id,
                why=SetAside.Why.FOREIGN,
                score=score,
                threshold=threshold,
                model_number=model_number,
            )
            for sample_id, score in scores.items()
        ),
        ignore_conflicts=True,
    )


def waiting_first(project_id: int) -> QuerySet[Priority]:
    """Wanted and not queued, the longest waiting first."""
    wanted = Priority.objects.filter(sample__project_id=project_id)
    return wanted.exclude(sample__queue_items__state__in=QUEUED).select_related("sample").order_by("at", "pk")


def was_asked(sample_ids: Iterable[int]) -> None:
    """What is asked about is wanted no more."""
    Priority.objects.filter(sample_id__in=sample_ids).delete()


def set_aside(project_id: int) -> QuerySet[SetAside]:
    """What is not asked about now, the newest first."""
    waiting = SetAside.objects.filter(sample__project_id=project_id, allowed=False)
    return waiting.select_related("sample").order_by("-at", "-pk")


def _named(project: Project, sample_ids: Iterable[int]) -> SampleQuerySet:
    ids = set(sample_ids)
    if not 1 <= len(ids) <= MOST_AT_ONCE:
        raise InvalidInput(f"{len(ids):,} samples; name 1 to {MOST_AT_ONCE:,} at once.", field="samples")
    samples = Sample.objects.filter(project=project, pk__in=ids)
    if samples.count() < len(ids):
        raise InvalidInput("Some of these samples are not of this project.", field="samples")
    _refuse(samples.gold(), "is gold, by which models are judged: it is asked about by chance alone")
    return samples


def _refuse(samples: QuerySet[Sample], why: str) -> None:
    if (first := samples.first()) is not None:
        others = samples.count() - 1
        more = f" So {'is' if others == 1 else 'are'} {others} more." if others else ""
        raise InvalidInput(f"{first.name} {why}.{more}", field="samples")


def _tell(project: Project, by: User, count: int, what: str) -> None:
    record(
        project_id=project.pk,
        by=by,
        action=AuditEntry.Action.SAMPLES_MARKED,
        subject=f"{count:,} samples",
        after={"samples": count, "now": what},
    )
