"""Which backbone suits the pool: asked for by a manager, found out by a worker on the labels at hand, put in words.

The body of a comparison, as the worker stores it:

    labels, of      so many samples were used of those that are labeled
    focus           the class whose average precision is shown: the one that is dearest to miss
    current, choose the backbone in use then, and the one that is advised
    rows            of each backbone: name, expected_cost, average_precision, difference (to the one in use), per_second
                    (pictures decoded and embedded)
    left_out        of those that could not be tried: name, reason
"""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from heedful.core.errors import Conflict
from heedful.core.money import worded
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.pool.models import Sample
from heedful.projects.models import ClassMerge, Project
from heedful.quality.services import LabeledSample, labeled_samples
from heedful.registry.advice import money_of
from heedful.registry.models import BackboneComparison

MOST_LABELS = 400
"""Used of the labels at hand: more make the intervals little narrower, and cost seconds a backbone."""
LEAST_OF_CLASS = 5
"""Of each class, in groups of their own: one for each part that is held out in turn."""
PER = 1000


def comparable_samples(project: Project) -> list[LabeledSample]:
    """Gold, and what experts or managers have said of the pool."""
    roles = (Sample.Role.GOLD, Sample.Role.POOL)
    labeled = [one for role in roles for one in labeled_samples(project_id=project.pk, role=role)]
    return [one for one in labeled if not one.cheap]


def missing_labels(project: Project) -> list[str]:
    """What is still to be labeled, such as “2 more of crack”; classes that are one in training count together."""
    groups: dict[int, set[str]] = defaultdict(set)
    for one in comparable_samples(project):
        groups[one.position].add(one.group)
    names = [one.name for one in project.classes()]
    merged = project.merged_positions(ClassMerge.Use.TRAINING)
    alone = [[place] for place in range(len(names)) if not any(place in group for group in merged)]
    lacks = []
    for together in sorted([*merged, *alone]):
        there = len(set().union(*(groups[place] for place in together)))
        if there < LEAST_OF_CLASS:
            lacks.append(f"{LEAST_OF_CLASS - there} more of {' or '.join(names[place] for place in together)}")
    return lacks


def job_of(project: Project) -> Job | None:
    """The newest comparison's."""
    return Job.objects.filter(key=_key(project)).first()


@transaction.atomic
def request_comparison(*, project: Project) -> Job:
    """Have a worker try every backbone on the labels at hand. Raises Conflict, which says what is still to be labeled,
    while there are too few."""
    if lacks := missing_labels(project):
        raise Conflict(
            f"Too few labels to compare backbones by: label {', '.join(lacks)}. Each class needs {LEAST_OF_CLASS} by"
            " experts, in groups of their own."
        )
    Job.objects.filter(key=_key(project), state__in=[Job.State.FAILED, Job.State.CANCELLED]).delete()
    return enqueue(Job.Kind.COMPARE_BACKBONES, key=str(project.pk), project_id=project.pk)


def _key(project: Project) -> str:
    return f"{Job.Kind.COMPARE_BACKBONES}:{project.pk}"


def record_comparison(*, project_id: int, body: Mapping[str, Any]) -> None:
    BackboneComparison.objects.update_or_create(project_id=project_id, defaults={"body": body})


def advice_sentence(body: Mapping[str, Any], currency: str) -> str:
    """What follows from a comparison, with its interval."""
    rows = {row["name"]: row for row in body["rows"]}
    current, chosen = rows[body["current"]], rows[body["choose"]]
    if chosen is not current:
        return (
            f"Choose {chosen['name']}: it costs {_less(chosen['difference'], currency)} than {current['name']}, at"
            f" {_rate(chosen)} pictures a second instead of {_rate(current)}."
        )
    others = [row for row in rows.values() if row is not current]
    if not others:
        return f"Keep {current['name']}: no other backbone could be tried."
    if all(row["difference"]["low"] > 0 for row in others):
        return f"Keep {current['name']}: every other one costs more, beyond the interval."
    fastest = max((row for row in rows.values() if not _dearer(row)), key=lambda row: float(row["per_second"]))
    if fastest is current:
        return f"No difference beyond the interval: keep {current['name']}, the fastest."
    times = fastest["per_second"] / current["per_second"]
    return (
        f"No difference beyond the interval: keep {current['name']}. {fastest['name']} is {times:.1f} times as fast,"
        f" and no dearer as far as {body['labels']} labels can tell."
    )


def _dearer(row: Mapping[str, Any]) -> bool:
    return row["difference"] is not None and row["difference"]["low"] > 0


def _rate(row: Mapping[str, Any]) -> str:
    return f"{row['per_second']:.0f}"


def _less(difference: Mapping[str, float], currency: str) -> str:
    """A saving, with its bounds: the difference's, the other way round."""
    value, least, most = (
        worded(Decimal(PER) * money_of(-difference[key]), currency) for key in ("value", "high", "low")
    )
    return f"{value} less per {PER:,} samples ({least} to {most})"
