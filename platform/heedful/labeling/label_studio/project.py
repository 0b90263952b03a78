"""One project in Label Studio: its tasks, which we send, and its answers, which we read.

Tasks are named by our own queue item throughout. Label Studio's ids will not do: on SQLite it gives the ids
of deleted tasks to the next import, so that a repeated call by task id could hit another sample.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from heedful.labeling.label_studio.answers import Answer, Json, parse_answer, queue_item_of
from heedful.labeling.label_studio.config import CONTROL, VIEWER
from heedful.labeling.label_studio.errors import LabelStudioNotUnderstood, LabelStudioRefused, MalformedEvent
from heedful.labeling.label_studio.tasks import Kept, Retired, Suggestion, TaskOut
from heedful.labeling.label_studio.wire import Condition, Wire, chunks, filters, number

log = structlog.get_logger(__name__)

# One name for all predictions, whatever model they come from: Label Studio serves tasks with a prediction of
# the project's current version first and the others at random, which would scatter what is left of an earlier
# round.
SUGGESTED_BY = "heedful"

IMPORT_BATCH = 1000
LOOKUP_BATCH = 100  # ids travel in the address, and servers cut addresses at 4 to 8 kB
IDS_TEXT_LIMIT = 500  # where Label Studio cuts its own list of a task's annotation ids

TASK_FIELDS = ("id", "meta", "overlap", "total_annotations", "cancelled_annotations")
SHOWN_FIELDS = ("id", "meta", "predictions")
ANSWER_FIELDS = (
    *("id", "meta", "annotations", "result", "was_cancelled", "lead_time", "completed_by"),
    *("created_at", "updated_at", "task", "project"),
)
UNTOUCHED: tuple[Condition, ...] = (
    ("total_annotations", "equal", "Number", 0),
    ("cancelled_annotations", "equal", "Number", 0),
    ("draft_exists", "equal", "Boolean", False),
)


class LabelStudioProject:
    """Every call may be repeated. What fails is raised as a LabelStudioError."""

    def __init__(self, wire: Wire, project_id: int) -> None:
        self.id = project_id
        self._wire = wire

    # --- tasks

    def import_tasks(self, tasks: Sequence[TaskOut]) -> dict[int, int]:
        """Bring every task there exactly once: {queue_item: Label Studio's task id}.

        Those already there are left as they are; untouched doubles of them are removed. Raises
        LabelStudioRefused before sending anything if a suggested class is not in the project's configuration,
        since Label Studio would take it and show nothing.
        """
        self._refuse_unknown_choices([task.suggestion for task in tasks])
        known = self._find_once([task.queue_item for task in tasks])
        missing = [task for task in tasks if task.queue_item not in known]
        for batch in chunks(missing, IMPORT_BATCH):
            self._send(batch)
        if missing:
            known |= self._find_once([task.queue_item for task in missing])
        for task in tasks:
            if task.queue_item not in known:
                raise LabelStudioNotUnderstood(f"Queue item {task.queue_item} was sent and is not there.")
            # An import ignores a task's own number of answers.
            if known[task.queue_item]["overlap"] != task.answers_wanted:
                self._patch(known[task.queue_item]["id"], {"overlap": task.answers_wanted})
        return {queue_item: row["id"] for queue_item, row in known.items()}

    def retire_tasks(self, queue_items: Sequence[int]) -> Retired:
        """Take away the tasks nobody has begun; those with an answer, a skip or a draft stay.

        A task that is only open in somebody's browser cannot be told from others: what they then send is
        lost, and Label Studio does not tell them. Retire late, or lower the priority instead.
        """
        kept: dict[int, Kept] = {}
        for batch in chunks(queue_items, LOOKUP_BATCH):
            self._act("delete_tasks", [row["id"] for row in self._find(batch)], *UNTOUCHED)
            kept |= {row["meta"]["queue_item"]: _why_kept(row) for row in self._find(batch)}
        return Retired(gone=[one for one in queue_items if one not in kept], kept=kept)

    def refresh_tasks(self, tasks: Sequence[TaskOut]) -> set[int]:
        """Have the tasks that nobody has begun show what these say, and stand where these stand; the queue items of
        those that do.

        One that is only open in somebody's browser cannot be told from others; there it changes when it is loaded
        again. Raises LabelStudioRefused as `import_tasks` does.
        """
        self._refuse_unknown_choices([task.suggestion for task in tasks])
        refreshed = set()
        for batch in chunks(tasks, LOOKUP_BATCH):
            new = {task.queue_item: task for task in batch}
            for row in self._find(list(new), *UNTOUCHED, fields=SHOWN_FIELDS):
                task = new[row["meta"]["queue_item"]]
                self._patch(row["id"], {"data": dict(task.data)})
                self._suggest(row, task.suggestion)
                refreshed.add(task.queue_item)
        return refreshed

    def _suggest(self, row: Json, suggestion: Suggestion) -> None:
        """Changed in place: imported again, it would stand beside the old one."""
        said = _prediction(suggestion)
        if row["predictions"]:
            self._wire.request("PATCH", f"api/predictions/{row['predictions'][0]['id']}/", body=said)
        else:
            self._wire.request("POST", "api/predictions/", body={"task": row["id"], **said})

    def untouched(self, queue_items: Sequence[int]) -> set[int]:
        """Those of `queue_items` that have a task which nobody has answered, skipped or drafted an answer to."""
        batches = chunks(queue_items, LOOKUP_BATCH)
        return {row["meta"]["queue_item"] for batch in batches for row in self._find(batch, *UNTOUCHED)}

    def present(self, queue_items: Sequence[int]) -> set[int]:
        """Those of `queue_items` that have a task."""
        return {row["meta"]["queue_item"] for batch in chunks(queue_items, LOOKUP_BATCH) for row in self._find(batch)}

    # --- answers

    def answers_since(self, updated_after: datetime, *, overlap: timedelta = timedelta(minutes=2)) -> Iterator[Answer]:
        """All answers of the tasks that changed after `updated_after` minus `overlap`, by rising task id.

        Creating, changing, skipping and deleting an answer each count as a change of its task; so does
        importing it, hence answers that are older than asked for. Take the newest `updated_at` seen as the next
        `updated_after`: it is Label Studio's clock, not ours. One that cannot be read is logged and left out.
        """
        cut = (updated_after - overlap).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        changed = ("updated_at", "greater", "Datetime", cut)
        for row in self._wire.tasks(self.id, ANSWER_FIELDS, changed, page_size=200):
            for annotation in row["annotations"]:
                try:
                    yield parse_answer(annotation, meta=row.get("meta"))
                except MalformedEvent as malformed:
                    # Made by a program, since the page cannot; it must not hide the answers behind it.
                    log.warning("answer_malformed", task_id=row["id"], error=malformed.message)

    def all_answer_ids(self) -> dict[int, int | None]:
        """{external_id: queue item} of every answer and skip there is, to find what was deleted.

        Read our own ids before calling this: an answer that arrives meanwhile is then at worst unknown to us,
        never taken for deleted.
        """
        found: dict[int, int | None] = {}
        include = ("id", "meta", "annotations_ids")
        answered = ("annotations_ids", "empty", "Number", "false")
        for row in self._wire.tasks(self.id, include, answered, page_size=1000):
            for annotation_id in self._annotation_ids(row):
                found[annotation_id] = queue_item_of(row.get("meta"))
        return found

    def _annotation_ids(self, row: Json) -> list[int]:
        text = str(row["annotations_ids"])
        if len(text) >= IDS_TEXT_LIMIT:
            with self._wire.speaking() as sdk:
                return [number(one.id, "an annotation's id") for one in sdk.annotations.list(id=row["id"])]
        ids = [int(digits) for digits in re.findall(r"\d+", text)]
        if not ids:
            # Believed, this would read as "its answers were deleted".
            raise LabelStudioNotUnderstood(f"Task {row['id']} is listed as answered, without its answers.")
        return ids

    # --- inside

    def _send(self, batch: Sequence[TaskOut]) -> None:
        rows: list[Any] = [
            {
                "data": dict(task.data),
                "meta": {"queue_item": task.queue_item},
                "predictions": [_prediction(task.suggestion)],
            }
            for task in batch
        ]
        with self._wire.speaking() as sdk:
            sent = sdk.projects.import_tasks(id=self.id, request=rows)
        if sent.task_count != len(rows):
            raise LabelStudioNotUnderstood(f"{sent.task_count} of {len(rows)} tasks were taken.")

    def _find(
        self, queue_items: Sequence[int], *conditions: Condition, fields: Sequence[str] = TASK_FIELDS
    ) -> Iterator[Any]:
        """The tasks of these queue items, LOOKUP_BATCH at most, that meet all `conditions`."""
        wanted = ("data.queue_item", "in_list", "List", [str(item) for item in queue_items])
        for row in self._wire.tasks(self.id, fields, wanted, *conditions):
            # A copy that somebody made by hand has our data, not our meta: not ours to touch.
            if queue_item_of(row.get("meta")) in queue_items:
                yield row

    def _find_once(self, queue_items: Sequence[int]) -> dict[int, Any]:
        """The task of each queue item that has one.

        An import whose answer never reached us may have been repeated while Label Studio still worked on it.
        Of such doubles the answered one stays, or the first, and the others are deleted.
        """
        copies: dict[int, list[Any]] = {}
        for batch in chunks(queue_items, LOOKUP_BATCH):
            for row in self._find(batch):
                copies.setdefault(row["meta"]["queue_item"], []).append(row)
        best = {item: max(found, key=_answers) for item, found in copies.items()}
        doubles = [row["id"] for item, found in copies.items() for row in found if row is not best[item]]
        self._act("delete_tasks", doubles, *UNTOUCHED)
        return best

    def _patch(self, task_id: int, body: Json) -> None:
        self._wire.request("PATCH", f"api/tasks/{task_id}/", body=body)

    def _refuse_unknown_choices(self, suggestions: Sequence[Suggestion]) -> None:
        suggested = {one.choice for one in suggestions if one.choice is not None}
        if not suggested:
            return
        config = self._wire.request("GET", f"api/projects/{self.id}/")["parsed_label_config"]
        if unknown := suggested - set(config.get(CONTROL, {}).get("labels", ())):
            raise LabelStudioRefused(f"No such class in project {self.id}: {', '.join(sorted(unknown))}.")

    def _act(self, action: str, task_ids: Sequence[int], *conditions: Condition) -> None:
        # Never with an empty list: Label Studio takes "none of these" for "all of them".
        if task_ids:
            body = {
                "project": self.id,
                "selectedItems": {"all": False, "included": list(task_ids)},
                "filters": filters(*conditions),
            }
            params = {"id": action, "project": self.id}
            self._wire.request("POST", "api/dm/actions/", params=params, body=body)


def _prediction(suggestion: Suggestion) -> dict[str, object]:
    """Label Studio serves the LOWEST score first."""
    region = {"from_name": CONTROL, "to_name": VIEWER, "type": "choices"}
    chosen = [{**region, "value": {"choices": [suggestion.choice]}}] if suggestion.choice is not None else []
    return {"model_version": SUGGESTED_BY, "score": 1 - suggestion.priority, "result": chosen}


def _answers(row: Json) -> int:
    return int(row["total_annotations"]) + int(row["cancelled_annotations"])


def _why_kept(row: Json) -> Kept:
    if row["total_annotations"]:
        return Kept.ANSWERED
    return Kept.SKIPPED if row["cancelled_annotations"] else Kept.DRAFT
