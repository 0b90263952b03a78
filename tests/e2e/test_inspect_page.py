"""Inspect as a person uses it: pictures dropped in, a method set, maps looked at and taken away."""

import io
import re
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from heedful.registry.models import ModelReport
from heedful.registry.reports import record_report
from ml.evaluation.bootstrap import Interval
from ml.explain.trust import Trust
from tests.looking import bright, colours_file, encoded
from tests.trained import make_trained

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("predictor")]


def no_better_than_chance() -> dict[str, Any]:
    measured = Interval(0.0, -0.1, 0.1)
    trust = Trust(32, measured, 0.5, 0.5, over_random=measured, over_centre=measured, alike=0.2)
    return {
        **asdict(trust),
        "beats_random": trust.beats_random,
        "depends_on_model": trust.depends_on_model,
        "sentences": list(trust.sentences),
    }


def dropped(page, *pictures):
    files = [{"name": name, "mimeType": "image/png", "buffer": content} for name, content in pictures]
    page.locator("input[type=file]").first.set_input_files(files)


def test_samples_are_picked_from_the_pool(visit, owner, project, tmp_path):
    make_trained(project, tmp_path / "pictures", size=80)
    page = visit(owner, "/inspect")
    page.get_by_role("button", name="Pick samples…").click()
    picker = page.get_by_role("dialog", name="Samples to look at")
    expect(picker.get_by_text("of 80")).to_be_visible()
    picker.get_by_label("Name contains").fill("7.PNG")
    # 7, 17, ..., 77
    expect(picker.locator("button[aria-pressed]")).to_have_count(8)
    picker.get_by_role("button", name="17.png").click()
    picker.get_by_role("button", name="27.png").click()
    picker.get_by_role("button", name="Look at 2 samples").click()
    expect(page.get_by_test_id("look")).to_have_count(2)
    expect(page.get_by_test_id("look").nth(1)).to_contain_text("27.png")
    expect(page.get_by_test_id("look").nth(1).get_by_test_id("map")).to_have_count(2)


def test_pictures_are_dropped_in_and_looked_at(visit, owner, project, tmp_path):
    model = make_trained(project, tmp_path / "pictures", size=120)
    record_report(model_id=model.pk, kind=ModelReport.Kind.TRUST, subject="occlusion", body=no_better_than_chance())
    sample = project.samples.order_by("pk").first()
    page = visit(owner, f"/inspect?samples={sample.pk}")
    expect(page.get_by_role("heading", name="Inspect")).to_be_visible()
    looks = page.get_by_test_id("look")
    expect(looks).to_have_count(1)
    expect(page.get_by_text(f"{project.name}, v{model.number}")).to_be_visible()
    dropped(page, ("bright.png", encoded(bright())), ("broken.png", b"no picture"))
    expect(looks).to_have_count(3)
    shown = looks.nth(1)
    expect(shown.get_by_test_id("map")).to_have_count(2)
    expect(looks.nth(2).get_by_role("alert")).to_contain_text("not a picture in a known format")
    assert shown.get_by_test_id("heat").first.evaluate("one => one.complete && one.naturalWidth > 0")

    page.get_by_role("combobox", name="Method").click()
    marked = page.get_by_role("option", name="Partial occlusion")
    expect(marked.get_by_test_id("trust-mark")).to_have_text("no better than chance")
    expect(page.get_by_test_id("trust-mark")).to_have_count(1)
    marked.click()
    expect(page.get_by_text("Follows the model no better than chance")).to_be_visible()
    expect(shown.get_by_text("Processed example")).to_be_visible()
    page.get_by_label("Window").fill("3")
    expect(page.get_by_text("From 0.01 to 1.")).to_be_visible()
    expect(page.get_by_role("button", name="Look again")).to_be_disabled()
    page.get_by_label("Window").fill("0.5")
    page.get_by_role("button", name="Look again").click()
    expect(shown.get_by_test_id("map")).to_have_count(2)
    expect(page).to_have_url(re.compile("method=occlusion"))

    with page.expect_download() as waiting:
        shown.get_by_role("link", name="npy").first.click()
    assert np.load(io.BytesIO(waiting.value.path().read_bytes())).shape == (10, 10)
    shown.get_by_role("button", name=re.compile("Enlarge bright.png: (good|defective)")).first.click()
    dialog = page.get_by_role("dialog")
    page.keyboard.press("+")
    expect(dialog.get_by_text("150%")).to_be_visible()
    page.keyboard.press("0")
    expect(dialog.get_by_text("100%", exact=False).first).to_be_visible()


def test_a_model_of_ones_own_is_brought_and_looked_into(visit, owner):
    page = visit(owner, "/inspect")
    page.get_by_role("link", name="here").click()
    expect(page.get_by_text("No model of yours yet")).to_be_visible()
    page.get_by_role("button", name="Add a model").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(
        [{"name": "colours.onnx", "mimeType": "application/octet-stream", "buffer": colours_file("onnx")}]
    )
    dialog.get_by_label("Name").fill("colours")
    dialog.get_by_label("Classes").fill("red, green")
    dialog.get_by_label("Size, in pixels a side").fill("32")
    dialog.get_by_role("button", name="Upload and check").click()
    expect(dialog.get_by_text("you named 2, the file gives 3")).to_be_visible()
    dialog.get_by_label("Classes").fill("red, green, blue")
    dialog.get_by_role("button", name="Upload and check").click()
    expect(page.locator("dd", has_text="red, green, blue")).to_be_visible()
    dropped(page, ("bright.png", encoded(bright(32))))
    expect(page.get_by_test_id("map")).to_have_count(3)
