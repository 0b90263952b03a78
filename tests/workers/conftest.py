"""A pool that small champions have something to say of."""

import numpy as np
import pytest
from django.utils import timezone

from heedful.core import artifacts
from heedful.pool.artifacts import record, shard_address
from heedful.pool.models import Sample, ShardArtifact
from heedful.projects.models import Project
from heedful.quality.models import Label
from heedful.registry.models import Backbone
from tests.factories import know, make_pool, write_picture
from tests.workers.champions import WIDTH, write_graph
from tests.workers.quick_runs import GOLD, WRONG

SIZE, ROUND = 80, 20


@pytest.fixture(scope="session")
def graph(tmp_path_factory) -> str:
    return write_graph(tmp_path_factory.mktemp("graph") / "small.onnx")


@pytest.fixture
def samples(project, settings, tmp_path) -> list[Sample]:
    """A pool of pictures with embeddings of which each model reads another number."""
    settings.ARTIFACT_ROOT = f"file://{tmp_path / 'artifacts'}"
    Project.objects.filter(pk=project.pk).update(round_size=ROUND, honeypot_share=0.0, blind_share=0.0)
    know(project, 1)
    samples = make_pool(project, size=SIZE)
    for sample in samples:
        sample.address = f"file://{write_picture(tmp_path / sample.name)}"
    Sample.objects.bulk_update(samples, ["address"])
    return samples


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
