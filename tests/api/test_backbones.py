"""The zoo over the API: what there is, how fast it is here, and the choice of another."""

import pytest

from heedful.accounts.models import AuditEntry
from heedful.jobs.models import Job
from heedful.registry.models import Backbone, BackboneComparison, TrainingRun
from heedful.registry.services import start_run
from tests.training import finished

USED, OTHER = "efficientnet-lite0", "efficientnet-lite1"


def zoo(browser, project):
    return browser.get(f"/api/projects/{project.pk}/backbones").json()


def one(browser, project, name):
    return next(row for row in zoo(browser, project)["backbones"] if row["name"] == name)


def post(browser, project, what, body=None):
    address = f"/api/projects/{project.pk}/backbones/{what}"
    return browser.post(address, body or {}, content_type="application/json")


def test_the_zoo_says_what_each_is_and_how_fast_once_it_is_measured(browser, ready):
    used = one(browser, ready, USED)
    assert (used["licence"], used["size"], used["embedding_width"]) == ("Apache-2.0", 160, 1280)
    assert (used["chosen"], used["per_second"], used["to_embed"]) == (True, None, 0)
    Backbone.objects.update(speed={"per_second": 20.0, "latency_ms": 9.0, "slow_ms": 12.0, "threads": 2})
    assert one(browser, ready, USED)["per_second"] == 20
    assert one(browser, ready, OTHER)["to_embed"] == 60
    assert one(browser, ready, OTHER)["embed_seconds"] is None


def test_a_comparison_is_refused_with_the_labels_that_are_missing(browser, ready):
    assert zoo(browser, ready)["missing"] == ["4 more of defective"]
    refused = post(browser, ready, "comparison")
    assert refused.status_code == 409
    assert "label 4 more of defective" in refused.json()["message"]
    assert not Job.objects.filter(kind=Job.Kind.COMPARE_BACKBONES).exists()


@pytest.fixture
def compared(ready):
    bounds = {"low": -0.3, "value": -0.2, "high": -0.1}
    rows = [
        {"name": USED, "difference": None, "per_second": 60.0},
        {"name": OTHER, "difference": bounds, "per_second": 30.0},
    ]
    cost = {"low": 0.1, "value": 0.2, "high": 0.3}
    BackboneComparison.objects.create(
        project=ready,
        body={
            "labels": 40,
            "of": 50,
            "focus": "defective",
            "current": USED,
            "choose": OTHER,
            "left_out": [],
            "rows": [row | {"expected_cost": cost, "average_precision": None} for row in rows],
        },
    )
    return ready


def test_what_was_found_is_shown_with_what_a_change_costs(browser, compared):
    Backbone.objects.create(name=OTHER, key=OTHER, base=OTHER)
    found = zoo(browser, compared)["comparison"]
    assert found["sentence"].startswith(f"Choose {OTHER}: it costs 200.00 USD less per 1,000 samples")
    other = one(browser, compared, OTHER)
    assert (other["to_embed"], other["embed_seconds"], other["with_decoding"]) == (60, 2.0, True)


def test_another_backbone_is_chosen_and_the_champion_goes_on_serving(browser, ready):
    finished(start_run(project_id=ready.pk, kind=TrainingRun.Kind.QUICK, reason=""), cost=1.0)
    after = post(browser, ready, "choice", {"name": OTHER})
    assert after.status_code == 200
    assert after.json()["switch"] == {"name": OTHER, "embedded": 0, "samples": 60}
    assert (after.json()["serving"], after.json()["champion"]) == (USED, 1)
    entry = AuditEntry.objects.filter(action=AuditEntry.Action.SETTINGS).last()
    assert (entry.before, entry.after) == ({"backbone": USED}, {"backbone": OTHER})
    assert Job.objects.filter(kind=Job.Kind.ADVANCE, project_id=ready.pk).exists()


def test_a_backbone_that_is_not_there_is_refused_by_its_field(browser, ready):
    refused = post(browser, ready, "choice", {"name": "resnet-9000"})
    assert refused.status_code == 422
    assert refused.json()["field"] == "backbone"
