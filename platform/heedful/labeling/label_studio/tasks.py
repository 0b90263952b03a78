"""What goes to Label Studio, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What Label Studio calls a prediction: where a task stands in its queue, and what it preselects.

    priority: 0..1, higher = served sooner. choice: a class's key, or None to preselect nothing.
    """

    priority: float
    choice: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.priority <= 1:
            raise ValueError(f"A priority lies in 0..1, this one is {self.priority}.")


@dataclass(frozen=True, slots=True)
class TaskOut:
    """One queue item on its way out.

    data: from config.task_data(). answers_wanted: by so many different people.
    """

    queue_item: int
    data: Mapping[str, str]
    suggestion: Suggestion
    answers_wanted: int = 1


class Kept(StrEnum):
    """Why a task was not taken away."""

    ANSWERED = "answered"
    SKIPPED = "skipped"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Retired:
    """By queue item. gone: no longer there, by this call or an earlier one. kept: the others, and why."""

    gone: Sequence[int]
    kept: Mapping[int, Kept]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account in Label Studio; `Answer.completed_by` is their id."""

    id: int
    email: str
