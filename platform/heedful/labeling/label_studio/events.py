"""A webhook's payload, read into one of four events.

Label Studio sends each once, at best: nothing is repeated after a failure, and it names neither event nor
order. What is read here may therefore be late, doubled or out of order; `Answer.updated_at` settles which
version is the newer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from heedful.labeling.label_studio.answers import Answer, Json, field, parse_answer
from heedful.labeling.label_studio.errors import MalformedEvent


@dataclass(frozen=True, slots=True)
class AnswerCreated:
    answer: Answer


@dataclass(frozen=True, slots=True)
class AnswerUpdated:
    answer: Answer


@dataclass(frozen=True, slots=True)
class AnswersDeleted:
    """Label Studio names the annotations only, not whose nor of which task."""

    project_id: int
    external_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TasksDeleted:
    """Their annotations are gone too, and no other event says so."""

    project_id: int
    task_ids: tuple[int, ...]


Event = AnswerCreated | AnswerUpdated | AnswersDeleted | TasksDeleted


def parse_event(payload: object) -> Event:
    """Read a payload. Raises MalformedEvent, which names the field."""
    if not isinstance(payload, Mapping):
        raise MalformedEvent("The payload is not an object.", field="payload")
    action = field(payload, "action", str)
    if action not in _READERS:
        raise MalformedEvent(f"action is {action!r}, which we did not ask for.", field="action")
    return _READERS[action](payload)


def _answer(payload: Json) -> Answer:
    annotation = field(payload, "annotation", Mapping)
    return parse_answer(annotation, meta=field(payload, "task", Mapping).get("meta"))


def _ids(payload: Json, name: str) -> tuple[int, tuple[int, ...]]:
    """The project and the ids listed under `name`."""
    listed: list[Any] = field(payload, name, list)
    for entry in listed:
        if not isinstance(entry, Mapping):
            raise MalformedEvent(f"{name} holds something else than objects.", field=name)
    project_id = field(field(payload, "project", Mapping), "project.id", int)
    return project_id, tuple(field(entry, f"{name}.id", int) for entry in listed)


_READERS: dict[str, Callable[[Json], Event]] = {
    "ANNOTATION_CREATED": lambda payload: AnswerCreated(_answer(payload)),
    "ANNOTATION_UPDATED": lambda payload: AnswerUpdated(_answer(payload)),
    "ANNOTATIONS_DELETED": lambda payload: AnswersDeleted(*_ids(payload, "annotations")),
    "TASKS_DELETED": lambda payload: TasksDeleted(*_ids(payload, "tasks")),
}

ACTIONS = tuple(_READERS)
