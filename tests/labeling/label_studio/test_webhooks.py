"""What Label Studio really sends, and what we make of it."""

from typing import Any

import pytest

from heedful.labeling.label_studio.answers import Answer
from heedful.labeling.label_studio.errors import MalformedEvent
from heedful.labeling.label_studio.events import (
    AnswerCreated,
    AnswersDeleted,
    AnswerUpdated,
    TasksDeleted,
    parse_event,
)
from tests.labeling.label_studio.builders import task


@pytest.mark.services
def test_each_thing_an_annotator_does_arrives_as_its_event(studio, project, expert, receiver):
    for url, secret in (("http://127.0.0.1:9/hook", "old"), (receiver.url, "s3cret"), (receiver.url, "s3cret")):
        studio.ensure_webhook(project.id, url=url, headers={"X-Secret": secret})
    ids = project.import_tasks([task(1, choice="sound"), task(2), task(3)])

    annotation = expert.submit(ids[1], "defect", lead_time=4.5)
    secret, payload = receiver.next()
    created = parse_event(payload)
    assert secret == "s3cret"
    assert isinstance(created, AnswerCreated)
    assert created.answer.unique_id
    assert (created.answer.external_id, created.answer.queue_item) == (annotation, 1)
    assert (created.answer.choice, created.answer.lead_time) == ("defect", 4.5)
    [listed] = project.answers_since(created.answer.created_at)
    told = {name: getattr(created.answer, name) for name in created.answer.__slots__ if name != "unique_id"}
    assert told == {name: getattr(listed, name) for name in told}

    expert.edit(annotation, "sound", lead_time=6)
    updated = parse_event(receiver.next()[1])
    assert isinstance(updated, AnswerUpdated)
    assert (updated.answer.choice, updated.answer.unique_id) == ("sound", created.answer.unique_id)
    assert updated.answer.updated_at > created.answer.updated_at

    expert.skip(ids[2], lead_time=1, preselected="sound")
    skipped = parse_event(receiver.next()[1])
    assert isinstance(skipped, AnswerCreated)
    assert (skipped.answer.skipped, skipped.answer.choice) == (True, None)

    expert.delete(annotation)
    assert parse_event(receiver.next()[1]) == AnswersDeleted(project.id, (annotation,))

    project.retire_tasks([3])
    assert parse_event(receiver.next()[1]) == TasksDeleted(project.id, (ids[3],))
    assert receiver.received.empty(), "an event came twice"


def payload() -> dict[str, Any]:
    region = {
        "from_name": "label",
        "type": "choices",
        "origin": "prediction",
        "value": {"choices": ["sound"]},
    }
    return {
        "action": "ANNOTATION_CREATED",
        "annotation": {
            "id": 36,
            "unique_id": "118de1b8-9661-4644-8201-ed8c33a6f8aa",
            "result": [region],
            "was_cancelled": False,
            "lead_time": 4,
            "task": 7,
            "project": 1,
            "completed_by": 2,
            "created_at": "2026-11-23T21:13:46.702962Z",
            "updated_at": "2026-11-23T21:13:46.703000Z",
        },
        "task": {"id": 7, "meta": {"queue_item": 100}},
        "project": {"id": 1},
    }


def answer_in(sent: dict[str, Any]) -> Answer:
    event = parse_event(sent)
    assert isinstance(event, AnswerCreated)
    return event.answer


def test_an_answer_sent_as_preselected_is_known_as_such():
    sent = payload()
    assert answer_in(sent).accepted_prediction
    sent["annotation"]["result"][0]["origin"] = "manual"
    assert not answer_in(sent).accepted_prediction


@pytest.mark.parametrize("meta", [None, {}, "text", {"queue_item": "100"}, {"queue_item": True}])
def test_an_answer_to_a_task_that_is_not_ours_has_no_queue_item(meta):
    sent = payload()
    sent["task"]["meta"] = meta
    assert answer_in(sent).queue_item is None


def test_an_answer_without_a_choice_is_neither_skip_nor_choice():
    sent = payload()
    sent["annotation"] |= {"result": [], "lead_time": None}
    answer = answer_in(sent)
    assert (answer.choice, answer.skipped, answer.lead_time) == (None, False, None)


REQUIRED = ["id", "result", "was_cancelled", "task", "project", "completed_by", "created_at", "updated_at"]


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("wrong", [..., None, {}, "nonsense"])
def test_a_missing_or_wrong_field_is_named(name, wrong):
    sent = payload()
    if wrong is ...:
        del sent["annotation"][name]
    else:
        sent["annotation"][name] = wrong
    with pytest.raises(MalformedEvent, match=f"annotation.{name}") as refused:
        parse_event(sent)
    assert refused.value.field == f"annotation.{name}"


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        (None, "payload"),
        ([], "payload"),
        ({}, "action"),
        ({"action": "PROJECT_UPDATED"}, "action"),
        ({"action": "ANNOTATION_CREATED"}, "annotation"),
        ({"action": "ANNOTATION_CREATED", "annotation": {}}, "task"),
        ({"action": "ANNOTATIONS_DELETED", "project": {"id": 1}}, "annotations"),
        (
            {"action": "ANNOTATIONS_DELETED", "annotations": [{"id": "x"}], "project": {"id": 1}},
            "annotations.id",
        ),
        ({"action": "ANNOTATIONS_DELETED", "annotations": [3], "project": {"id": 1}}, "annotations"),
        ({"action": "TASKS_DELETED", "tasks": [], "project": {}}, "project.id"),
    ],
)
def test_a_payload_that_is_none_of_ours_is_refused_by_field(broken, field):
    with pytest.raises(MalformedEvent) as refused:
        parse_event(broken)
    assert refused.value.field == field


@pytest.mark.parametrize("value", [{}, {"choices": []}, {"choices": ["a", "b"]}, {"choices": [1]}, "text"])
def test_anything_but_one_choice_is_malformed(value):
    sent = payload()
    sent["annotation"]["result"][0]["value"] = value
    with pytest.raises(MalformedEvent, match=r"annotation\.result\.value"):
        parse_event(sent)
