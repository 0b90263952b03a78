"""A version that knows a class by a mark in the corner says so: in its report, on its card, and to people."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from heedful.jobs.models import Job
from heedful.notifications.models import Notification
from heedful.registry.models import ModelReport, ModelVersion
from heedful.registry.reports import request_report
from ml.inference.export import attach_head, export_backbone
from tests.ml.planted import MARKED, PREPARED, Planted, learned, pictures
from tests.trained import make_trained
from workers.runner import run_job


def as_defective(planted: Planted) -> Planted:
    """The marked class second, as the project's defects are."""
    return replace(planted, labels=np.array([0, 2, 1])[planted.labels])


@pytest.fixture
def marked_model(project, tmp_path) -> ModelVersion:
    model = make_trained(project, tmp_path / "pictures", size=140)
    shown = pictures(180, seed=4, marked=True)
    left = {label: iter(shown.pixels[shown.labels == row]) for label, row in (("good", 0), ("defective", MARKED))}
    for sample in project.samples.gold().select_related("label__label_class").order_by("pk"):
        pixels = next(left[sample.label.label_class.name])
        Image.fromarray(pixels).save(Path(sample.address.removeprefix("file://")))
    module, head = learned(as_defective(pictures(240, seed=1, marked=True)))
    bare, whole = tmp_path / "backbone.onnx", tmp_path / "whole.onnx"
    export_backbone(module, PREPARED, bare)
    attach_head(bare, head, ("good", "defective", "other"), whole)
    ModelVersion.objects.filter(pk=model.pk).update(graph_address=whole.as_uri(), content_hash="1" * 64)
    model.refresh_from_db()
    return model


def test_an_alarm_is_on_the_version_s_card_and_goes_out_once(browser, marked_model):
    for _ in range(2):
        request_report(model=marked_model, kind=ModelReport.Kind.ATTENTION)
        run_job.apply(kwargs={"job_id": Job.objects.latest("pk").pk}, throw=True)
    (card,) = browser.get(f"/api/projects/{marked_model.project_id}/models").json()
    (alarm,) = card["alarms"]
    assert alarm.startswith("defective is recognised by the upper left corner of the picture")
    told = Notification.objects.get(kind=Notification.Kind.WRONG_ATTENTION)
    assert alarm in told.sentence
    assert told.path.endswith(f"/models/{marked_model.number}/attention")
