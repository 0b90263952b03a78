"""One sample with its whole history, corrected and disputed through the API."""

from decimal import Decimal

import pytest

from heedful.accounts import permissions
from heedful.accounts.permissions import OWNERS, Grant, Permission
from heedful.acquisition.models import Explanation, QueueItem
from heedful.acquisition.services import withdraw
from heedful.labeling.inbox import delete_answers
from heedful.labeling.models import LabelingTask
from heedful.quality.history import ENDINGS
from heedful.quality.services import settle_labels
from tests.accounts.people import logged_in, member
from tests.factories import hear, know, make_pool, make_project, queue

ADA, BOB = 7, 8


@pytest.fixture
def item(project, pool):
    return queue(project, pool[:1])[0]


@pytest.fixture
def sample(item):
    return item.sample


@pytest.fixture
def path(project, sample) -> str:
    return f"/api/projects/{project.pk}/samples/{sample.pk}"


@pytest.fixture
def shown(browser, path):
    return lambda: browser.get(path).json()


def post(client, path, body=None):
    return client.post(path, body or {}, content_type="application/json")


def class_id(project, name) -> int:
    return project.label_classes.get(name=name).pk


def total(events, column) -> Decimal:
    return sum((Decimal(one[column]) for one in events if one[column]), Decimal(0))


def test_a_sample_that_was_never_asked_has_its_import_alone(browser, project, pool):
    shown = browser.get(f"/api/projects/{project.pk}/samples/{pool[9].pk}").json()
    assert (shown["label"], shown["asked"], shown["answers"]) == (None, [], [])
    assert [one["kind"] for one in shown["history"]] == ["imported"]
    assert shown["cost"] == {"currency": "USD", "spent": "0.0000", "held": "0.0000", "owed": "0.0000"}


def test_each_time_it_was_asked_is_there_with_its_reason_price_and_heatmap(shown, item):
    LabelingTask.objects.create(item=item, external_id=4)
    Explanation.objects.create(
        item=item,
        method=Explanation.Method.ENERGY,
        producer="test",
        map_address="file:///map",
        overlay_address="file:///overlay",
        heat_address="file:///heat",
    )
    (asked,) = shown()["asked"]
    assert (asked["round_number"], asked["rank"], asked["tier"], asked["state"]) == (1, 1, "expert", "sent")
    assert (asked["reason"], asked["price"], asked["charged"]) == (item.reason, "1.0000", None)
    assert "/media/" in asked["heat_url"]
    assert asked["asked_at"] == shown()["history"][1]["at"]


def test_an_edited_answer_keeps_what_it_said_before(shown, item):
    hear(item, "good", person=ADA, lead_time=30.0)
    hear(item, "defective", person=ADA, minutes=5, lead_time=44.0)
    (answer,) = shown()["answers"]
    assert (answer["label"]["name"], answer["seconds"], answer["counts"]) == ("defective", 44.0, True)
    assert [one["label"]["name"] for one in answer["revisions"]] == ["good", "defective"]
    said = [one["sentence"] for one in shown()["history"] if one["kind"] == "answered"]
    assert said == ["Label Studio user 7 answered good.", "Label Studio user 7 changed the answer to defective."]


def test_a_deleted_answer_stays_to_be_seen_and_counts_no_more(project, shown, item):
    hear(item, "good", person=ADA)
    delete_answers(project_id=project.pk, external_ids=[item.pk], settle=settle_labels)
    after = shown()
    (answer,) = after["answers"]
    assert (answer["counts"], answer["deleted_at"] is not None, answer["charged"]) == (False, True, "0.0000")
    assert after["label"] is None
    assert {"deleted", "money"} <= {one["kind"] for one in after["history"]}


def test_answers_to_one_question_are_counted_and_priced_each(shown, item):
    hear(item, "good", person=ADA, external_id=91)
    hear(item, "defective", person=BOB, tier="weak", external_id=92, minutes=1)
    answers = {one["tier"]: one for one in shown()["answers"]}
    assert [answers[tier]["charged"] for tier in ("expert", "weak")] == ["1.0000", "0.1000"]
    assert all(one["counts"] for one in answers.values())
    assert shown()["label"]["answers"] == 2
    assert shown()["cost"]["spent"] == "1.1000"


def test_the_history_is_in_order_and_adds_up_to_what_the_sample_cost(project, shown, item):
    hear(item, "good", person=ADA, external_id=91)
    hear(item, "good", person=BOB, tier="weak", external_id=92, minutes=1)
    after = shown()
    times = [one["at"] for one in after["history"]]
    assert times == sorted(times)
    assert total(after["history"], "spent") == Decimal(after["cost"]["spent"])
    assert total(after["history"], "held") == Decimal(after["cost"]["held"]) == 0
    entries = project.ledger.filter(item__sample=item.sample)
    assert sum(entry.spent for entry in entries) == Decimal(after["cost"]["spent"])


def test_a_withdrawn_item_says_why_and_gives_its_money_back(project, shown, item):
    withdraw(project_id=project.pk, item_id=item.pk)
    after = shown()
    (asked,) = after["asked"]
    assert (asked["state"], asked["ended_because"]) == ("withdrawn", "A manager withdrew it.")
    assert after["cost"]["held"] == "0.0000"
    assert after["history"][-1]["sentence"] == "The reservation was released."
    assert after["history"][-1]["text"] == asked["ended_because"]


def test_every_way_to_be_withdrawn_has_its_sentence():
    assert set(ENDINGS) == set(QueueItem.Ending)


def test_money_is_for_those_who_may_see_it(project, path, item, monkeypatch):
    hear(item, "good", person=ADA)
    viewer = logged_in(member(project, "viewer"))
    assert viewer.get(path).json()["cost"]["spent"] == "1.0000"
    only_owners = {**permissions.TABLE, Permission.SEE_MONEY: Grant(OWNERS, "see the budget")}
    monkeypatch.setattr(permissions, "TABLE", only_owners)
    shown = viewer.get(path).json()
    (asked,), (answer,) = shown["asked"], shown["answers"]
    amounts = [asked["price"], asked["charged"], *(answer[name] for name in ("price", "charged", "owed", "waived"))]
    assert [shown["cost"], *amounts] == [None] * 7
    assert all(one["kind"] != "money" and not one["held"] for one in shown["history"])


def test_a_manager_corrects_and_takes_it_back(browser, project, path, shown, item):
    hear(item, "good", person=ADA)
    body = {"label_class_id": class_id(project, "defective"), "comment": "A crack."}
    made = post(browser, f"{path}/corrections", body)
    assert (made.status_code, made.json()["by"], made.json()["label"]["name"]) == (
        201,
        "owner@example.com",
        "defective",
    )
    label = shown()["label"]
    assert (label["label"]["name"], label["correction"]["comment"]) == ("defective", "A crack.")
    assert browser.delete(f"{path}/corrections").status_code == 204
    assert (shown()["label"]["label"]["name"], shown()["label"]["correction"]) == ("good", None)
    assert len(shown()["corrections"]) == 2
    assert browser.delete(f"{path}/corrections").status_code == 409


def test_a_class_of_another_project_is_refused_by_name(browser, owner, path):
    other = make_project(owner=owner, name="Other")
    refused = post(browser, f"{path}/corrections", {"label_class_id": class_id(other, "good")})
    assert (refused.status_code, refused.json()["field"]) == (422, "label_class_id")


def test_a_dispute_waits_until_a_manager_closes_it(browser, project, path, sample, shown):
    dispute = post(browser, f"{path}/comments", {"text": "A crack?", "disputes": True}).json()
    post(browser, f"{path}/comments", {"text": "A remark."})
    waiting = browser.get(f"/api/projects/{project.pk}/disputes").json()
    assert (waiting["count"], waiting["items"][0]["sample_id"]) == (1, sample.pk)
    closed = post(browser, f"{path}/comments/{dispute['id']}/resolve").json()
    assert closed["resolved_by"] == "owner@example.com"
    assert browser.get(f"/api/projects/{project.pk}/disputes").json() == {"count": 0, "items": []}
    kinds = [one["kind"] for one in shown()["history"]]
    assert kinds[-3:] == ["dispute", "comment", "resolved"]


def test_a_sample_of_another_project_is_not_to_be_found(browser, owner, project):
    theirs = make_pool(make_project(owner=owner, name="Other"), size=1)[0]
    path = f"/api/projects/{project.pk}/samples/{theirs.pk}"
    answers = [
        browser.get(path),
        post(browser, f"{path}/comments", {"text": "?"}),
        browser.delete(f"{path}/corrections"),
    ]
    assert [one.status_code for one in answers] == [404, 404, 404]


def test_an_annotator_disputes_their_own_work_and_reads_nobodys(project, pool, path, item):
    hear(item, "good", person=ADA)
    annotator = know(project, ADA)
    annotator.user = member(project, "annotator")
    annotator.save()
    client = logged_in(annotator.user)
    assert client.get(path).status_code == 403
    (mine,) = client.get(f"/api/projects/{project.pk}/my-answers").json()["items"]
    assert mine["sample_id"] == item.sample_id
    assert post(client, f"{path}/comments", {"text": "I was wrong.", "disputes": True}).status_code == 201
    elsewhere = f"/api/projects/{project.pk}/samples/{pool[5].pk}/comments"
    assert post(client, elsewhere, {"text": "What is it?"}).status_code == 404
