"""Looking into a version that was really trained: its mistakes, what it looks at, what it gained, and what fools it."""

import io
from typing import Any

import numpy as np
import pytest
from django.test import Client
from PIL import Image

from heedful.core import artifacts
from heedful.core.signing import media_address
from heedful.jobs.models import Job
from heedful.pool.models import Sample, Source
from heedful.quality.models import Label
from heedful.registry.models import ModelReport, ModelVersion
from tests.registry.versions import make_version
from tests.trained import make_filmed, make_opposite
from workers.runner import run_job

KIND = ModelReport.Kind


@pytest.fixture
def model(project, tmp_path):
    return make_filmed(project, tmp_path / "pictures")


def found(client: Client, model: ModelVersion, kind: str, subject: str = "") -> dict[str, Any]:
    """Asked for over the API, made by its job, and read over the API."""
    address = f"/api/projects/{model.project_id}/models/{model.number}/reports/{kind}?subject={subject}"
    assert client.get(address).json()["body"] is None
    answer = client.post(address)
    assert (answer.status_code, answer.json()["live"]) == (202, True)
    run_job.apply(kwargs={"job_id": Job.objects.latest("pk").pk}, throw=True)
    report = client.get(address).json()
    assert (report["live"], report["error"]) == (False, "")
    return report["body"]


def picture(url: str) -> Image.Image:
    return Image.open(io.BytesIO(artifacts.read(media_address(url.split("/media/")[1])[0])))


def is_there(url: str) -> bool:
    return artifacts.exists(media_address(url.split("/media/")[1])[0])


def test_errors_are_told_with_maps_neighbours_and_slices(browser, model, project):
    # Gold of one camera is labeled wrongly, so that the model is worse there.
    project.costs.update(amount=5)
    good, defective = project.classes()
    changed = [one for one in project.samples.gold().order_by("pk") if one.metadata["camera"] == "A"][:10]
    for sample in changed:
        label = Label.objects.get(sample=sample)
        label.label_class = defective if label.label_class_id == good.pk else good
        label.save()
    body = found(browser, model, KIND.ERRORS)
    gold = body["sets"]["gold"]
    counts = np.array(gold["confusion"])
    assert counts.sum() == gold["size"] == 60
    assert body["classes"] == ["good", "defective"]
    mistakes = [one for one in gold["samples"] if one["label"] != one["predicted"]]
    assert len(mistakes) == counts.sum() - np.trace(counts)
    weights = [one["cost"] * one["probability"] for one in mistakes]
    assert weights == sorted(weights, reverse=True)
    first = mistakes[0]
    assert is_there(first["heat_url"])
    assert is_there(first["label_heat_url"])
    assert len(first["neighbours"]) == 4
    assert {one["label"] for one in first["neighbours"]} <= {0, 1}
    assert sum(one["size"] for one in gold["clusters"]) == len(mistakes)
    assert gold["worst"][0]["conditions"] == [["camera", "A"]]
    assert gold["worst"][0]["size"] == 30
    suspected = {one["sample_id"] for one in body["suspected"]}
    assert len(suspected & {one.pk for one in changed}) >= 5
    assert not any(one["may_ask"] for one in body["suspected"] if one["sample_id"] in {two.pk for two in changed})


@pytest.mark.parametrize("marked", [{"box": "0, 0, 24, 48"}, {"mask": "left.png", "box": "0, 0, 1, 1"}])
def test_attention_is_told_by_class_and_marks_are_read(browser, model, project, tmp_path, marked):
    Source.objects.filter(project=project).update(kind=Source.Kind.CSV, address=str(tmp_path / "table.csv"))
    left = np.zeros((48, 48), bool)
    left[:, :24] = True
    Image.fromarray(left).save(tmp_path / "left.png")
    gold = list(project.samples.gold().order_by("pk"))
    for sample, metadata in zip(gold, (marked, {"box": "somewhere"}), strict=False):
        Sample.objects.filter(pk=sample.pk).update(metadata=metadata, width=48, height=48)
    body = found(browser, model, KIND.ATTENTION)
    assert [one["name"] for one in body["classes"]] == ["good", "defective"]
    assert body["unread_regions"] == 1
    for one in body["classes"]:
        assert 0 <= one["corners"] <= one["border"] <= 1
        assert is_there(one["mean_url"])
        assert all(is_there(example["heat_url"]) for example in one["examples"])
    good, defective = body["classes"]
    assert good["inside"] is None
    assert defective["area"] == pytest.approx(0.5)
    assert 0 < defective["inside"] < 1


def test_a_method_is_told_how_far_to_trust_it(browser, model):
    body = found(browser, model, KIND.TRUST, "activation")
    assert body["pictures"] == 32
    assert len(body["sentences"]) == 2
    assert body["over_random"]["low"] <= body["over_random"]["value"] <= body["over_random"]["high"]


def test_what_fools_it_is_told(browser, model):
    body = found(browser, model, KIND.ROBUSTNESS)
    assert len(body["corruptions"]) == 8
    assert all(len(one["severities"]) == 5 for one in body["corruptions"])
    assert {one["name"] for one in body["attacks"]} == {"FGSM", "PGD"}
    assert 0 <= body["nonsense"]["share"] <= 1
    assert body["foreign"]["auroc"] > 0.6
    # A picture that is made brighter at first is so at each severity, and one made darker.
    brightness = next(one for one in body["corruptions"] if one["name"] == "brightness")
    means = [np.asarray(picture(one["picture_url"])).mean() for one in brightness["severities"]]
    assert means in (sorted(means), sorted(means, reverse=True))
    assert len(body["sentences"]) == 4


def test_two_versions_are_compared_on_the_same_gold(browser, model, project):
    other = make_opposite(model)
    body = found(browser, model, KIND.COMPARISON, str(other.number))
    assert "less than version 2 for 1,000 samples" in body["sentence"]
    assert len(body["fixed"]) > 30 > len(body["broken"])
    assert body["fixed"][0]["saved"] > 0
    for name in ("heat_url", "other_heat_url", "difference_url"):
        assert is_there(body["fixed"][0][name])
    cost = next(one for one in body["metrics"] if one["name"] == "expected cost")
    assert cost["after"]["value"] - cost["before"]["value"] == pytest.approx(cost["difference"]["value"])
    assert cost["difference"]["high"] < 0
    assert sum(body["added"].values()) == 80
    assert len(body["near_fixed"]) == 12
    assert {one["name"] for one in body["slices_gained"]} == {"camera: A", "camera: B"}


@pytest.mark.parametrize(("kind", "subject"), [("comparison", "1"), ("comparison", "x"), ("trust", "")])
def test_what_cannot_be_compared_is_refused(browser, model, kind, subject):
    address = f"/api/projects/{model.project_id}/models/1/reports/{kind}?subject={subject}"
    assert (browser.post(address).status_code, browser.post(address).json()["field"]) == (422, "subject")


def test_without_gold_nothing_is_measured(browser, project):
    model = make_version(project, spent=1, cost=1, labels=4)
    assert Sample.objects.count() == 0
    address = f"/api/projects/{project.pk}/models/{model.number}/reports/errors"
    assert "gold set has no labels" in browser.post(address).json()["message"]
