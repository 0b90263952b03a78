"""The adapter against a real Label Studio."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from heedful.labeling.label_studio.annotator import sign_up
from heedful.labeling.label_studio.client import LabelStudio
from heedful.labeling.label_studio.config import ClassChoice, labeling_config
from heedful.labeling.label_studio.errors import LabelStudioRefused, LabelStudioUnavailable
from heedful.labeling.label_studio.project import LabelStudioProject
from heedful.labeling.label_studio.tasks import Kept
from tests.labeling.label_studio.builders import CLASSES, person, task
from tests.services import RunningLabelStudio, free_port

pytestmark = pytest.mark.services


@pytest.fixture
def web(label_studio: RunningLabelStudio) -> Iterator[httpx.Client]:
    """Label Studio's own API, for what the product itself must never call."""
    headers = {"Authorization": f"Token {label_studio.token}"}
    with httpx.Client(base_url=label_studio.url, headers=headers, timeout=30) as client:
        yield client


def rows(web: httpx.Client, project: LabelStudioProject) -> list[Any]:
    found: list[Any] = web.get("/api/tasks/", params={"project": project.id, "fields": "all"}).json()["tasks"]
    return found


def test_health_names_the_version(studio):
    assert studio.health() == "1.23.2"


def test_a_project_is_made_once_a_key(studio):
    config = labeling_config(CLASSES)
    first = studio.ensure_project("once", title="A", label_config=config)
    again = studio.ensure_project("once", title="Renamed", label_config=config)
    other = studio.ensure_project("once-more", title="A", label_config=config)
    assert first == again == studio.find_project("once") != other
    assert studio.find_project("never") is None


def test_the_table_of_tasks_leaves_the_html_of_the_page_out(project, web):
    [view] = web.get("/api/dm/views/", params={"project": project.id}).json()
    assert "tasks:data.viewer_html" in view["data"]["hiddenColumns"]["explore"]
    assert "tasks:id" not in view["data"]["hiddenColumns"]["explore"]


def test_a_title_of_any_length_is_accepted(studio):
    config = labeling_config(CLASSES)
    for title in ("", "é" * 300):
        assert studio.ensure_project(f"title-{len(title)}", title=title, label_config=config)


def test_the_classes_of_a_project_can_be_renamed_and_added_to(studio, project, expert):
    ids = project.import_tasks([task(1, choice="defect")])
    expert.submit(ids[1], "defect", lead_time=1)
    grown = [ClassChoice("defect", "Renamed", "red"), *CLASSES[:1], ClassChoice("dirty", "Dirty", "brown")]
    studio.update_project(project.id, title="Grown", label_config=labeling_config(grown))
    assert project.import_tasks([task(2, choice="dirty")]).keys() == {2}
    assert [one.choice for one in project.answers_since(long_ago())] == ["defect"]


def test_importing_twice_makes_each_task_once(project, web):
    first = project.import_tasks([task(n) for n in range(5)])
    assert project.import_tasks([task(n) for n in range(5)]) == first
    assert sorted(first) == [0, 1, 2, 3, 4]
    assert len(rows(web, project)) == 5


def test_an_import_cut_short_is_completed_by_the_next(project, web):
    begun = project.import_tasks([task(n) for n in range(3)])
    whole = project.import_tasks([task(n) for n in range(5)])
    assert begun.items() <= whole.items()
    assert {row["meta"]["queue_item"]: row["id"] for row in rows(web, project)} == whole


def test_a_double_that_slipped_in_is_removed_and_the_answered_one_stays(project, web, expert):
    first = project.import_tasks([task(1)])[1]
    double = {"data": dict(task(1).data), "meta": {"queue_item": 1}}
    response = web.post(f"/api/projects/{project.id}/import", json=[double], params={"return_task_ids": "true"})
    [second] = response.json()["task_ids"]
    expert.submit(second, "sound", lead_time=1)
    assert project.import_tasks([task(1)]) == {1: second}
    assert [row["id"] for row in rows(web, project)] == [second] != [first]


def test_more_tasks_than_fit_in_one_look_up_are_all_found_again(project):
    tasks = [task(n) for n in range(230)]
    ids = project.import_tasks(tasks)
    assert len(set(ids.values())) == 230
    assert project.import_tasks(tasks) == ids


def test_more_answers_than_fit_on_one_page_are_all_read(project, web):
    answered = [{"data": dict(task(n).data), "meta": {"queue_item": n}} for n in range(205)]
    body = [{**one, "annotations": [{"result": [], "completed_by": 1}]} for one in answered]
    web.post(f"/api/projects/{project.id}/import", json=body)
    assert sorted(one.queue_item for one in project.answers_since(long_ago())) == list(range(205))


def test_a_suggested_class_that_the_project_lacks_is_refused_and_nothing_is_sent(project, web):
    with pytest.raises(LabelStudioRefused, match="zebra"):
        project.import_tasks([task(1), task(2, choice="zebra")])
    assert rows(web, project) == []


def served(web: httpx.Client, project: LabelStudioProject, times: int) -> list[int]:
    """The queue items that Label Studio hands to one person who answers each."""
    order = []
    for _ in range(times):
        given = web.get(f"/api/projects/{project.id}/next").json()
        order.append(given["meta"]["queue_item"])
        web.post(f"/api/tasks/{given['id']}/annotations/", json={"result": []})
    return order


def test_the_highest_priority_is_served_first_across_imports(project, web):
    project.import_tasks([task(1, priority=0.2), task(2, priority=0.9, choice="defect")])
    project.import_tasks([task(3, priority=0.5), task(4, priority=1), task(5, priority=0)])
    assert served(web, project, 5) == [4, 2, 3, 1, 5]


def test_answers_skips_and_edits_are_read_back(project, expert):
    ids = project.import_tasks([task(1, choice="sound"), task(2), task(3)])
    answered = expert.submit(ids[1], "defect", lead_time=3.5)
    skipped = expert.skip(ids[2], lead_time=1, preselected="sound")
    one, two = project.answers_since(long_ago())
    assert (one.external_id, one.queue_item, one.choice, one.skipped) == (answered, 1, "defect", False)
    assert one.lead_time == 3.5
    assert (two.external_id, two.queue_item, two.choice, two.skipped) == (skipped, 2, None, True)

    expert.edit(answered, "sound", lead_time=9)
    edited, _ = project.answers_since(long_ago())
    assert (edited.external_id, edited.choice, edited.lead_time) == (answered, "sound", 9)
    assert edited.updated_at > one.updated_at
    assert edited.created_at == one.created_at


def test_only_what_changed_since_is_read(project, expert, web):
    ids = project.import_tasks([task(1), task(2)])
    expert.submit(ids[1], "sound", lead_time=1)
    seen = datetime.fromisoformat(rows(web, project)[0]["updated_at"])
    expert.submit(ids[2], "defect", lead_time=1)
    later = project.answers_since(seen, overlap=timedelta())
    assert [one.queue_item for one in later] == [2]


def test_a_deleted_answer_is_missing_from_all_ids(project, expert):
    ids = project.import_tasks([task(1), task(2), task(3)])
    kept, gone = (expert.submit(ids[n], "sound", lead_time=1) for n in (1, 2))
    skip = expert.skip(ids[3], lead_time=1)
    assert project.all_answer_ids() == {kept: 1, gone: 2, skip: 3}
    expert.delete(gone)
    assert project.all_answer_ids() == {kept: 1, skip: 3}


def test_all_ids_of_a_task_with_very_many_answers_are_found(project, web):
    """Label Studio cuts the text with the ids at 500 characters."""
    many = [{"result": [], "completed_by": 1}] * 260
    body = {"data": dict(task(1).data), "meta": {"queue_item": 1}, "annotations": many}
    web.post(f"/api/projects/{project.id}/import", json=[body])
    assert list(project.all_answer_ids().values()) == [1] * 260


def test_a_task_may_want_the_answers_of_several_people(label_studio, studio, project, expert, web):
    ids = project.import_tasks([task(1, answers=2), task(2)])
    expert.submit(ids[1], "sound", lead_time=1)
    assert [row["is_labeled"] for row in rows(web, project)] == [False, False]
    other = person(label_studio, studio, "second@heedful.test")
    other.submit(ids[1], "defect", lead_time=1)
    assert [row["is_labeled"] for row in rows(web, project)] == [True, False]
    emails = {user.id: user.email for user in studio.users()}
    by = [emails[one.completed_by] for one in project.answers_since(long_ago())]
    assert sorted(by) == ["expert@heedful.test", "second@heedful.test"]


def test_a_skipped_task_is_not_served_to_others(project, expert, web):
    ids = project.import_tasks([task(1)])
    expert.skip(ids[1], lead_time=1)
    assert web.get(f"/api/projects/{project.id}/next").status_code == 404


def test_retiring_keeps_what_somebody_has_begun(project, expert, web):
    ids = project.import_tasks([task(n) for n in range(1, 6)])
    expert.submit(ids[1], "sound", lead_time=1)
    expert.skip(ids[2], lead_time=1)
    draft = {"result": [], "lead_time": 1, "project": project.id}
    assert web.post(f"/api/tasks/{ids[3]}/drafts", json=draft).status_code == 201

    retired = project.retire_tasks([1, 2, 3, 4])

    assert retired.gone == [4]
    assert retired.kept == {1: Kept.ANSWERED, 2: Kept.SKIPPED, 3: Kept.DRAFT}
    assert sorted(row["meta"]["queue_item"] for row in rows(web, project)) == [1, 2, 3, 5]


def test_retiring_again_spares_the_task_that_got_the_freed_id(project):
    first = project.import_tasks([task(1)])
    project.retire_tasks([1])
    second = project.import_tasks([task(2)])
    assert second[2] == first[1], "Label Studio no longer gives a deleted task's id to the next"
    assert project.retire_tasks([1]).gone == [1]
    assert project.import_tasks([task(2)]) == second


def test_retiring_nothing_removes_nothing(project, web):
    project.import_tasks([task(1)])
    assert project.retire_tasks([]).gone == []
    assert project.retire_tasks([99]).gone == [99]
    assert len(rows(web, project)) == 1


def test_signing_up_twice_gives_the_same_account(label_studio, studio):
    person(label_studio, studio, "twice@heedful.test")
    person(label_studio, studio, "twice@heedful.test")
    assert [user.email for user in studio.users()].count("twice@heedful.test") == 1


def test_signing_up_with_anothers_address_is_refused(label_studio, studio):
    with pytest.raises(LabelStudioRefused):
        sign_up(label_studio.url, studio.invite_path(), email=label_studio.email, password="guessed")


def test_a_copy_made_by_hand_is_left_alone(project, web):
    copy = {"data": dict(task(1).data)}
    web.post(f"/api/projects/{project.id}/import", json=[copy])
    project.import_tasks([task(1)])
    project.retire_tasks([1])
    [left] = rows(web, project)
    assert not left["meta"]


def test_a_server_that_is_not_there_is_unavailable():
    nowhere = LabelStudio(f"http://127.0.0.1:{free_port()}", "0" * 40, timeout=2)
    with pytest.raises(LabelStudioUnavailable):
        nowhere.health()
    with pytest.raises(LabelStudioUnavailable):
        nowhere.ensure_project("x", title="x", label_config=labeling_config(CLASSES))
    with pytest.raises(LabelStudioUnavailable):
        nowhere.project(1).import_tasks([task(1)])


def test_what_label_studio_refuses_is_told_in_its_words(label_studio, studio):
    with pytest.raises(LabelStudioRefused, match="token") as refused:
        LabelStudio(label_studio.url, "0" * 40).users()
    assert refused.value.answered == 401
    with pytest.raises(LabelStudioRefused, match="unclosed token") as refused:
        studio.ensure_project("broken", title="broken", label_config="<View><Bad")
    assert refused.value.answered == 400


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(days=1)
