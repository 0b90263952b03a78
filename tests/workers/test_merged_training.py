"""A run in which two classes are one, from the pictures to what the page shows, with the real backbone."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image

from heedful.jobs.models import Job
from heedful.pool.models import Sample
from heedful.projects.imbalance import DEFAULTS, change_imbalance
from heedful.projects.merging import merge_classes
from heedful.quality.models import Label
from heedful.registry.models import Backbone, TrainingRun
from heedful.registry.services import start_run
from tests.factories import make_grading, make_pool
from workers.files import head
from workers.running import RunningJob
from workers.tasks import score, train

GOLD = 24
GOOD, CRACK, BREAK, SOILED = range(4)


@pytest.fixture
def project(owner, settings, tmp_path):
    """Sixty pictures, a bright square where they are bad. The pool holds no break; crack and break are one."""
    settings.ARTIFACT_ROOT = f"file://{tmp_path}/artifacts"
    project = make_grading(owner=owner)
    classes = project.classes()
    truth = np.where(np.arange(60) % 3 == 0, CRACK, np.where(np.arange(60) % 5 == 1, SOILED, GOOD))
    truth[[3, 12]] = BREAK
    samples = make_pool(project, size=60)
    for row, sample in enumerate(samples):
        sample.address = picture(tmp_path / sample.name, row, truth[row]).as_uri()
        sample.role = Sample.Role.GOLD if row < GOLD else Sample.Role.POOL
    Sample.objects.bulk_update(samples, ["address", "role"])
    Label.objects.bulk_create(
        Label(sample=sample, label_class=classes[truth[row]], settled_at=timezone.now())
        for row, sample in enumerate(samples)
    )
    merged = [classes[CRACK].pk, classes[BREAK].pk]
    merge_classes(project=project, class_ids=merged, for_training=True, for_evaluation=True, by=owner)
    options = {**DEFAULTS, "loss": {**DEFAULTS["loss"], "cost_weighted": True, "logit_adjustment": 0.5}}
    change_imbalance(project=project, options=options, by=owner)
    return project


def picture(path: Path, number: int, kind: int) -> Path:
    pixels = np.random.default_rng(number).integers(0, 120, (64, 64, 3), np.uint8)
    if kind in (CRACK, BREAK):
        pixels[20:44, 20:44] = 220
    if kind == SOILED:
        pixels[:, :12] = (200, 60, 20)
    Image.fromarray(pixels).save(path)
    return path


def do(task, project, kind, **arguments):
    lease = timezone.now() + timedelta(hours=1)
    job = Job.objects.create(
        kind=kind, key=f"{kind}-test", project_id=project.pk, arguments=arguments, state="running", lease_until=lease
    )
    task(RunningJob(job))


def test_classes_that_are_one_are_learned_and_judged_as_one_and_stay_two(project, browser):
    do(score.export_pretrained, project, Job.Kind.EXPORT_BACKBONE, name="efficientnet-lite0")
    backbone, (shard,) = Backbone.objects.get(), project.shards.all()
    do(score.embed_shard, project, Job.Kind.EMBED_SHARD, backbone_id=backbone.pk, shard_id=shard.pk)
    run = start_run(project_id=project.pk, kind=TrainingRun.Kind.QUICK, reason="Because the test says so.")
    do(train.train_and_judge, project, Job.Kind.TRAIN_HEAD, run_id=run.pk)

    (model,) = browser.get(f"/api/projects/{project.pk}/models").json()
    good, crack, broken, soiled = model["metrics"]["by_class"]
    assert crack == {**broken, "name": "crack"}
    assert crack["recall"]["value"] > 0.8
    assert model["metrics"]["macro_f1"]["value"] > 0.5
    assert model["metrics"]["fixed_precision"] == 0.9
    assert soiled["f1"] is not None
    assert good["recall_at_precision"] is not None
    assert any("of crack or break" in sentence for sentence in model["verdict"]["sentences"])
    assert [len(shares) for shares in list(model["priors"].values())[:3]] == [4, 4, 4]
    assert sum(model["priors"]["pool"]) == pytest.approx(1)

    run.refresh_from_db()
    assert run.config["head"]["loss"]["cost_weighted"]
    assert sum(map(sum, run.model.evaluation.metrics["confusion"])) == GOLD
    assert head(run.model.head_address).weights.shape[0] == 4
    assert Label.objects.filter(label_class__name="break").count() == 2
