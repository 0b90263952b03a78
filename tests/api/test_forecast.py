"""The forecast through the API, and what a manager states for it."""

from heedful.jobs.models import Job
from tests.registry.test_forecasts import FALLING, forecast
from tests.registry.versions import learn


def change(browser, project, **changes):
    return browser.patch(f"/api/projects/{project.pk}", changes, content_type="application/json")


def read(browser, project, query=""):
    return browser.get(f"/api/projects/{project.pk}/forecast{query}")


def test_an_empty_project_gets_the_reason_why_there_is_none(browser, project):
    body = read(browser, project).json()
    assert "three model versions" in body["reason"]
    assert (body["next_round"], body["currency"], body["active"]["points"]) == (None, "USD", [])


def test_money_comes_as_decimals_and_bands_in_order(browser, project):
    learn(project, FALLING)
    assert change(browser, project, yearly_volume=50_000, target_cost="0.6").status_code == 200
    forecast(project)
    body = read(browser, project, "?amount=15").json()
    assert body["reason"] is None
    assert body["purchase"]["amount"] in ("15", "15.0000")
    assert body["to_target"]["target"] == "0.6000"
    assert body["next_round"]["recommendation"] in ("continue", "stop")
    assert all(row["p10"] <= row["p50"] <= row["p90"] for row in body["active"]["fan"])
    spendings = [float(row["spent"]) for row in body["active"]["fan"]]
    assert spendings == sorted(spendings)
    assert spendings[-1] >= 100


def test_an_amount_that_is_none_is_refused(browser, project):
    refused = read(browser, project, "?amount=-1")
    assert (refused.status_code, refused.json()["field"]) == (422, "amount")


def test_volume_and_target_can_be_stated_and_taken_back(browser, project):
    stated = change(browser, project, yearly_volume=120_000, target_cost="0.25").json()
    assert (stated["yearly_volume"], stated["target_cost"]) == (120_000, "0.2500")
    assert change(browser, project, name="Cells again").json()["target_cost"] == "0.2500"
    taken = change(browser, project, yearly_volume=None, target_cost=None).json()
    assert (taken["yearly_volume"], taken["target_cost"]) == (None, None)


def test_a_new_target_asks_for_a_new_forecast(browser, project):
    change(browser, project, round_size=12)
    assert not Job.objects.filter(kind=Job.Kind.FORECAST).exists()
    change(browser, project, target_cost="0.25")
    assert Job.objects.filter(kind=Job.Kind.FORECAST).count() == 1
