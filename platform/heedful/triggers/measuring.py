"""What rules read that takes a worker to measure: the drift of each import, and the champion on gold as it grows."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.pool.models import Sample, SampleQuerySet, Source
from heedful.projects.models import Project
from heedful.quality.models import Label
from heedful.registry.models import ModelVersion
from heedful.registry.services import champion
from heedful.triggers.models import DriftMeasurement, GoldMeasurement


def request_measurements(project: Project) -> None:
    """Have workers measure what is new since it was measured last. The pool is embedded when this is called."""
    serving = champion(project.pk)
    if serving is None:
        return
    for source in _unmeasured(project):
        enqueue(
            Job.Kind.MEASURE_DRIFT,
            key=str(source.pk),
            project_id=project.pk,
            subject=source.name,
            source_id=source.pk,
        )
    if _gold_is_news(project, serving):
        enqueue(
            Job.Kind.MEASURE_GOLD,
            key=f"{project.pk}:{serving.number}",
            project_id=project.pk,
            subject=f"version {serving.number}",
            model_id=serving.pk,
        )


def _unmeasured(project: Project) -> QuerySet[Source]:
    """Imports that ended after the first model was there: of what came before, it has learned."""
    first = project.models.order_by("number").first()
    done = project.sources.filter(state=Source.State.DONE, drift=None, added__gt=0)
    return done.filter(finished_at__gt=first.created_at).order_by("pk") if first else done.none()


def _gold_is_news(project: Project, serving: ModelVersion) -> bool:
    """Whether a gold label has settled since the champion was last held against gold."""
    measured = serving.on_later_gold.aggregate(last=Max("measured_at"))["last"]
    gold = Label.objects.filter(sample__project=project, sample__role=Sample.Role.GOLD)
    return gold.filter(settled_at__gt=measured or serving.created_at).exists()


def imported(source: Source) -> SampleQuerySet:
    """The samples that an import brought."""
    return Sample.objects.filter(source=source, shard__isnull=False)


def pool_before(source: Source) -> SampleQuerySet:
    """The samples of every import before it."""
    return Sample.objects.filter(project=source.project_id, source_id__lt=source.pk, shard__isnull=False)


def record_drift(*, source: Source, model: ModelVersion, body: Mapping[str, Any]) -> DriftMeasurement:
    """Keep what was measured; of an import that was measured already, the first holds."""
    measured, _ = DriftMeasurement.objects.get_or_create(
        source=source, defaults={"model": model, "body": body, "measured_at": timezone.now()}
    )
    return measured


def record_gold(*, model: ModelVersion, gold_hash: str, gold_size: int, expected_cost: Mapping[str, float]) -> None:
    """Keep how the champion does on gold now; on the same gold it was measured before, only that it still does."""
    GoldMeasurement.objects.update_or_create(
        model=model,
        gold_hash=gold_hash,
        defaults={"gold_size": gold_size, "expected_cost": expected_cost, "measured_at": timezone.now()},
    )


def drift_of(project: Project) -> Sequence[DriftMeasurement]:
    """Every import that was measured, the newest first."""
    measured = DriftMeasurement.objects.filter(source__project=project).select_related("source", "model")
    return list(measured.order_by("-measured_at", "-pk"))
