"""What a run was started on is what its head learns by; and features that are not finite end it with a sentence."""

from dataclasses import asdict, fields

import numpy as np
import pytest

from heedful.core import artifacts
from heedful.jobs.models import Job
from heedful.pool.artifacts import record, shard_address
from heedful.pool.models import Sample, ShardArtifact
from heedful.projects.imbalance import DEFAULTS
from heedful.quality.services import LabeledSample, take_snapshot
from heedful.registry.models import Backbone, TrainingRun
from ml.training.head import HeadConfig
from ml.training.losses import LossConfig
from ml.training.sampling import SamplingConfig
from tests.factories import hear, make_pool, queue
from workers.priors import priors_of
from workers.runner import run_job
from workers.terms import Terms, learn_head


def test_the_page_names_the_options_there_are():
    assert {"loss": asdict(LossConfig()), "sampling": asdict(SamplingConfig())} == DEFAULTS
    assert {field.name for field in fields(HeadConfig)} >= set(DEFAULTS)


def terms_for(project, **terms) -> Terms:
    return Terms.of(TrainingRun(project=project, terms=terms))


def test_without_terms_all_classes_are_apart_and_the_means_are_the_default(project):
    terms = terms_for(project)
    assert terms.training.tolist() == terms.evaluation.tolist() == [0, 1]
    assert (terms.loss, terms.sampling) == (LossConfig(), SamplingConfig())
    assert terms.costs.tolist() == [[0, 5], [100, 0]]


def _labeled(positions) -> list[LabeledSample]:
    return [LabeledSample(row, 1, row, "", str(row), position) for row, position in enumerate(positions)]


def test_a_head_of_merged_classes_covers_every_class_at_its_share(rng):
    positions = rng.permutation(np.repeat([0, 1, 2], [80, 24, 8]))
    embeddings = rng.normal(size=(len(positions), 6)).astype(np.float32)
    embeddings[:, 0] += 4 * (positions > 0)
    terms = Terms(
        training=np.array([0, 1, 1]),
        evaluation=np.arange(3),
        costs=np.array([[0.0, 1, 1], [9, 0, 1], [9, 1, 0]]),
        loss=LossConfig(),
        sampling=SamplingConfig(),
    )
    trained = learn_head(embeddings, _labeled(positions), terms, config=HeadConfig(), rng=rng)
    probabilities = trained.head.probabilities(embeddings)
    assert probabilities.shape == (112, 3)
    assert np.allclose(probabilities[:, 1] / probabilities[:, 2], 24.5 / 8.5, rtol=1e-4)
    assert ((probabilities[:, 1:].sum(axis=1) > 0.5) == (positions > 0)).mean() > 0.95


def test_names_and_costs_are_those_of_the_groups(project):
    terms = terms_for(project, training=[[0, 1]])
    assert terms.n_learned == 1
    assert terms.learned_names(["good", "defective"]) == ["good or defective"]
    assert terms.learned_costs.tolist() == [[0]]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.fixture
def embedded(project, settings, tmp_path):
    """Forty samples, five of them gold, the others labeled, every third defective, under a backbone with features."""
    settings.ARTIFACT_ROOT = f"file://{tmp_path}"
    samples = make_pool(project, size=40)
    for place, item in enumerate(queue(project, samples)):
        hear(item, "good" if place % 3 else "defective")
    Sample.objects.filter(pk__in=[one.pk for one in samples[-5:]]).update(role=Sample.Role.GOLD)
    Backbone.objects.create(key="lite0-test", name="efficientnet-lite0", base="efficientnet-lite0", address="")
    features = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)

    def store() -> np.ndarray:
        (shard,) = project.shards.all()
        with artifacts.staged(shard_address(shard, ShardArtifact.Kind.EMBEDDINGS, "lite0-test")) as path:
            np.save(path, features)
        record(shard, ShardArtifact.Kind.EMBEDDINGS, "lite0-test")
        return features

    features[7, 2] = np.nan
    store()
    return samples


def test_features_that_are_not_finite_end_the_run_with_the_sample_and_what_to_do(browser, project, embedded):
    path = f"/api/projects/{project.pk}/runs"
    started = browser.post(path, {"kind": "quick"}, content_type="application/json")
    assert started.status_code == 201, started.json()
    job = Job.objects.get(kind=Job.Kind.TRAIN_HEAD)
    run_job.apply(kwargs={"job_id": job.pk})
    (run,) = browser.get(path).json()
    assert run["state"] == "failed"
    assert f"of {embedded[7].name} first" in run["error"]
    assert "NaN or infinity" in run["error"]
    assert "import it again" in run["error"]


def test_a_run_compares_how_frequent_classes_are_and_leaves_out_what_has_no_features(project, embedded, rng):
    run = TrainingRun(project=project, snapshot=take_snapshot(project=project))
    backbone = Backbone.objects.get()
    positions = [0 if place % 3 else 1 for place in range(35)]
    features = rng.normal(size=(35, 8)).astype(np.float32)
    trained = learn_head(features, _labeled(positions), terms_for(project), config=HeadConfig(), rng=rng)
    found = priors_of(run, backbone, trained.head, _labeled([0, 0, 0, 0, 1]))
    assert found.labels == pytest.approx((23 / 35, 12 / 35))
    assert found.gold == (0.8, 0.2)
    assert sum(found.pool) == pytest.approx(1)
