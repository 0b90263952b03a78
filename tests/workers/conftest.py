"""A pool that small champions have something to say of."""

import pytest

from heedful.pool.models import Sample
from heedful.projects.models import Project
from tests.factories import know, make_pool, write_picture
from tests.workers.champions import write_graph

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
