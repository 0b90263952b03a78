"""Predictions and bundles over the API, computed by a real predictor."""

import io
import json
import subprocess
import sys
from zipfile import ZipFile

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from heedful.accounts.models import ApiToken
from heedful.jobs.models import Job
from heedful.projects.models import Project
from heedful.registry.models import ModelVersion
from heedful.registry.variants import request_variants
from ml.inference.embedding import read
from ml.inference.session import open_session
from tests.services import free_port
from tests.trained import make_trained
from workers.files import source
from workers.foreign import foreign_of
from workers.runner import run_job

CLASSES = ("good", "defective")
SPEED = {"latency_ms": 1.0, "slow_ms": 2.0, "per_second": 900.0, "threads": 2}


@pytest.fixture
def model(project, tmp_path, settings):
    # What is fitted of a model in one test is not there in the next.
    settings.ARTIFACT_ROOT = f"file://{tmp_path / 'artifacts'}"
    return make_trained(project, tmp_path / "pictures", size=120)


@pytest.fixture
def program(owner):
    """A program with a token of its owner's."""
    return Client(headers={"Authorization": f"Bearer {ApiToken.issue(user=owner, name='line 3')[1]}"})


def send(client, model, *pictures, query=""):
    address = f"/api/projects/{model.project_id}/predict{query}"
    return client.post(address, {"pictures": [SimpleUploadedFile(name, content) for name, content in pictures]})


def pictures_of(project, count=4):
    return [(one.name, source(one.address).read_bytes()) for one in project.samples.order_by("pk")[:count]]


def said_by_the_graph(project, address, count=4):
    """What the registry's own session says of the first pictures."""
    session = open_session(source(address), threads=1)
    images = [read(source(one.address), session.preprocessing) for one in project.samples.order_by("pk")[:count]]
    return session.run(np.stack(images), ["probabilities"])["probabilities"]


def passed(model, kind, **fields):
    """A variant that may be served, with the full model's own graph unless another is given."""
    interval = {"value": 0.5, "low": 0.4, "high": 0.6}
    report = {"sentences": ["Passed."], "recipe": "By hand.", "speed": SPEED, "expected_cost": interval}
    fields = {"graph_address": model.graph_address, "passed": True, "size_bytes": 1000, **fields}
    report |= fields.pop("report", {})
    return model.variants.create(kind=kind, report=report, **fields)


def test_a_program_gets_probabilities_and_the_cheapest_decision(predictor, program, model, project):
    answer = send(program, model, *pictures_of(project))
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["model_number"], body["variant"]) == (1, "full")
    assert [one["name"] for one in body["pictures"]] == ["0.png", "1.png", "2.png", "3.png"]
    assert [one["decision"] for one in body["pictures"]] == ["defective", "good", "good", "good"]
    found = np.array([[one["probabilities"][name] for name in CLASSES] for one in body["pictures"]])
    assert np.allclose(found, said_by_the_graph(project, model.graph_address), atol=1e-6)
    first = body["pictures"][0]
    assert float(first["expected_cost"]) == pytest.approx(5 * first["probabilities"]["good"], abs=1e-4)
    assert first["answered_by"] == "full"


def test_a_missed_defect_costs_more_so_doubt_is_called_defective(predictor, program, model, project):
    body = send(program, model, *pictures_of(project, 32)).json()
    for one in body["pictures"]:
        good, defective = (one["probabilities"][name] for name in CLASSES)
        assert one["decision"] == ("defective" if 5 * good < 100 * defective else "good")


def test_a_picture_unlike_all_that_was_learned_from_is_marked(predictor, program, model, project):
    sent = [*pictures_of(project, 8), ("stripes.png", stripes())]
    unguarded = send(program, model, *sent).json()
    assert {one["out_of_distribution"] for one in unguarded["pictures"]} == {None}
    foreign_of(model)
    body = send(program, model, *sent).json()
    assert [one["out_of_distribution"] for one in body["pictures"]] == [False] * 8 + [True]
    assert body["pictures"][-1]["foreign_score"] > body["pictures"][-1]["foreign_threshold"]
    assert body["pictures"][-1]["decision"] in CLASSES
    # Another share holds from the next picture on.
    threshold = body["pictures"][0]["foreign_threshold"]
    Project.objects.filter(pk=project.pk).update(foreign_share=0.2)
    assert 0 < send(program, model, *sent).json()["pictures"][0]["foreign_threshold"] < threshold
    Project.objects.filter(pk=project.pk).update(foreign_share=0)
    assert {one["foreign_threshold"] for one in send(program, model, *sent).json()["pictures"]} == {None}


def test_a_smaller_form_tells_apart_what_is_foreign_to_it(predictor, program, model, project):
    sent = [*pictures_of(project, 8), ("stripes.png", stripes())]
    run_job.apply(kwargs={"job_id": request_variants(model=model, hour_price=0).pk}, throw=True)
    pictures = send(program, model, *sent, query="?variant=fp16").json()["pictures"]
    assert [one["out_of_distribution"] for one in pictures] == [False] * 8 + [True]
    thresholds = {one["foreign_threshold"] for one in pictures}
    # The full model's, where that has the last word.
    half = model.variants.get(kind="fp16")
    model.variants.filter(kind="cascade").delete()
    passed(model, "cascade", threshold=1e9, graph_address=half.graph_address, report={"cheap": "fp16"})
    full = foreign_of(model).threshold(0.999)
    assert full not in thresholds
    pictures = send(program, model, *sent, query="?variant=cascade").json()["pictures"]
    assert {(one["answered_by"], one["foreign_threshold"]) for one in pictures} == {("full", full)}


def stripes():
    pixels = np.zeros((48, 48, 3), np.uint8)
    pixels[::2, :, 0] = pixels[:, ::3, 1] = 255
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def test_a_version_can_be_named(predictor, program, model, project):
    ModelVersion.objects.filter(pk=model.pk).update(state=ModelVersion.State.REJECTED)
    refused = send(program, model, *pictures_of(project))
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "There is no champion yet" in refused.json()["message"]
    assert send(program, model, *pictures_of(project), query="?version=1").status_code == 200
    missing = send(program, model, *pictures_of(project), query="?version=7")
    assert (missing.status_code, missing.json()["message"]) == (404, "There is no version 7 in this project.")


def test_what_is_no_picture_is_named(predictor, program, model, project):
    answer = send(program, model, *pictures_of(project, 2), ("notes.txt", b"not a picture"))
    assert answer.status_code == 422
    assert answer.json()["field"] == "pictures"
    assert answer.json()["message"].startswith("notes.txt: ")
    cut = pictures_of(project, 1)[0][1][:-200]
    assert send(program, model, ("cut.png", cut)).json()["message"].startswith("cut.png: ")


def test_too_much_is_refused_with_the_limit(program, model, project, settings):
    settings.MAX_PREDICT_PICTURES, settings.MAX_PREDICT_BYTES = 3, 5 * 2**20
    many = send(program, model, *pictures_of(project, 4))
    assert (many.status_code, many.json()["message"]) == (422, "4 pictures; send at most 3 at once.")
    large = send(program, model, ("large.bmp", bytes(6 * 2**20)))
    assert (large.status_code, large.json()["field"]) == (422, "pictures")
    assert "larger than 5 MiB" in large.json()["message"]
    none = program.post(f"/api/projects/{project.pk}/predict", {})
    assert (none.status_code, none.json()["field"]) == (422, "pictures")
    crowd = send(program, model, *[(f"{number}.png", b"x") for number in range(120)])
    assert crowd.status_code == 422
    assert crowd.json()["message"] == "Too many files at once; send fewer."


def test_without_a_predictor_it_is_told_to_come_back(program, model, project, settings):
    settings.PREDICTOR_URL = f"http://127.0.0.1:{free_port()}"
    answer = send(program, model, *pictures_of(project))
    assert (answer.status_code, answer.json()["code"]) == (503, "predictor_unavailable")


def test_the_predictor_obeys_the_web_server_alone(predictor_url):
    import httpx

    with httpx.Client(transport=httpx.HTTPTransport(uds=predictor_url.removeprefix("unix:"))) as client:
        forged = client.post("http://predictor/predict", content=b'{"steps": [["full", "file:///etc/passwd", null]]}\n')
        assert (forged.status_code, client.get("http://predictor/other").status_code) == (403, 404)


def test_a_variant_answers_once_it_passed(predictor, program, model, project):
    query = "?variant=int8"
    assert send(program, model, *pictures_of(project), query=query).status_code == 404
    variant = passed(model, "int8")
    body = send(program, model, *pictures_of(project), query=query).json()
    assert {one["answered_by"] for one in body["pictures"]} == {"int8"}
    variant.passed = False
    variant.report["sentences"] = ["Decides as the full model on 3 of 4 pictures of the pool.", "Refused."]
    variant.save()
    refused = send(program, model, *pictures_of(project), query=query)
    assert refused.status_code == 409
    assert "3 of 4 pictures" in refused.json()["message"]
    assert send(program, model, *pictures_of(project), query="?variant=tiny").status_code == 422


def test_a_cascade_says_which_model_answered(predictor, program, model, project):
    sent = pictures_of(project, 32)
    costs = [
        min(5 * p["good"], 100 * p["defective"]) - max(5 * p["good"], 100 * p["defective"])
        for p in (one["probabilities"] for one in send(program, model, *sent).json()["pictures"])
    ]
    threshold = float(np.median(np.abs(costs)))
    passed(model, "cascade", threshold=threshold, report={"cheap": "int8"})
    body = send(program, model, *sent, query="?variant=cascade").json()
    by = [one["answered_by"] for one in body["pictures"]]
    assert by == ["full" if abs(cost) < threshold else "int8" for cost in costs]


def test_the_bundle_says_elsewhere_what_the_model_says_here(predictor, browser, model, project, tmp_path):
    answer = browser.get(f"/api/projects/{project.pk}/models/1/bundle")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Content-Disposition"] == 'attachment; filename="cells-v1-full.zip"'
    folder = tmp_path / "elsewhere"
    ZipFile(io.BytesIO(answer.content)).extractall(folder)
    assert {one.name for one in folder.iterdir()} == {
        *("model.onnx", "bundle.json", "predict.py", "requirements.txt", "README.md", "SHA256SUMS")
    }
    paths = [one.address.removeprefix("file://") for one in project.samples.order_by("pk")[:4]]
    done = subprocess.run(
        [sys.executable, "-I", "predict.py", *paths], cwd=folder, env={}, capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    found = np.array([[line["probabilities"][name] for name in CLASSES] for line in lines])
    assert np.allclose(found, said_by_the_graph(project, model.graph_address), atol=1e-6)
    assert [line["decision"] for line in lines] == ["defective", "good", "good", "good"]
    card = json.loads((folder / "bundle.json").read_text())["model"]
    assert (card["name"], card["currency"], card["content_hash"]) == ("Cells v1", "USD", model.content_hash)
    assert card["expected_cost_a_sample"]["value"] == 0.5


def test_a_cascades_bundle_holds_both_graphs(predictor, browser, model, project):
    passed(model, "cascade", threshold=2.5, report={"cheap": "int8"})
    answer = browser.get(f"/api/projects/{project.pk}/models/1/bundle?variant=cascade")
    archive = ZipFile(io.BytesIO(answer.content))
    assert {"model-int8.onnx", "model.onnx"} < set(archive.namelist())
    steps = json.loads(archive.read("bundle.json"))["steps"]
    assert [(one["file"], one["threshold"]) for one in steps] == [("model-int8.onnx", 2.5), ("model.onnx", None)]
    assert all(one["preprocessing"]["size"] > 0 for one in steps)


def test_a_manager_has_smaller_forms_made_and_sees_each_with_its_figures(browser, model, project):
    address = f"/api/projects/{project.pk}/models/1/variants"
    before = browser.get(address).json()
    assert (before["making"], before["error"], before["variants"]) == (False, "", [])
    asked = browser.post(address, {"hour_price": "0.50"}, content_type="application/json")
    assert (asked.status_code, asked.json()["making"]) == (202, True)
    job = Job.objects.get(kind=Job.Kind.SHRINK_MODEL)
    assert job.arguments["hour_price"] == "0.50"
    run_job.apply(kwargs={"job_id": job.pk})
    body = browser.get(address).json()
    assert (body["making"], body["error"]) == (False, "")
    assert [one["kind"] for one in body["variants"]] == ["full", "fp16", "int8", "cascade"]
    for one in body["variants"]:
        assert one["latency_ms"] > 0
        assert one["expected_cost"]["low"] <= one["expected_cost"]["value"] <= one["expected_cost"]["high"]
        assert (one["bundle_url"] is not None) == one["passed"]


def test_how_a_making_failed_is_told(browser, model, project):
    address = f"/api/projects/{project.pk}/models/1/variants"
    browser.post(address, {}, content_type="application/json")
    Job.objects.filter(kind=Job.Kind.SHRINK_MODEL).update(state=Job.State.FAILED, error="lost.png: no such file")
    body = browser.get(address).json()
    assert (body["making"], body["error"]) == (False, "lost.png: no such file")
