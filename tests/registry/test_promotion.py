"""A version is made champion against its verdict: by a person, with a reason, once what stands against it was shown."""

import pytest

from heedful.accounts.models import AuditEntry
from heedful.registry.models import ModelVersion, TrainingRun
from tests.registry.versions import make_version

STATE = ModelVersion.State


@pytest.fixture
def versions(project):
    first = make_version(project, spent=1, cost=1, labels=10)
    second = make_version(project, spent=2, cost=2, labels=20, promoted=False)
    return first, second


def promote(client, model, reason="The new camera is what counts."):
    address = f"/api/projects/{model.project_id}/models/{model.number}/promotion"
    return client.post(address, {"reason": reason}, content_type="application/json")


def test_the_champion_retires_and_the_reason_is_kept(browser, project, versions):
    first, second = versions
    assert promote(browser, second).status_code == 204
    assert dict(project.models.values_list("number", "state")) == {1: STATE.RETIRED, 2: STATE.CHAMPION}
    entry = AuditEntry.objects.get(action=AuditEntry.Action.PROMOTION)
    assert (entry.by.email, entry.before, entry.after["champion"]) == ("owner@example.com", {"champion": 1}, 2)
    assert entry.after["reasons"] == ["The new camera is what counts."]
    assert "made version 2 the champion" in project.notifications.get().sentence
    # And back, the same way.
    assert promote(browser, first).status_code == 204
    assert project.models.get(state=STATE.CHAMPION).number == 1


def test_without_a_reason_nothing_happens(browser, project, versions):
    answer = promote(browser, versions[1], reason="  ")
    assert (answer.status_code, answer.json()["field"]) == (422, "reason")
    assert project.models.get(state=STATE.CHAMPION).number == 1


def test_the_champion_is_one_already_and_a_run_is_not_overtaken(browser, project, versions):
    assert promote(browser, versions[0]).status_code == 409
    TrainingRun.objects.filter(pk=versions[1].run_id).update(state=TrainingRun.State.RUNNING)
    assert "wait for its verdict" in promote(browser, versions[1]).json()["message"]
