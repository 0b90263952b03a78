"""How much the people of a project have answered."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from heedful.labeling.models import Annotation, Annotator


def midnight(now: datetime) -> datetime:
    """In UTC, as budgets count their days."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def monday(now: datetime) -> datetime:
    return midnight(now) - timedelta(days=midnight(now).weekday())


def first_of_month(now: datetime) -> datetime:
    return midnight(now).replace(day=1)


def with_answers(annotators: QuerySet[Annotator], *, since: datetime) -> QuerySet[Annotator]:
    """Each with `answers`, `unpriced`, `last_answer_at`, and `answers_since` and `seconds_since` that moment."""
    standing = Q(annotations__skipped=False, annotations__deleted_at=None)
    recent = standing & Q(annotations__answered_at__gte=since)
    return annotators.annotate(
        answers=Count("annotations", filter=standing),
        unpriced=Count("annotations", filter=standing & Q(annotations__rate=None)),
        last_answer_at=Max("annotations__answered_at", filter=standing),
        answers_since=Count("annotations", filter=recent),
        seconds_since=Coalesce(Sum("annotations__paid_seconds", filter=recent), 0.0),
    )


@dataclass(frozen=True, slots=True)
class Work:
    """Answers, and the seconds that are paid of them."""

    answers: int
    seconds: float


def work_of(annotator: Annotator, *, since: datetime) -> Work:
    answers = Annotation.objects.standing().filter(annotator=annotator, answered_at__gte=since)
    sums = answers.aggregate(count=Count("pk"), seconds=Sum("paid_seconds", default=0.0))
    return Work(answers=sums["count"], seconds=sums["seconds"])
