"""Looking at pictures over the API, computed by a real predictor."""

import base64
import hashlib
import io

import numpy as np
import pytest
import torch
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from heedful.accounts.models import User
from heedful.core import artifacts
from heedful.core.signing import media_address
from heedful.inspection.models import Inspection
from heedful.jobs.models import Job
from ml.explain.catalogue import METHODS
from tests.looking import Colours, bright, colours_file, encoded, look
from tests.trained import make_trained
from workers.runner import run_job

pytestmark = pytest.mark.usefixtures("predictor")


@pytest.fixture
def model(project, tmp_path):
    return make_trained(project, tmp_path / "pictures", size=120)


def floats(url):
    address, name = media_address(url.split("/media/")[1])
    assert name.endswith(".npy")
    return np.load(io.BytesIO(artifacts.read(address)))


def opened(url):
    """The picture behind an address, or written into it."""
    if url.startswith("data:"):
        return Image.open(io.BytesIO(base64.b64decode(url.split(",")[1])))
    return Image.open(io.BytesIO(artifacts.read(media_address(url.split("/media/")[1])[0])))


def test_methods_tell_their_settings(browser, model):
    told = browser.get(f"/api/projects/{model.project_id}/inspect/methods").json()
    assert [one["name"] for one in told["methods"]] == list(METHODS)
    assert {one["lacking"] for one in told["methods"]} == {""}
    occlusion = next(one for one in told["methods"] if one["name"] == "occlusion")
    window = occlusion["settings"][0]
    assert (window["name"], window["minimum"], window["maximum"]) == ("window", 0.01, 1.0)
    assert told["layers"][-1] == "feature_map"
    assert (told["model"]["version"], told["model"]["classes"]) == ("v1", ["good", "defective"])
    assert told["model"]["metrics"]["expected cost"] == 0.5


@pytest.mark.parametrize("method", ["activation", "saliency", "occlusion"])
def test_one_call_looks_at_pictures(browser, model, method):
    answer = look(browser, model, ("one.png", encoded(bright())), ("two.jpg", encoded(bright(), "JPEG")), method=method)
    assert answer.status_code == 200
    body = answer.json()
    assert [one["name"] for one in body["pictures"]] == ["one.png", "two.jpg"]
    for picture in body["pictures"]:
        assert (picture["width"], picture["height"], picture["error"]) == (64, 64, "")
        assert opened(picture["input_url"]).size == (64, 64)
        assert opened(picture["prepared_url"]).size == (64, 64)
        assert (picture["example_url"] is not None) == (method == "occlusion")
        likely, other = picture["maps"]
        assert likely["probability"] >= other["probability"]
        assert likely["probability"] + other["probability"] == pytest.approx(1, abs=1e-4)
        assert np.isfinite(floats(likely["npy_url"])).all()
        assert opened(likely["png_url"]).size == (640, 640)


def test_a_sample_is_computed_once_however_often_it_is_looked_at(browser, model):
    sample = model.project.samples.order_by("pk").first()
    content = artifacts.read(sample.address)
    sample.content_hash = hashlib.sha256(content).hexdigest()
    sample.save()
    first = look(browser, model, samples=str(sample.pk), top=1).json()["pictures"][0]
    assert (first["sample_id"], len(first["maps"])) == (sample.pk, 1)
    address = media_address(first["maps"][0]["npy_url"].split("/media/")[1])[0]
    kept = artifacts.read(address)
    artifacts.write(address, kept[:-4] + b"\0\0\0\1")
    again = look(browser, model, (sample.name, content), top=1).json()["pictures"][0]
    # What was kept is what is shown, also when somebody sends the same file.
    assert media_address(again["maps"][0]["npy_url"].split("/media/")[1])[0] == address
    assert artifacts.read(address) == kept[:-4] + b"\0\0\0\1"


@pytest.mark.parametrize(
    ("wish", "field", "message"),
    [
        ({"method": "guided-backprop"}, "method", "There is no method called guided-backprop"),
        ({"method": "occlusion", "settings": {"window": 3}}, "settings.window", "3 is not between 0.01 and 1.0"),
        ({"method": "occlusion", "settings": {"colour": 3}}, "settings.colour", "no such setting"),
        ({"method": "grad-cam", "settings": {"layer": "nowhere"}}, "method", "no layer nowhere"),
        ({"classes": "good,odd"}, "classes", "odd is none of the model's classes"),
        ({"top": 0}, "top", "Ask for 1 to 20"),
        ({"samples": "999999"}, "samples", "There is no sample 999999"),
        ({"settings": "{broken"}, "settings", "is not JSON"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(browser, model, wish, field, message):
    answer = look(browser, model, ("one.png", encoded(bright())), **wish)
    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert message in answer.json()["message"]


def test_pictures_are_shown_right_or_refused_with_a_reason(browser, model, settings):
    deep = Image.fromarray(np.arange(64 * 64, dtype=np.uint16).reshape(64, 64) * 16)
    turned = Image.new("RGB", (80, 40), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    clear = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("blue", "green")]
    sent = {
        "deep.png": encoded(deep),
        "turned.jpg": encoded(turned, "JPEG", exif=exif),
        "printed.jpg": encoded(Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "JPEG"),
        "clear.png": encoded(clear),
        "moving.gif": encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        "broken.png": encoded(bright())[:200],
        "text.png": b"hello",
        "empty.png": b"",
        "huge.png": encoded(Image.new("1", (30000, 20000))),
    }
    answer = look(browser, model, *sent.items(), top=1)
    assert answer.status_code == 200
    found = {one["name"]: one for one in answer.json()["pictures"]}
    assert [name for name, one in found.items() if one["error"]] == ["broken.png", "text.png", "empty.png", "huge.png"]
    assert all(len(one["error"]) > 10 and "Traceback" not in one["error"] for one in found.values() if one["error"])
    assert (found["turned.jpg"]["width"], found["turned.jpg"]["height"]) == (40, 80)
    colours = {
        name: opened(found[name]["input_url"]).convert("RGB").getpixel((20, 20))
        for name in sent
        if name in ("printed.jpg", "clear.png", "moving.gif", "turned.jpg")
    }
    assert np.allclose(colours["printed.jpg"], (255, 0, 0), atol=12)
    assert np.allclose(colours["clear.png"], (255, 255, 255), atol=4)
    assert np.allclose(colours["moving.gif"], (0, 0, 255), atol=12)
    shown = np.asarray(opened(found["deep.png"]["input_url"]).convert("L"), int)
    assert shown[0, 0] < 5
    assert shown[-1, -1] > 240


def test_many_are_looked_at_by_a_job(browser, model):
    samples = list(model.project.samples.order_by("pk")[:3])
    ids = ",".join(str(one.pk) for one in samples)
    # More than are looked at while one waits.
    sent = [("bad.png", b"x"), *((f"{number}.png", encoded(bright())) for number in range(40))]
    answer = look(browser, model, *sent, later=True, samples=ids, top=1)
    assert answer.status_code == 202
    address = f"/api/projects/{model.project_id}/inspections/{answer.json()['id']}"
    assert (browser.get(address).json()["live"], browser.get(address).json()["total"]) == (True, 44)
    job = Job.objects.get(kind=Job.Kind.INSPECT)
    run_job(job_id=job.pk)
    body = browser.get(address).json()
    assert (body["live"], body["done"], body["error"]) == (False, 44, "")
    assert [one["sample_id"] for one in body["pictures"]] == [*(one.pk for one in samples), *[None] * 41]
    assert [bool(one["error"]) for one in body["pictures"]] == [False] * 3 + [True] + [False] * 40
    assert opened(body["pictures"][4]["input_url"]).size == (64, 64)
    assert len(browser.get(f"/api/projects/{model.project_id}/inspections").json()) == 1
    stored = Inspection.objects.get().pictures[3]["address"]
    assert browser.delete(address).status_code == 204
    assert not artifacts.exists(stored)
    assert browser.get(address).status_code == 404


def test_a_picture_that_no_memory_should_hold_is_refused(browser, model, settings):
    settings.MAX_PREDICT_BYTES = 2**20
    answer = look(browser, model, ("fine.png", encoded(bright())), ("vast.png", b"x" * (2**20 + 1)), later=True)
    assert (answer.status_code, answer.json()["field"]) == (422, "pictures")
    assert answer.json()["message"] == "vast.png is larger than the 1 MiB that a picture may have."
    assert not Inspection.objects.exists()


DECLARED = {
    "name": "colours",
    "version": "1",
    "classes": "red, green, blue",
    "size": 32,
    "mean": "0.5,0.5,0.5",
    "std": "0.25, 0.25, 0.25",
    "gives": "logits",
    "metrics": '{"accuracy": 0.9}',
}


def bring(client, content, **changed):
    return client.post("/api/models", {**DECLARED, **changed, "file": SimpleUploadedFile("colours", content)})


@pytest.mark.parametrize("kind", ["onnx", "torchscript"])
def test_a_model_of_ones_own_needs_no_project(browser, kind):
    answer = bring(browser, colours_file(kind))
    assert answer.status_code == 201
    own = answer.json()
    assert (own["classes"], own["lacking"]) == (["red", "green", "blue"], "")
    told = browser.get(f"/api/models/{own['id']}/methods").json()
    assert {one["lacking"] for one in told["methods"]} == {""}
    assert told["model"]["metrics"] == {"accuracy": 0.9}
    pixels = np.zeros((32, 32, 3), np.uint8)
    pixels[8:16, 20:28, 1] = 255
    picture = SimpleUploadedFile("green.png", encoded(Image.fromarray(pixels)))
    for method in ("activation", "saliency", "occlusion"):
        picture.seek(0)
        wish = {"method": method, "settings": '{"fill": "black"}' if method == "occlusion" else "", "top": 1}
        answer = browser.post(f"/api/models/{own['id']}/inspect", {**wish, "pictures": [picture]})
        (found,) = answer.json()["pictures"]
        assert found["maps"][0]["name"] == "green"
        heat = floats(found["maps"][0]["npy_url"])
        rows, columns = np.unravel_index(heat.argmax(), heat.shape)
        assert 0.2 < rows / heat.shape[0] < 0.55
        assert 0.55 < columns / heat.shape[1] < 0.9
    assert browser.delete(f"/api/models/{own['id']}").status_code == 204
    assert browser.get("/api/models").json() == []


def test_a_model_of_ones_own_is_nobody_elses(browser, db):
    own = bring(browser, colours_file("onnx")).json()
    other = Client()
    other.force_login(User.objects.create_user("other@example.com", "correct horse"))
    assert other.get("/api/models").json() == []
    for method, path in (("get", "/methods"), ("delete", "")):
        assert getattr(other, method)(f"/api/models/{own['id']}{path}").status_code == 404
    assert bring(browser, colours_file("onnx")).json()["field"] == "version"


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"classes": "red, green"}, "classes", "you named 2, the file gives 3"),
        ({"classes": "red, red, blue"}, "classes", "each once"),
        ({"size": 8}, "size", "16 to 2,048"),
        ({"std": "0,1,1"}, "std", "more than 0"),
        ({"mean": "0.5"}, "mean", "three numbers"),
        ({"gives": "probabilities"}, "gives", "Declare logits"),
        ({"name": " "}, "name", "Give it a name"),
    ],
)
def test_what_is_declared_wrongly_is_refused_by_its_field(browser, changed, field, message):
    answer = bring(browser, colours_file("onnx"), **changed)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert message in answer.json()["message"]


def test_a_pickle_is_not_opened(browser):
    stream = io.BytesIO()
    torch.save(Colours(), stream)
    answer = bring(browser, stream.getvalue())
    assert (answer.status_code, answer.json()["field"]) == (422, "file")
    assert "pickled" in answer.json()["message"]
