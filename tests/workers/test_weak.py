"""Weak labels in the workers: weighed together, learned from where no expert has spoken, and their worth reported."""

import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from django.utils import timezone
from PIL import Image

from heedful.core import artifacts
from heedful.core.errors import NoNewLabels
from heedful.jobs.models import Job
from heedful.pool.artifacts import record, shard_address
from heedful.pool.models import Sample, ShardArtifact, WeakLabel, WeakSource, WeakSummary
from heedful.pool.weak.labels import Outcome, replace_labels
from heedful.pool.weak.sources import put_source
from heedful.quality.models import Label
from heedful.quality.services import read_snapshot
from heedful.registry.models import Backbone, TrainingRun
from heedful.registry.services import start_run
from ml.training.head import HeadConfig
from tests.factories import hear, make_pool, queue
from workers.runner import run_job
from workers.running import RunningJob
from workers.tasks import score, train, weak
from workers.terms import Terms, learn_head
from workers.weak import weigh
from workers.weak_stage import weak_stage

SIZE, GOLD, LABELED = 600, 80, 50


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.ARTIFACT_ROOT = f"file://{tmp_path}/artifacts"


@pytest.fixture
def truth():
    return (np.random.default_rng(3).random(SIZE) < 0.3).astype(np.int64)


@pytest.fixture
def samples(project, truth) -> list[Sample]:
    """Eighty gold, fifty labeled by experts, features that tell the classes apart somewhat."""
    samples = make_pool(project, size=SIZE)
    gold = [sample.pk for sample in samples[:GOLD]]
    Sample.objects.filter(pk__in=gold).update(role=Sample.Role.GOLD)
    settle(project, samples[: GOLD + LABELED], truth)
    features = np.random.default_rng(0).normal(size=(SIZE, 24)).astype(np.float32)
    features[:, :4] += 0.6 * (2 * truth - 1)[:, None]
    embedded(project, features)
    return samples


def settle(project, samples, truth, *, quality=1.0):
    classes = project.classes()
    Label.objects.bulk_create(
        Label(sample=sample, label_class=classes[truth[row]], settled_at=timezone.now(), quality=quality)
        for row, sample in enumerate(samples)
    )


def embedded(project, features):
    (shard,) = project.shards.all()
    Backbone.objects.create(key="test", name="efficientnet-lite0", base="efficientnet-lite0", address="")
    with artifacts.staged(shard_address(shard, ShardArtifact.Kind.EMBEDDINGS, "test")) as path:
        np.save(path, features)
    record(shard, ShardArtifact.Kind.EMBEDDINGS, "test")


def source(project, samples, said, *, name="Scribbles", claim=0.8, confidence=None) -> WeakSource:
    """said: (n,) classes, -1 where it abstains."""
    made = WeakSource.objects.create(project=project, kind="table", name=name, claimed_accuracy=claim)
    classes = [one.pk for one in project.classes()]
    sure = np.full(len(samples), None) if confidence is None else confidence
    outcomes = (
        Outcome(row, sample.name, [sample.pk], classes[said[row]] if said[row] >= 0 else None, sure[row])
        for row, sample in enumerate(samples)
    )
    return replace_labels(made, outcomes, total=len(samples), on_progress=lambda done, total: None)


def often_right(truth, accuracy, seed=0):
    return np.where(np.random.default_rng(seed).random(len(truth)) < accuracy, truth, 1 - truth)


def new_run(project) -> TrainingRun:
    return start_run(project_id=project.pk, kind=TrainingRun.Kind.QUICK, reason="Because the test says so.")


def job(project, kind, **arguments) -> RunningJob:
    lease = timezone.now() + timedelta(hours=1)
    return RunningJob(
        Job.objects.create(
            kind=kind,
            key=f"{kind}-test",
            project_id=project.pk,
            arguments=arguments,
            state="running",
            lease_until=lease,
        )
    )


def weigh_now(project) -> WeakSummary:
    weak.weigh(RunningJob(Job(project_id=project.pk)))
    return WeakSummary.objects.get(project=project)


def test_sources_are_weighed_and_their_probabilities_kept_a_sample_each(project, samples, truth):
    source(project, samples, often_right(truth, 0.85))
    source(project, samples[::2], often_right(truth[::2], 0.75, seed=1), name="Other", claim=0.7)
    summary = weigh_now(project)
    assert (summary.body["samples"], summary.body["sources"]) == (SIZE, 2)
    assert sum(summary.body["expected"]) == pytest.approx(SIZE)
    with artifacts.local_copy(summary.body["address"]) as path:
        kept = pq.read_table(path).to_pydict()
    assert kept["sample_id"] == [sample.pk for sample in samples]
    assert np.allclose(np.sum(kept["probabilities"], axis=1), 1)
    judged = WeakSource.objects.get(name="Scribbles").judged
    assert judged["over_all"]["of"] == GOLD + LABELED
    assert judged["estimate"] == pytest.approx(0.85, abs=0.08)
    assert judged["conflicting"] == pytest.approx(judged["shared"] * 0.33, rel=0.2)


def test_gold_judges_a_source_and_teaches_the_label_model_nothing(project, samples, truth):
    """Right wherever experts have labeled the pool, wrong on all of gold."""
    source(project, samples, np.where(np.arange(SIZE) < GOLD, 1 - truth, truth), claim=0.7)
    weighed = weigh(project)
    assert weighed.judged[0].over_all.right == LABELED
    assert weighed.combined is None
    Label.objects.filter(sample__role=Sample.Role.GOLD).delete()
    weighed = weigh(project)
    assert weighed.combined.meaning[0].diagonal().min() > 0.9


def test_a_source_that_says_how_sure_it_is_counts_more_where_it_is_surer(project, samples, truth):
    sure = np.random.default_rng(5).random(SIZE)
    said = np.where(np.random.default_rng(6).random(SIZE) < 0.5 + 0.49 * sure, truth, 1 - truth)
    source(project, samples, said, claim=0.75, confidence=sure)
    weighed = weigh(project, known={sample.pk: int(truth[row]) for row, sample in enumerate(samples[:300])})
    meaning = weighed.combined.meaning.diagonal(axis1=1, axis2=2).mean(axis=1)
    assert len(meaning) == 3
    assert meaning[2] > meaning[0] + 0.15


def test_weak_labels_of_what_experts_labeled_and_of_gold_are_not_learned_from(project, samples, truth):
    source(project, samples, often_right(truth, 0.85))
    run = new_run(project)
    labeled = read_snapshot(run.snapshot)
    stage = weak_stage(run, Backbone.objects.get(), labeled)
    assert len(stage.samples.targets) == SIZE - GOLD - LABELED
    assert stage.said["samples"] == SIZE - GOLD - LABELED


def test_a_head_begins_from_weak_labels_where_that_pays_and_does_not_where_it_does_not(project, samples, truth):
    good = source(project, samples, often_right(truth, 0.9))
    run = new_run(project)
    labeled = read_snapshot(run.snapshot)
    features = np.load(artifacts.url("shards", str(project.pk), "1", "embeddings-test.npy").removeprefix("file://"))
    rows = [one.row for one in labeled]

    def learned():
        stage = weak_stage(run, Backbone.objects.get(), labeled)
        rng = np.random.default_rng(0)
        return stage, learn_head(
            features[rows], labeled, Terms.of(run), config=HeadConfig(), rng=rng, weak=stage and stage.samples
        )

    _, trained = learned()
    assert trained.report.trust > 0
    said = [head.probabilities(features[:GOLD]) for head in (trained.alone, trained.head)]
    loss = [-np.log(one[np.arange(GOLD), truth[:GOLD]]).mean() for one in said]
    assert loss[1] < loss[0]
    good.delete()
    source(project, samples, 1 - truth, name="Wrong")
    stage, trained = learned()
    assert (stage, trained.alone) == (None, None)


def test_newer_weak_labels_are_worth_another_run_and_the_same_ones_are_not(project, samples, truth):
    TrainingRun.objects.filter(pk=new_run(project).pk).update(state="done")
    with pytest.raises(NoNewLabels):
        new_run(project)
    source(project, samples, often_right(truth, 0.85))
    TrainingRun.objects.filter(pk=new_run(project).pk).update(state="done")
    with pytest.raises(NoNewLabels):
        new_run(project)
    WeakSource.objects.update(enabled=False)
    with pytest.raises(NoNewLabels):
        new_run(project)


def test_a_quick_run_reports_what_its_weak_labels_were_worth(project, tmp_path):
    """The whole of it, with the real backbone: eighty pictures, exported, embedded, trained and judged."""
    truth = (np.arange(80) % 3 == 0).astype(np.int64)
    samples = make_pool(project, size=80)
    for row, sample in enumerate(samples):
        sample.address = picture(tmp_path / sample.name, row, bright=bool(truth[row])).as_uri()
        sample.role = Sample.Role.GOLD if row < 20 else Sample.Role.POOL
    Sample.objects.bulk_update(samples, ["address", "role"])
    settle(project, samples[:35], truth)
    source(project, samples, often_right(truth, 0.9))
    score.export_pretrained(job(project, Job.Kind.EXPORT_BACKBONE, name="efficientnet-lite0"))
    backbone, (shard,) = Backbone.objects.get(), project.shards.all()
    score.embed_shard(job(project, Job.Kind.EMBED_SHARD, backbone_id=backbone.pk, shard_id=shard.pk))
    run = new_run(project)
    train.train_and_judge(job(project, Job.Kind.TRAIN_HEAD, run_id=run.pk))
    run.refresh_from_db()
    stage = run.report["weak_stage"]
    assert (run.state, stage["samples"], stage["sources"]) == ("done", 45, ["Scribbles"])
    assert stage["with"].keys() == stage["without"].keys() == {"value", "low", "high"}
    difference = stage["with"]["value"] - stage["without"]["value"]
    assert stage["cost_difference"]["value"] == pytest.approx(difference, abs=1e-9)
    assert stage["with"] == run.model.evaluation.metrics["expected_cost"]
    assert artifacts.exists(stage["address"])


def picture(path: Path, number: int, *, bright: bool) -> Path:
    pixels = np.random.default_rng(number).integers(0, 120, (64, 64, 3), np.uint8)
    if bright:
        pixels[20:44, 20:44] = 200
    Image.fromarray(pixels).save(path)
    return path


def test_a_hundred_thousand_labels_are_stored_and_weighed(project):
    """In bounded time: what is slow here would hold a worker for many minutes at a million."""
    samples = make_pool(project, size=20_000)
    truth = (np.random.default_rng(1).random(20_000) < 0.1).astype(np.int64)
    began = time.process_time()
    for number in range(5):
        source(project, samples, often_right(truth, 0.8, seed=number), name=f"Source {number}")
    assert WeakLabel.objects.count() == 100_000
    weighed = weigh(project)
    right = (weighed.combined.posterior.argmax(axis=1) == truth).mean()
    assert right > 0.92
    assert time.process_time() - began < 60


def test_sources_are_judged_anew_when_experts_say_more_but_not_at_every_word(project, samples, truth):
    source(project, samples, often_right(truth, 0.85))
    weighing = Job.objects.filter(kind=Job.Kind.WEIGH_WEAK_LABELS)
    for item, expected in zip(queue(project, samples[-2:]), (True, False), strict=True):
        weighing.delete()
        hear(item, "good")
        assert weighing.exists() is expected
        weigh_now(project)
    new_run(project)
    assert weighing.exists()


def function(project, code) -> WeakSource:
    kind, how = WeakSource.Kind.FUNCTION, {"code": code}
    return put_source(project=project, kind=kind, name="Rule", claimed_accuracy=0.8, how=how, by=None)


def work(project, kind) -> Job:
    """What a worker does with the newest job of that kind."""
    job = Job.objects.filter(project_id=project.pk, kind=kind).latest("pk")
    run_job.apply(kwargs={"job_id": job.pk})
    return Job.objects.get(pk=job.pk)


def test_a_source_that_cannot_be_run_fails_with_the_line_and_keeps_what_it_said_before(project):
    make_pool(project, size=5)
    source = function(project, "def label(sample):\n    return 'good'\n")
    assert work(project, Job.Kind.APPLY_WEAK_SOURCE).state == "done"
    assert work(project, Job.Kind.WEIGH_WEAK_LABELS).state == "done"
    assert WeakSummary.objects.get().body["samples"] == 5
    function(project, "def label(sample):\n    return 'good\n")
    assert work(project, Job.Kind.APPLY_WEAK_SOURCE).state == "failed"
    source.refresh_from_db()
    assert (source.state, source.labeled, source.labels.count()) == ("failed", 5, 5)
    assert source.error.startswith("Line 2: SyntaxError")
