"""On what terms a training run is started: what of the project's settings, beside its labels, decides the outcome."""

import hashlib
import json
from typing import Any

from django.db.models import Count, Q

from heedful.pool.models import Sample
from heedful.pool.weak.labels import fingerprint
from heedful.projects.augmentation import OFF, augmentation_of
from heedful.projects.models import ClassMerge, Project
from heedful.registry.backbones import chosen_anew
from heedful.registry.models import TrainingRun


def terms_now(project: Project, kind: str = TrainingRun.Kind.QUICK) -> dict[str, Any]:
    """`imbalance` in the form of `projects.imbalance`; `training` and `evaluation`: the groups of classes that are one,
    by position; `weak`: the name of the weak labels that count; `backbone`: one that was chosen in place of the
    champion's, and else not there; `augmentation`: of a deep run that learns from changed pictures. Empty while all is
    the default."""
    terms = {
        "imbalance": project.imbalance,
        "training": project.merged_positions(ClassMerge.Use.TRAINING),
        "evaluation": project.merged_positions(ClassMerge.Use.EVALUATION),
        "weak": fingerprint(project.pk),
    }
    if chosen := chosen_anew(project):
        terms["backbone"] = chosen
    if kind == TrainingRun.Kind.DEEP and augmentation_of(project)["mode"] != OFF:
        terms["augmentation"] = augmentation_of(project)
    return terms if any(terms.values()) else {}


def hash_of(terms: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(terms, sort_keys=True).encode()).hexdigest() if terms else ""


def classes_without_label(project: Project) -> list[str]:
    """The classes that a model could not learn: neither they nor one they are merged with in training has a label of
    the pool. Those merged are named together."""
    labeled = Q(labels__sample__role=Sample.Role.POOL)
    classes = project.label_classes.annotate(count=Count("labels", filter=labeled)).order_by("position")
    counts = list(classes.values_list("name", "count"))
    merged = project.merged_positions(ClassMerge.Use.TRAINING)
    alone = [[place] for place in range(len(counts)) if not any(place in group for group in merged)]
    missing = sorted(group for group in [*merged, *alone] if not any(counts[place][1] for place in group))
    return [" or ".join(counts[place][0] for place in group) for group in missing]
