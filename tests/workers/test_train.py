"""What a quick run makes of its labels: a head that learned from each as far as it is sure, calibrated on gold."""

import numpy as np
import pytest
from django.utils import timezone

from heedful.core import artifacts
from heedful.jobs.models import Job
from heedful.pool.artifacts import record, shard_address
from heedful.pool.models import Sample, ShardArtifact
from heedful.quality.models import Label
from heedful.quality.services import labeled_samples, read_snapshot
from heedful.registry.models import Backbone, TrainingRun
from heedful.registry.services import start_run
from ml.heads import LinearHead
from ml.training.calibration import calibrated
from ml.training.head import HeadConfig
from tests.workers.champions import WIDTH, work
from workers.files import head
from workers.labeled import labels_of
from workers.terms import Terms, learn_head

GOLD, WRONG = 30, 40
"""Up to GOLD a sample is gold; from there to WRONG its label is not what the picture shows."""


@pytest.fixture
def embedded(project, samples, graph):
    """Features of which the first tells defects: one in ten in gold, and about half of what was asked about."""
    features = np.random.default_rng(5).normal(size=(len(samples), WIDTH)).astype(np.float32)
    defective = features[:, 0] > np.where(np.arange(len(samples)) < GOLD, 1.3, 0)
    defective[GOLD:WRONG] = ~defective[GOLD:WRONG]
    Backbone.objects.create(key="small", name="efficientnet-lite0", base="efficientnet-lite0", address=graph)
    (shard,) = project.shards.all()
    with artifacts.staged(shard_address(shard, ShardArtifact.Kind.EMBEDDINGS, "small")) as path:
        np.save(path, features)
    record(shard, ShardArtifact.Kind.EMBEDDINGS, "small")
    Sample.objects.filter(pk__in=[one.pk for one in samples[:GOLD]]).update(role=Sample.Role.GOLD)
    classes = project.classes()
    Label.objects.bulk_create(
        Label(sample=sample, label_class=classes[int(bad)], settled_at=timezone.now())
        for sample, bad in zip(samples, defective, strict=True)
    )
    return features


def learned(project) -> tuple[TrainingRun, LinearHead]:
    """A quick run on the labels as they stand, and the head that it left."""
    run = start_run(project_id=project.pk, kind=TrainingRun.Kind.QUICK, reason="Because the test says so.")
    work(project, Job.Kind.TRAIN_HEAD)
    run.refresh_from_db()
    return run, head(run.model.head_address)


def same(one: LinearHead, other: LinearHead) -> bool:
    return all(np.allclose(mine, theirs) for mine, theirs in zip(one.calibrated, other.calibrated, strict=True))


def test_the_head_that_a_run_leaves_is_calibrated_on_gold(project, embedded):
    run, left = learned(project)
    labeled, gold = read_snapshot(run.snapshot), labeled_samples(project_id=project.pk, role=Sample.Role.GOLD)
    rng = np.random.default_rng(run.seed)
    bare = learn_head(embedded[GOLD:], labeled, Terms.of(run), config=HeadConfig(), rng=rng).head
    assert same(left, calibrated(bare, embedded[:GOLD], labels_of(gold)))
    assert not same(left, bare)
    bad = labels_of(gold).mean()
    assert abs(left.probabilities(embedded[:GOLD])[:, 1].mean() - bad) < 0.1
    assert bare.probabilities(embedded[:GOLD])[:, 1].mean() > bad + 0.2


def test_the_head_that_a_run_leaves_believes_a_label_as_far_as_it_is_sure(project, embedded):
    (first, sure), doubted = learned(project), project.samples.order_by("pk")[GOLD:WRONG]
    Label.objects.filter(sample__in=[one.pk for one in doubted]).update(quality=0.55)
    second, unsure = learned(project)
    assert first.seed == second.seed
    said = labels_of(read_snapshot(second.snapshot))[: WRONG - GOLD]
    before, after = (
        one.probabilities(embedded[GOLD:WRONG])[np.arange(len(said)), said].mean() for one in (sure, unsure)
    )
    assert after < before - 0.02
