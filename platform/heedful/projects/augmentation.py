"""Whether, and how, deep runs learn from changed versions of the pictures: one small declared policy a project.

* `off`: from the pictures alone.
* `searched`: a run tries a few policies, and keeps one only where the held-out labels say so beyond noise.
* `fixed`: from the chosen transforms, at one strength.

What a transform does is `ml.training.augmentation`'s affair; a test holds both lists together, since the web server
never loads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.core.errors import InvalidInput
from heedful.projects.models import Project

OFF, SEARCHED, FIXED = MODES = ("off", "searched", "fixed")
DEFAULTS: Mapping[str, Any] = {"mode": OFF, "allowed": [], "transforms": [], "strength": 0.5}


@dataclass(frozen=True, slots=True)
class TransformInfo:
    """may_break: it can turn a picture into one of another class, so a manager has to allow it."""

    name: str
    title: str
    sentence: str
    may_break: bool = False


TRANSFORMS = {
    one.name: one
    for one in [
        TransformInfo(
            "shift_and_scale",
            "Shift and scale",
            "Moves the picture by up to 8% and scales it by as much; what comes in is its own mirrored edge.",
        ),
        TransformInfo("light", "Brightness and contrast", "A little brighter or darker, flatter or harder."),
        TransformInfo("blur", "Blur", "Slightly out of focus."),
        TransformInfo("noise", "Noise", "A fine grain, as of a camera in the dark."),
        TransformInfo(
            "mirror",
            "Mirror left and right",
            "Breaks labels where side matters: text, bodies, parts that are mounted one way.",
            may_break=True,
        ),
        TransformInfo(
            "upside_down",
            "Turn upside down",
            "Breaks labels where up and down matter, as in photographs of scenes.",
            may_break=True,
        ),
        TransformInfo(
            "quarter_turns",
            "Quarter turns",
            "Breaks labels where orientation matters: digits, arrows, gravity.",
            may_break=True,
        ),
        TransformInfo("hue", "Hue", "Breaks labels where colour is the label: ripeness, rust, stains.", may_break=True),
    ]
}


def augmentation_of(project: Project) -> dict[str, Any]:
    """With the defaults where nothing was said."""
    return {**DEFAULTS, **project.augmentation}


def checked(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options in the order of the catalogue. Raises InvalidInput, which names the field and the fix."""
    for field in ("allowed", "transforms"):
        if unknown := [name for name in options[field] if name not in TRANSFORMS]:
            raise InvalidInput(f"There is no transform {unknown[0]}; choose {', '.join(TRANSFORMS)}.", field=field)
    allowed, transforms = (_ordered(options[field]) for field in ("allowed", "transforms"))
    if safe := [name for name in allowed if not TRANSFORMS[name].may_break]:
        raise InvalidInput(f"{TRANSFORMS[safe[0]].title} is safe and need not be allowed.", field="allowed")
    if options["mode"] == FIXED:
        if not transforms:
            raise InvalidInput("Choose one transform at least, or turn augmentation off.", field="transforms")
        for name in transforms:
            if TRANSFORMS[name].may_break and name not in allowed:
                raise InvalidInput(
                    f"{TRANSFORMS[name].title} may break labels: allow it first, or leave it out.", field="transforms"
                )
    return {**options, "allowed": allowed, "transforms": transforms}


@transaction.atomic
def change_augmentation(*, project: Project, options: Mapping[str, Any], by: User | None) -> None:
    """Deep runs learn this way from the next one on. Raises InvalidInput."""
    wanted = checked(options)
    locked = Project.objects.select_for_update().get(pk=project.pk)
    changed = {name: value for name, value in wanted.items() if value != DEFAULTS[name]}
    before = augmentation_of(locked)
    Project.objects.filter(pk=project.pk).update(augmentation=changed)
    project.augmentation = locked.augmentation = changed
    record(
        project_id=project.pk,
        by=by,
        action=AuditEntry.Action.SETTINGS,
        subject="augmentation",
        before=before,
        after=augmentation_of(locked),
    )


def _ordered(names: Sequence[str]) -> list[str]:
    return [name for name in TRANSFORMS if name in names]
