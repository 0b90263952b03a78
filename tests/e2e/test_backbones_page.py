"""The zoo on the settings page: what was found, what a change costs, and who serves meanwhile."""

import pytest
from playwright.sync_api import expect

from heedful.jobs.models import Job
from heedful.projects.models import Project
from heedful.registry.models import Backbone, BackboneComparison, TrainingRun
from heedful.registry.services import start_run
from tests.training import finished
from tests.workers.champions import WIDTH, write_graph
from workers.runner import run_job

pytestmark = pytest.mark.browser

USED, OTHER = "efficientnet-lite0", "efficientnet-lite1"


def test_another_backbone_is_chosen_once_its_cost_is_known(ready, owner, visit):
    finished(start_run(project_id=ready.pk, kind=TrainingRun.Kind.QUICK, reason=""), cost=1.0)
    Backbone.objects.create(name=OTHER, key=OTHER, base=OTHER, speed={"per_second": 0.5, "latency_ms": 2000.0})
    cost, better = ({"low": low, "value": low + 0.1, "high": low + 0.2} for low in (0.4, -0.3))
    rows = [
        {"name": USED, "difference": None, "per_second": 90.0, "expected_cost": cost, "average_precision": cost},
        {"name": OTHER, "difference": better, "per_second": 0.2, "expected_cost": cost, "average_precision": cost},
    ]
    body = {"labels": 40, "of": 50, "focus": "defective", "current": USED, "choose": OTHER, "left_out": []}
    BackboneComparison.objects.create(project=ready, body={**body, "rows": rows})

    page = visit(owner, "/settings")
    expect(page.get_by_role("heading", name=f"Choose {OTHER}: it costs 200.00 USD less")).to_be_visible()
    expect(page.get_by_role("button", name="Compare again")).to_be_disabled()
    expect(page.get_by_text("label 4 more of defective")).to_be_visible()
    page.get_by_role("button", name=f"Choose {OTHER}").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("60 samples have to be embedded: about 5 min")
    expect(asked).to_contain_text("v1 goes on serving")
    asked.get_by_role("button", name=f"Choose {OTHER}").click()

    expect(page.get_by_test_id("switch")).to_contain_text(f"v1 serves on {USED} until a version on {OTHER} is promoted")
    assert Project.objects.get(pk=ready.pk).backbone == OTHER


def test_a_file_of_ones_own_is_run_and_what_it_does_not_keep_is_said(ready, owner, visit, settings, tmp_path):
    settings.ARTIFACT_ROOT = f"file://{tmp_path / 'artifacts'}"
    page = visit(owner, "/settings")
    page.get_by_role("button", name="Bring your own…").click()
    asked = page.get_by_role("dialog")
    asked.get_by_role("button", name="Upload and check").click()
    expect(asked.get_by_text("State its licence.")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        asked.get_by_label("ONNX or TorchScript").click()
    write_graph(tmp_path / "net.onnx")
    chooser.value.set_files(tmp_path / "net.onnx")
    asked.get_by_label("Name").fill("panel-net")
    asked.get_by_label("Licence").fill("MIT")
    asked.get_by_label("Origin").fill("our panels")
    asked.get_by_label("Size, in pixels a side").fill("64")
    asked.get_by_label("Embedding width").fill("7")
    asked.get_by_role("button", name="Upload and check").click()

    brought = page.get_by_test_id("own-backbone")
    expect(brought).to_contain_text("panel-net, from a file, is being checked.")
    run_job.apply(kwargs={"job_id": Job.objects.get(kind=Job.Kind.CHECK_BACKBONE).pk})
    expect(brought).to_contain_text(f"embedding_width: you declared 7, the file gives {WIDTH}: declare that.")
