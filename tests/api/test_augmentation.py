"""The policy of augmentation, as the page sets it; its preview; and the two lists of transforms."""

import numpy as np
import pytest
from PIL import Image

from heedful.accounts.models import AuditEntry
from heedful.core import artifacts
from heedful.jobs.models import Job
from heedful.pool.models import Sample
from heedful.projects.augmentation import TRANSFORMS, change_augmentation
from heedful.projects.models import Project
from heedful.registry.models import AugmentationPreview, OwnBackbone, TrainingRun
from heedful.registry.terms import terms_now
from ml.training import augmentation
from tests.factories import make_pool, write_picture
from workers.runner import run_job
from workers.tasks.augment import VERSIONS

SEARCH = {"mode": "searched", "allowed": ["mirror"]}


def send(browser, project, body, path="", method="put"):
    url = f"/api/projects/{project.pk}/augmentation{path}"
    answer = getattr(browser, method)(url, body, content_type="application/json")
    return answer.status_code, answer.json()


def test_both_lists_of_transforms_agree():
    ours = {name: one.may_break for name, one in TRANSFORMS.items()}
    theirs = {name: one.may_break for name, one in augmentation.TRANSFORMS.items()}
    assert list(ours.items()) == list(theirs.items())


def test_it_is_off_until_a_manager_says_otherwise_and_that_is_audited(browser, project):
    found = browser.get(f"/api/projects/{project.pk}/augmentation").json()
    assert found["options"] == {"mode": "off", "allowed": [], "transforms": [], "strength": 0.5}
    assert {one["name"] for one in found["transforms"] if one["may_break"]} == {
        *("mirror", "upside_down", "quarter_turns", "hue")
    }
    wanted = {"mode": "fixed", "allowed": ["mirror"], "transforms": ["mirror", "light"], "strength": 0.8}
    status, changed = send(browser, project, wanted)
    assert (status, changed["options"]) == (200, {**wanted, "transforms": ["light", "mirror"]})
    (entry,) = AuditEntry.objects.filter(project=project, subject="augmentation")
    assert (entry.before["mode"], entry.after["mode"]) == ("off", "fixed")


@pytest.mark.parametrize(
    ("options", "field", "says"),
    [
        ({"mode": "fixed", "transforms": ["melt"]}, "transforms", "There is no transform melt; choose shift_and_scale"),
        ({"mode": "searched", "allowed": ["melt"]}, "allowed", "There is no transform melt"),
        ({"mode": "searched", "allowed": ["light"]}, "allowed", "is safe and need not be allowed"),
        ({"mode": "fixed", "transforms": ["mirror"]}, "transforms", "Mirror left and right may break labels: allow it"),
        ({"mode": "fixed"}, "transforms", "Choose one transform at least"),
        ({"mode": "fixed", "transforms": ["light"], "strength": 0}, "strength", "greater than 0"),
        ({"mode": "fixed", "transforms": ["light"], "strength": 1.5}, "strength", "less than or equal to 1"),
        ({"mode": "random"}, "mode", "'off', 'searched' or 'fixed'"),
    ],
)
@pytest.mark.parametrize(("path", "method"), [("", "put"), ("/preview", "post")])
def test_what_cannot_be_names_its_field_and_the_fix(browser, project, options, field, says, path, method):
    status, refused = send(browser, project, options, path, method)
    assert (status, refused["field"]) == (422, field)
    assert says in refused["message"]
    assert not project.augmentation


def test_only_deep_runs_have_it_among_their_terms_and_only_while_it_is_on(project):
    change_augmentation(project=project, options={**SEARCH, "transforms": [], "strength": 0.5}, by=None)
    assert terms_now(project) == {}
    assert terms_now(project, TrainingRun.Kind.DEEP)["augmentation"]["allowed"] == ["mirror"]
    off = {"mode": "off", "allowed": ["mirror"], "transforms": [], "strength": 0.5}
    change_augmentation(project=project, options=off, by=None)
    assert terms_now(project, TrainingRun.Kind.DEEP) == {}


@pytest.fixture
def pictured(project, tmp_path, settings):
    settings.ARTIFACT_ROOT = f"file://{tmp_path / 'artifacts'}"
    samples = make_pool(project, size=6)
    for number, sample in enumerate(samples):
        sample.address = write_picture(tmp_path / sample.name, color=(20 * number, 90, 200)).as_uri()
    Sample.objects.bulk_update(samples, ["address"])
    return project


def draw(browser, project, options):
    status, asked = send(browser, project, options, "/preview", "post")
    assert (status, asked["drawing"]) == (202, {"live": True, "error": ""})
    job = Job.objects.filter(kind=Job.Kind.PREVIEW_AUGMENTATION).latest("pk")
    run_job.apply(kwargs={"job_id": job.pk})
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.DONE, "")
    return browser.get(f"/api/projects/{project.pk}/augmentation").json()


def seen(address):
    with artifacts.open_binary(address) as stream:
        return np.asarray(Image.open(stream))


def test_a_preview_shows_real_samples_as_training_sees_them_and_replaces_the_one_before(browser, pictured):
    found = draw(browser, pictured, SEARCH)
    assert found["drawing"] is None
    assert found["preview"]["options"]["allowed"] == ["mirror"]
    assert found["options"]["mode"] == "off"  # Looking changes nothing.
    assert len(found["preview"]["rows"]) == 4
    policies = [one["policy"] for one in found["preview"]["rows"][0]["versions"]]
    assert policies == [name for name in augmentation.candidates(["mirror"]) for _ in range(VERSIONS // 3)]

    row = AugmentationPreview.objects.get(project=pictured).body["rows"][1]
    light = augmentation.candidates(["mirror"])["light"]
    assert np.array_equal(
        seen(row["versions"][1]["address"]), light.view(seen(row["original"]), [pictured.seed, 4, 0, 2, 1])
    )

    again = draw(browser, pictured, {"mode": "fixed", "transforms": ["noise"], "strength": 1})
    assert {one["policy"] for one in again["preview"]["rows"][0]["versions"]} == {"fixed"}
    assert not artifacts.exists(row["versions"][1]["address"])
    assert artifacts.exists(row["original"])


def test_an_empty_pool_has_nothing_to_show_and_says_what_to_do(browser, project):
    assert send(browser, project, SEARCH, "/preview", "post") == (
        409,
        {"code": "conflict", "message": "The pool is empty: import pictures first.", "field": None},
    )
    status, refused = send(browser, project, {}, "/preview", "post")
    assert (status, refused["field"]) == (422, "mode")


def test_a_backbone_that_came_as_a_file_has_no_deep_runs_to_preview(browser, pictured):
    OwnBackbone.objects.create(project=pictured, kind="file", name="ours", licence="ours", origin="us", state="ready")
    Project.objects.filter(pk=pictured.pk).update(backbone="ours")
    status, refused = send(browser, pictured, SEARCH, "/preview", "post")
    assert (status, refused["code"]) == (409, "conflict")
    assert "ours came as a file" in refused["message"]


def test_a_picture_that_cannot_be_read_is_named_and_asked_for_again(browser, pictured, tmp_path):
    for sample in pictured.samples.all():
        (tmp_path / sample.name).write_bytes(b"no picture")
    send(browser, pictured, SEARCH, "/preview", "post")
    job = Job.objects.get(kind=Job.Kind.PREVIEW_AUGMENTATION)
    run_job.apply(kwargs={"job_id": job.pk})
    told = browser.get(f"/api/projects/{pictured.pk}/augmentation").json()["drawing"]
    assert told["live"] is False
    assert ".png" in told["error"]
    assert send(browser, pictured, SEARCH, "/preview", "post")[1]["drawing"]["live"] is True
