"""What merging classes would change, from what the champion confuses on gold and the cost matrix: before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from django.db.models import Count, Q

from heedful.pool.models import Sample
from heedful.projects.merging import classes_to_merge
from heedful.projects.models import LabelClass, Project
from heedful.registry.models import ModelVersion
from heedful.registry.services import champion


@dataclass(frozen=True, slots=True)
class Bounds:
    """A mean with the 95% bounds of its standard error, never below 0."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MergedMember:
    """A class with its settled labels in the pool and in gold."""

    label_class: LabelClass
    labels: int
    gold: int


@dataclass(frozen=True, slots=True)
class MergePreview:
    """`confused`: how many of `gold_size` gold samples the champion takes for another of these classes, and
    `confused_cost`: what that costs a sample of gold now; merged in evaluation, it is counted no more.

    `undivided_cost`: what those confusions would cost a sample of gold if one answer stood for all of these classes, as
    it does once they are merged in training; merged in training alone, that is counted. All None while no champion has
    told what it confuses.
    """

    members: list[MergedMember]
    model_number: int | None
    gold_size: int
    confused: int | None
    confused_cost: Bounds | None
    undivided_cost: Bounds | None


def preview_merge(*, project: Project, class_ids: Sequence[int]) -> MergePreview:
    """Raises InvalidInput, which names the field."""
    classes = classes_to_merge(project, class_ids)
    best = champion(project.pk)
    confusion = _confusion(best, project.label_classes.count())
    members = _members(classes)
    if best is None or confusion is None:
        return MergePreview(members, None, 0, None, None, None)
    size = sum(map(sum, confusion))
    costs = [[float(cost) for cost in row] for row in project.cost_matrix()]
    inside = [one.position for one in classes]
    pairs = [(true, said) for true in inside for said in inside if true != said]
    counts = [sum(confusion[true][said] for said in inside) for true in inside]
    answers = [[costs[true][said] for true in inside] for said in inside]
    cheapest = min(answers, key=lambda each: sum(n * cost for n, cost in zip(counts, each, strict=True)))
    return MergePreview(
        members=members,
        model_number=best.number,
        gold_size=size,
        confused=sum(confusion[true][said] for true, said in pairs),
        confused_cost=_mean([(confusion[true][said], costs[true][said]) for true, said in pairs], size),
        undivided_cost=_mean(list(zip(counts, cheapest, strict=True)), size),
    )


def _confusion(best: ModelVersion | None, n_classes: int) -> list[list[int]] | None:
    found = best.evaluation.metrics.get("confusion") if best else None
    return found if found and len(found) == n_classes else None


def _members(classes: Sequence[LabelClass]) -> list[MergedMember]:
    roles = {
        role: Count("labels", filter=Q(labels__sample__role=role)) for role in (Sample.Role.POOL, Sample.Role.GOLD)
    }
    rows = LabelClass.objects.filter(pk__in=[one.pk for one in classes]).annotate(
        in_pool=roles[Sample.Role.POOL], in_gold=roles[Sample.Role.GOLD]
    )
    return [MergedMember(one, one.in_pool, one.in_gold) for one in rows.order_by("position")]


def _mean(counted: Sequence[tuple[int, float]], size: int) -> Bounds:
    """Of `size` samples, so many that cost so much each; the others cost nothing."""
    mean = sum(count * cost for count, cost in counted) / size
    square = sum(count * cost * cost for count, cost in counted) / size
    error = 1.96 * sqrt(max(square - mean * mean, 0.0) / size)
    return Bounds(mean, max(mean - error, 0.0), mean + error)
