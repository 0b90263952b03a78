"""The forms a version can be served in: asked for by a manager, made and judged by a worker, kept one a kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from heedful.core.errors import Conflict, NotFound
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.registry.models import ModelVariant, ModelVersion
from heedful.registry.services import champion

LEAST_PICTURES = 48
"""Of the pool: to calibrate with, and others to compare decisions on."""


def named_version(project: Project, number: int | None) -> ModelVersion:
    """The version of that number; the champion if none is named. Raises NotFound, or Conflict while there is none."""
    if number is None:
        best = champion(project.pk)
        if best is None:
            raise Conflict("There is no champion yet: label and train first, or name a version.")
        return best
    model = project.models.filter(number=number).first()
    if model is None:
        raise NotFound(f"There is no version {number} in this project.")
    return model


def job_of(model: ModelVersion) -> Job | None:
    """The newest making of its variants."""
    return Job.objects.filter(kind=Job.Kind.SHRINK_MODEL, key=_key(model)).first()


@transaction.atomic
def request_variants(*, model: ModelVersion, hour_price: Decimal, distil: bool = False) -> Job:
    """Have a worker make and judge every variant of the version, also those that are there already.

    `hour_price`: what an hour of computing is worth, by which a cascade weighs the full model's time. `distil`: also
    teach a small backbone, which takes minutes. Raises Conflict while the pool is too small, or gold has no labels.
    """
    samples = Sample.objects.filter(project_id=model.project_id, shard__isnull=False)
    if (count := samples.filter(role=Sample.Role.POOL).count()) < LEAST_PICTURES:
        raise Conflict(f"The pool holds {count} pictures; smaller models are calibrated on at least {LEAST_PICTURES}.")
    if not samples.gold().filter(label__isnull=False).exists():
        raise Conflict("The gold set has no labels, so a smaller model could not be judged. Label it first.")
    # A making that failed is begun again by the same button.
    Job.objects.filter(key=_key(model), state__in=[Job.State.FAILED, Job.State.CANCELLED]).delete()
    return enqueue(
        Job.Kind.SHRINK_MODEL,
        key=str(model.pk),
        project_id=model.project_id,
        subject=f"version {model.number}",
        model_id=model.pk,
        hour_price=str(hour_price),
        distil=distil,
    )


def _key(model: ModelVersion) -> str:
    return f"{Job.Kind.SHRINK_MODEL}:{model.pk}"


@dataclass(frozen=True, slots=True)
class MadeVariant:
    """What a worker found out of one. `threshold` is a cascade's."""

    kind: ModelVariant.Kind
    passed: bool
    graph_address: str
    size_bytes: int
    report: Mapping[str, Any]
    threshold: float | None = None


@transaction.atomic
def record_variants(*, model_id: int, made: list[MadeVariant]) -> None:
    """Keep these in place of those that were made before: all were measured side by side."""
    ModelVersion.objects.select_for_update().get(pk=model_id)
    ModelVariant.objects.filter(model_id=model_id).delete()
    ModelVariant.objects.bulk_create(
        ModelVariant(
            model_id=model_id,
            kind=one.kind,
            passed=one.passed,
            graph_address=one.graph_address,
            threshold=one.threshold,
            size_bytes=one.size_bytes,
            report=one.report,
        )
        for one in made
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A graph to ask; pictures of which it is less sure than `threshold` go on to the next step."""

    kind: str
    address: str
    threshold: float | None


def steps_of(model: ModelVersion, kind: str) -> list[Step]:
    """What answers for the version in that form. Raises NotFound when it was never made, Conflict when it was
    refused."""
    full = Step(ModelVariant.Kind.FULL, model.graph_address, None)
    if kind == ModelVariant.Kind.FULL:
        return [full]
    variant = model.variants.filter(kind=kind).first()
    if variant is None:
        raise NotFound(f"Version {model.number} has no variant {kind}: make its smaller models first.")
    if not variant.passed:
        reasons = " ".join(variant.report["sentences"])
        raise Conflict(f"Variant {kind} of version {model.number} was refused. {reasons}")
    if variant.threshold is None:
        return [Step(kind, variant.graph_address, None)]
    return [Step(variant.report["cheap"], variant.graph_address, variant.threshold), full]
