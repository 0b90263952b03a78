"""One annotator's answer as Label Studio tells it, by webhook or when asked: the same object from both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from heedful.labeling.label_studio.config import CONTROL
from heedful.labeling.label_studio.errors import MalformedEvent

Json = Mapping[str, Any]
T = TypeVar("T")

NUMBER = (int, float)


@dataclass(frozen=True, slots=True)
class Answer:
    """An annotation in Label Studio. `(external_id, updated_at)` tells two versions of it apart.

    unique_id: a uuid that webhooks carry and listings do not.
    queue_item: our own id, from the task's meta; None for a task that we did not import.
    completed_by: the Label Studio id of who answered.
    choice: the key of the chosen class; None when skipped, or sent without a choice.
    skipped: then `choice` is None, though Label Studio sends the preselected class along.
    lead_time: seconds in the editor, all sessions added up.
    accepted_prediction: the preselected class was sent as it stood.
    """

    external_id: int
    unique_id: str | None
    project_id: int
    task_id: int
    queue_item: int | None
    completed_by: int
    choice: str | None
    skipped: bool
    lead_time: float | None
    accepted_prediction: bool
    created_at: datetime
    updated_at: datetime


def parse_answer(annotation: Json, *, meta: object) -> Answer:
    """Read an annotation and its task's `meta`. Raises MalformedEvent."""
    skipped = field(annotation, "annotation.was_cancelled", bool)
    lead_time = annotation.get("lead_time")
    if lead_time is not None:
        lead_time = float(field(annotation, "annotation.lead_time", NUMBER))
    region = None if skipped else _choices_region(annotation)
    return Answer(
        external_id=field(annotation, "annotation.id", int),
        unique_id=annotation.get("unique_id"),
        project_id=field(annotation, "annotation.project", int),
        task_id=field(annotation, "annotation.task", int),
        queue_item=queue_item_of(meta),
        completed_by=field(annotation, "annotation.completed_by", int),
        choice=_choice(region) if region else None,
        skipped=skipped,
        lead_time=lead_time,
        accepted_prediction=region is not None and region.get("origin") == "prediction",
        created_at=moment(annotation, "annotation.created_at"),
        updated_at=moment(annotation, "annotation.updated_at"),
    )


def field(source: Json, path: str, kind: type[T] | tuple[type[T], ...]) -> T:
    """The value at the last step of `path` in `source`; MalformedEvent names the whole path."""
    name = path.rpartition(".")[2]
    value = source.get(name)
    # bool is an int to Python, and never one in an id or a duration.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        found = "is missing" if name not in source else f"is {type(value).__name__}"
        raise MalformedEvent(f"{path} {found}.", field=path)
    return value


def moment(source: Json, path: str) -> datetime:
    text = field(source, path, str)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise MalformedEvent(f"{path} is not a time: {text!r}.", field=path) from error
    if found.tzinfo is None:
        raise MalformedEvent(f"{path} has no time zone: {text!r}.", field=path)
    return found


def _choices_region(annotation: Json) -> Json | None:
    regions = field(annotation, "annotation.result", list)
    for region in regions:
        if not isinstance(region, Mapping):
            raise MalformedEvent("annotation.result holds something else than regions.", field="annotation.result")
        if region.get("from_name") == CONTROL:
            return region
    return None


def _choice(region: Json) -> str:
    choices = field(field(region, "annotation.result.value", Mapping), "annotation.result.value.choices", list)
    if len(choices) != 1 or not isinstance(choices[0], str):
        raise MalformedEvent(
            f"annotation.result.value.choices holds {len(choices)} choices, not one.",
            field="annotation.result.value.choices",
        )
    return choices[0]


def queue_item_of(meta: object) -> int | None:
    """Tasks made by hand in Label Studio have a null or a foreign meta; ours carry an integer."""
    found = meta.get("queue_item") if isinstance(meta, Mapping) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None
