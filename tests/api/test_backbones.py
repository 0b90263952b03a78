"""The zoo over the API: what there is, how fast it is here, and the choice of another."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from heedful.accounts.models import AuditEntry, Membership, User
from heedful.jobs import services as jobs
from heedful.jobs.models import Job
from heedful.registry.models import Backbone, BackboneComparison, TrainingRun
from heedful.registry.services import start_run
from heedful.registry.zoo import Found, accept_backbone
from heedful.triggers.endings import fail_job
from tests.factories import make_project
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


DECLARED = {
    "name": "our-net",
    "licence": "our own",
    "origin": "trained on our panels",
    "size": 64,
    "mean": "0, 0, 0",
    "std": "1, 1, 1",
    "embedding_width": 24,
}


@pytest.fixture(autouse=True)
def kept_apart(settings, tmp_path):
    settings.ARTIFACT_ROOT = f"file://{tmp_path / 'artifacts'}"


def bring(browser, project, content=b"a model", **declared):
    file = SimpleUploadedFile("net.onnx", content)
    return browser.post(f"/api/projects/{project.pk}/backbones/files", {**DECLARED, **declared, "file": file})


def test_a_file_is_checked_before_it_can_be_chosen(browser, ready):
    brought = bring(browser, ready)
    assert brought.status_code == 202, brought.json()
    (own,) = brought.json()["own"]
    assert (own["name"], own["kind"], own["state"]) == ("our-net", "file", "checking")
    assert Job.objects.get(kind=Job.Kind.CHECK_BACKBONE).arguments == {"own_id": own["id"]}
    assert post(browser, ready, "choice", {"name": "our-net"}).status_code == 422
    accept_backbone(own_id=own["id"], found=Found("our own", "our panels", 64, 24, 0.1))
    assert one(browser, ready, "our-net")["embedding_width"] == 24
    assert post(browser, ready, "choice", {"name": "our-net"}).status_code == 200
    removed = browser.delete(f"/api/projects/{ready.pk}/backbones/own/{own['id']}")
    assert removed.status_code == 409
    assert "choose another first" in removed.json()["message"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Our net"}, "name"),
        ({"name": USED}, "name"),
        ({"licence": " "}, "licence"),
        ({"origin": " "}, "origin"),
        ({"size": 8}, "size"),
        ({"embedding_width": 1}, "embedding_width"),
        ({"mean": "0.5"}, "mean"),
        ({"mean": "a, b, c"}, "mean"),
        ({"std": "1, 0, 1"}, "std"),
        ({"std": "1, nan, 1"}, "std"),
        ({"content": b""}, "file"),
        ({"content": b"x" * 2000}, "file"),
    ],
)
def test_what_cannot_be_true_of_a_file_is_refused_by_its_field(browser, ready, settings, change, field):
    settings.MAX_BACKBONE_BYTES = 1000
    refused = bring(browser, ready, **change)
    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert zoo(browser, ready)["own"] == []


def test_a_name_is_one_backbone_s_in_all_projects_until_it_is_refused(browser, ready, owner):
    bring(browser, ready)
    assert bring(browser, make_project(owner=owner, name="Others")).json()["field"] == "name"
    assert bring(browser, ready).json()["field"] == "name"
    job = jobs.claim(Job.objects.get(kind=Job.Kind.CHECK_BACKBONE).pk)
    fail_job(job, error="embedding_width: you declared 24, the file gives 6: declare that.")
    (own,) = zoo(browser, ready)["own"]
    assert (own["state"], own["error"][:15]) == ("refused", "embedding_width")
    assert bring(browser, ready, embedding_width=6).status_code == 202
    assert [one["state"] for one in zoo(browser, ready)["own"]] == ["checking"]


def test_of_packages_and_the_hub_what_is_not_there_is_said(browser, ready):
    refused = post(browser, ready, "named", {"kind": "package", "name": "no-net"})
    assert refused.status_code == 422
    assert "entry point group heedful.backbones" in refused.json()["message"]
    refused = post(browser, ready, "named", {"kind": "hub", "name": "dino", "source": "/etc", "licence": "MIT"})
    assert refused.json()["field"] == "source"


def test_those_who_only_see_bring_nothing(ready, owner):
    viewer = User.objects.create_user("viewer@example.com", "correct horse")
    Membership.objects.create(user=viewer, project=ready, role=Membership.Role.VIEWER)
    client = Client()
    client.force_login(viewer)
    assert bring(client, ready).status_code == 403
    assert client.get(f"/api/projects/{ready.pk}/backbones").status_code == 200
