"""Creating a project and watching it, as the page does."""

import copy
from typing import Any

import pytest

from heedful.jobs import services as jobs
from heedful.jobs.models import Job
from tests.factories import hear, queue

NEW: dict[str, Any] = {
    "name": "X-rays",
    "classes": [{"name": "healthy", "color": "#228be6"}, {"name": "fracture", "color": "#e03131"}],
    "costs": [["0", "10"], ["500", "0"]],
    "currency": "EUR",
    "budget": "1240.50",
    "rate": {"kind": "hourly", "amount": "100", "expected_seconds": 90, "cap_seconds": 300},
}


def post(browser, path, body):
    return browser.post(f"/api{path}", body, content_type="application/json")


def test_a_project_is_created_with_its_classes_costs_and_money(browser):
    made = post(browser, "/projects", NEW)
    assert made.status_code == 201, made.json()
    project = browser.get(f"/api/projects/{made.json()['id']}").json()
    assert [one["name"] for one in project["classes"]] == ["healthy", "fracture"]
    assert project["costs"] == [["0.0000", "10.0000"], ["500.0000", "0.0000"]]
    assert project["rate"]["expected_price"] == "2.5000"
    assert project["budget"]["labels_left"] == 496


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "x"}, "name"),
        ({"budget": "-1"}, "budget"),
        ({"classes": NEW["classes"][:1]}, "classes"),
        ({"classes": [{"name": "a", "color": "#228be6"}, {"name": "A ", "color": "#e03131"}]}, "classes"),
        ({"classes": [{"name": "a", "color": "red"}, {"name": "b", "color": "#e03131"}]}, "classes.0.color"),
        ({"costs": [["0", "10"]]}, "costs"),
        ({"costs": [["1", "10"], ["500", "0"]]}, "costs.0.0"),
        ({"costs": [["0", "10"], ["500", "-1"]]}, "costs.1.1"),
        ({"costs": [["0", "NaN"], ["500", "0"]]}, "costs.0.1"),
        ({"costs": [["0", "-10"], ["500", "0"]]}, "costs.0.1"),
        ({"costs": [["0", "0"], ["0", "0"]]}, "costs"),
        ({"backbone": "resnet-9000"}, "backbone"),
        ({"control_share": 1}, "control_share"),
        ({"rate": {**NEW["rate"], "cap_seconds": 10}}, "rate.cap_seconds"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field_and_leaves_nothing_behind(browser, change, field):
    refused = post(browser, "/projects", copy.deepcopy(NEW) | change)
    assert refused.status_code == 422
    assert refused.json()["field"] == field
    assert browser.get("/api/projects").json() == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"classes": NEW["classes"][:1]}, "One class leaves nothing to tell apart: add a second."),
        (
            {"costs": [["0", "-10"], ["500", "0"]]},
            "A mistake cannot cost less than nothing: healthy called fracture must be 0 or more.",
        ),
        (
            {"costs": [["0", "10"], ["500", "3"]]},
            "Being right costs nothing: fracture called fracture must be 0.",
        ),
        ({"costs": [["0", "10"]]}, "The cost matrix must have 2 rows of 2 amounts."),
    ],
)
def test_what_is_wrong_with_classes_and_costs_is_said_with_what_to_do(browser, change, sentence):
    assert post(browser, "/projects", copy.deepcopy(NEW) | change).json()["message"] == sentence


def test_an_empty_project_says_what_to_do_next(browser, project):
    overview = browser.get(f"/api/projects/{project.pk}/overview").json()
    assert overview["next_step"] == {
        "code": "import",
        "sentence": "The pool is empty. Import pictures to begin.",
        "action": "import",
        "job_id": None,
    }


def test_the_queue_shows_what_was_asked_why_and_for_how_much(browser, project, pool):
    items = queue(project, pool[:2])
    hear(items[0], "defective")
    page = browser.get(f"/api/projects/{project.pk}/queue").json()
    assert page["count"] == 2
    first = page["items"][0]
    assert (first["state"], first["label"]["name"], first["charged"]) == ("answered", "defective", "1.0000")
    waiting = browser.get(f"/api/projects/{project.pk}/queue?state=waiting").json()
    assert [one["id"] for one in waiting["items"]] == [items[1].pk]
    withdrawn = browser.post(f"/api/projects/{project.pk}/queue/{items[1].pk}/withdraw").json()
    assert withdrawn["state"] == "withdrawn"
    assert browser.post(f"/api/projects/{project.pk}/queue/{items[1].pk}/withdraw").status_code == 409


def test_the_ledger_carries_its_sums_in_the_page_and_in_the_file(browser, project, pool):
    items = queue(project, pool[:3])
    hear(items[0], "good")
    page = browser.get(f"/api/projects/{project.pk}/ledger").json()
    assert page["count"] == 5
    assert (page["items"][0]["reserved_after"], page["items"][0]["spent_after"]) == ("2.0000", "1.0000")
    lines = b"".join(browser.get(f"/api/projects/{project.pk}/ledger.csv")).decode().splitlines()
    assert len(lines) == 6
    assert lines[0].startswith("id,at,kind,held,spent,reserved_after,spent_after")
    assert ",charge,-1.0000,1.0000,2.0000,1.0000," in lines[-1]


def test_training_before_there_is_anything_to_train_on_says_so(browser, project):
    refused = post(browser, f"/projects/{project.pk}/runs", {"kind": "quick"})
    assert refused.status_code == 409
    assert "gold set" in refused.json()["message"]


def test_a_round_that_the_budget_cannot_pay_is_refused(browser, project, pool):
    project.budget.limit = 0
    project.budget.save()
    refused = post(browser, f"/projects/{project.pk}/rounds", {})
    assert (refused.status_code, refused.json()["code"]) == (402, "budget_exhausted")


def test_a_page_of_a_list_is_bounded(browser, project):
    assert browser.get(f"/api/projects/{project.pk}/ledger?limit=100000").status_code == 422


def test_work_that_stopped_says_why_and_can_be_retried_from_the_page(browser, project):
    job = jobs.claim(jobs.enqueue(Job.Kind.EMBED_SHARD, key="1", project_id=project.pk, subject="shard 1").pk)
    jobs.fail(job, error="Picture 7 is gone.")
    step = browser.get(f"/api/projects/{project.pk}/overview").json()["next_step"]
    assert (step["action"], step["job_id"]) == ("retry", job.pk)
    assert "Picture 7 is gone." in step["sentence"]
    assert browser.post(f"/api/projects/{project.pk}/jobs/{job.pk}/retry").json()["state"] == "queued"
    assert browser.post(f"/api/projects/{project.pk}/jobs/{job.pk}/cancel").json()["state"] == "cancelled"


def test_the_budget_can_be_raised_but_not_below_what_is_gone(browser, project, pool):
    queue(project, pool[:3])
    path = f"/api/projects/{project.pk}"
    raised = browser.patch(path, {"budget": "250"}, content_type="application/json")
    assert raised.json()["budget"]["limit"] == "250.0000"
    refused = browser.patch(path, {"budget": "2"}, content_type="application/json")
    assert (refused.status_code, refused.json()["field"]) == (422, "budget")
