"""Smaller forms of a model on its page: asked for, measured, judged, and taken away as a bundle."""

import json
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from heedful.jobs.models import Job
from tests.accounts.people import member
from tests.trained import make_trained
from workers.runner import run_job

pytestmark = pytest.mark.browser


@pytest.fixture
def model(project, tmp_path):
    return make_trained(project, tmp_path / "pictures")


def ask_for_forms(page: Page) -> None:
    page.get_by_role("button", name="Make smaller forms…").click()
    page.get_by_label("What an hour of computing is worth (USD)").fill("0.5")
    page.get_by_label("Distil it into a small backbone, too").uncheck()
    page.get_by_role("button", name="Make them").click()
    expect(page.get_by_text("Making and measuring")).to_be_visible()


def test_a_manager_has_smaller_forms_made_and_takes_one_away(visit, owner, model, predictor, tmp_path):
    page = visit(owner, "/models")
    expect(page.get_by_role("heading", name="Can v1 be smaller and faster?")).to_be_visible()
    ask_for_forms(page)
    job = Job.objects.get(kind=Job.Kind.SHRINK_MODEL)
    assert (job.arguments["hour_price"], job.arguments["distil"]) == ("0.5", False)
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, lease_until=Job.new_lease(), done=1, total=3, unit="forms"
    )
    expect(page.get_by_text("1 of 3 forms")).to_be_visible()
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED, lease_until=None)
    run_job.apply(kwargs={"job_id": job.pk})

    rows = page.get_by_test_id("variant")
    expect(rows).to_have_count(4)
    expect(page.get_by_text("Making and measuring")).to_have_count(0)
    for variant in model.variants.all():
        row = page.locator(f"[data-testid=variant][data-kind={variant.kind}]")
        if variant.kind != "full":
            expect(row.get_by_text("passed" if variant.passed else "refused", exact=True)).to_be_visible()
        expect(row).to_contain_text(f"{variant.size_bytes / 1e6:.1f} MB")

    with page.expect_download() as download:
        page.locator("[data-testid=variant][data-kind=fp16]").get_by_role(
            "link", name="Bundle of Half precision"
        ).click()
    path = tmp_path / "bundle.zip"
    download.value.save_as(path)
    assert download.value.suggested_filename == "cells-v1-fp16.zip"
    check_bundle(path, "fp16")

    with page.expect_download() as download:
        page.get_by_test_id("model-version").get_by_role("link", name="Bundle").click()
    download.value.save_as(path)
    check_bundle(path, "full")


def check_bundle(path: Path, variant: str) -> None:
    with ZipFile(path) as archive:
        assert {"bundle.json", "predict.py", "SHA256SUMS"} < set(archive.namelist())
        assert json.loads(archive.read("bundle.json"))["model"]["variant"] == variant


def test_a_refused_form_says_why_and_has_no_bundle(visit, project, model):
    interval = {"value": 2.5, "low": 2.0, "high": 3.0}
    model.variants.create(
        kind="int8",
        passed=False,
        graph_address=model.graph_address,
        size_bytes=3_900_000,
        report={
            "sentences": ["Decides as the full model on 180 of 256 pictures of the pool.", "Refused."],
            "recipe": "Backbone in 8-bit integers.",
            "expected_cost": interval,
            "agreement": 0.7,
        },
    )
    page = visit(member(project, "viewer"), "/models")
    row = page.get_by_test_id("variant")
    expect(row).to_contain_text("refused")
    expect(row.get_by_text("180 of 256 pictures")).to_be_visible()
    expect(row).to_contain_text(re.compile(r"\$2,500"))
    expect(row.get_by_role("link")).to_have_count(0)
    expect(page.get_by_role("button", name="Make")).to_have_count(0)


def test_how_a_making_failed_is_told_and_it_can_be_tried_again(visit, owner, model):
    page = visit(owner, "/models")
    ask_for_forms(page)
    Job.objects.filter(kind=Job.Kind.SHRINK_MODEL).update(state=Job.State.FAILED, error="lost.png: no such file")
    expect(page.get_by_text("The last attempt failed: lost.png: no such file")).to_be_visible()
    ask_for_forms(page)
    assert Job.objects.get(kind=Job.Kind.SHRINK_MODEL).state == Job.State.QUEUED
