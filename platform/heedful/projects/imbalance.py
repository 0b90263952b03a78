"""How training meets rare classes and dear mistakes: one small declared configuration a project.

What the options do is `ml.training.losses` and `ml.training.sampling`' affair; a test holds both lists together, since
the web server never loads them.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.projects.models import Project

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "loss": {
        "weights": "balanced",
        "beta": 0.99,
        "cost_weighted": False,
        "focal_gamma": 0.0,
        "logit_adjustment": 0.0,
    },
    "sampling": {"method": "all", "ratio": 3.0},
}


def imbalance_of(project: Project) -> dict[str, dict[str, Any]]:
    """With the defaults where nothing was said."""
    return {part: {**options, **project.imbalance.get(part, {})} for part, options in DEFAULTS.items()}


@transaction.atomic
def change_imbalance(*, project: Project, options: Mapping[str, Mapping[str, Any]], by: User | None) -> None:
    """Train by these options from the next run on. Only what differs from the default is kept."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    changed = {
        part: {name: value for name, value in options[part].items() if value != defaults[name]}
        for part, defaults in DEFAULTS.items()
    }
    changed = {part: values for part, values in changed.items() if values}
    before = imbalance_of(locked)
    Project.objects.filter(pk=project.pk).update(imbalance=changed)
    project.imbalance = locked.imbalance = changed
    record(
        project_id=project.pk,
        by=by,
        action=AuditEntry.Action.SETTINGS,
        subject="imbalance",
        before=_flat(before),
        after=_flat(imbalance_of(locked)),
    )


def _flat(options: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {name: value for part in options.values() for name, value in part.items()}
