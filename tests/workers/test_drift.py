"""Imports and gold measured by the real tasks, and the rules that read what they left behind."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from django.utils import timezone
from scipy.stats import binomtest

from heedful.acquisition.models import QueryRound
from heedful.core import artifacts
from heedful.jobs import services as jobs
from heedful.jobs.models import Job
from heedful.pool.artifacts import record, shard_address
from heedful.pool.models import Sample, Shard, ShardArtifact, Source
from heedful.projects.models import Project
from heedful.quality.models import Label
from heedful.quality.services import take_snapshot
from heedful.registry.models import Backbone, Evaluation, ModelVersion, TrainingRun
from heedful.triggers.endings import blocking_jobs
from heedful.triggers.loop import advance
from heedful.triggers.measuring import request_measurements
from heedful.triggers.models import DriftMeasurement, GoldMeasurement
from heedful.triggers.services import evaluate_rules, standings
from ml.heads import LinearHead
from tests.factories import hear, queue
from tests.training import rule
from workers.running import RunningJob
from workers.tasks.drift import measure_gold, measure_import

WIDTH = 16
EMBEDDINGS, SCORES = ShardArtifact.Kind.EMBEDDINGS, ShardArtifact.Kind.SCORES
TASKS = {Job.Kind.MEASURE_DRIFT: measure_import, Job.Kind.MEASURE_GOLD: measure_gold}


@pytest.fixture
def backbone(db) -> Backbone:
    return Backbone.objects.create(
        key="test-backbone", name="efficientnet-lite0", base="efficientnet-lite0", address="", checkpoint_address=""
    )


def imported(
    project: Project, backbone: Backbone, embeddings: npt.NDArray[np.float64], *, groups: int | None = None
) -> Source:
    """A source of so many samples, in a shard of its own, embedded; `groups` of them, else each its own."""
    number = project.shards.count() + 1
    source = Source.objects.create(
        project=project,
        kind=Source.Kind.FOLDER,
        name=f"import {number}",
        address="/nowhere",
        state=Source.State.DONE,
        added=len(embeddings),
        finished_at=timezone.now(),
    )
    shard = Shard.objects.create(project=project, number=number, size=len(embeddings))
    Sample.objects.bulk_create(
        Sample(
            project=project,
            source=source,
            content_hash=f"{number}-{row}",
            name=f"{row}.png",
            address="file:///nowhere",
            width=8,
            height=8,
            group=f"{number}-{row % groups if groups else row}",
            shard=shard,
            row=row,
        )
        for row in range(len(embeddings))
    )
    with artifacts.staged(shard_address(shard, EMBEDDINGS, backbone.key)) as path:
        np.save(path, embeddings.astype(np.float32))
    record(shard, EMBEDDINGS, backbone.key)
    return source


def label(project: Project, n: int) -> None:
    free = project.samples.filter(role=Sample.Role.POOL, label=None, queue_items=None).order_by("pk")
    for place, item in enumerate(queue(project, list(free[:n]))):
        hear(item, "defective" if place % 3 == 0 else "good")


def serve(project: Project, backbone: Backbone, folder: Path) -> ModelVersion:
    """A champion that learned from what is labeled: one direction of the embeddings, seen as a defect."""
    weights = np.zeros((2, WIDTH), np.float32)
    weights[1, 0] = 2.0
    LinearHead(weights, np.array([0, -1], np.float32), 1.0).save(folder / "head.npz")
    run = TrainingRun.objects.create(
        project=project,
        kind="quick",
        state="done",
        reason="by the test",
        snapshot=take_snapshot(project=project),
        seed=1,
        code_version="",
        spent=Decimal(0),
        finished_at=timezone.now(),
    )
    model = ModelVersion.objects.create(
        project=project,
        number=1,
        run=run,
        backbone=backbone,
        state=ModelVersion.State.CHAMPION,
        graph_address="",
        head_address=(folder / "head.npz").as_uri(),
        content_hash="1",
        parity=0.0,
        verdict={},
    )
    interval = {"value": 0.5, "low": 0.4, "high": 0.6}
    Evaluation.objects.create(model=model, gold_hash="", gold_size=6, metrics={"expected_cost": interval})
    return model


def stationary(rng: np.random.Generator, n: int, shift: float = 0.0) -> npt.NDArray[np.float64]:
    embeddings = rng.normal(size=(n, WIDTH))
    embeddings[:, 0] += 2 * (rng.random(n) < 0.1) + shift
    return embeddings


@pytest.fixture
def serving(project, backbone, tmp_path) -> Project:
    """A pool of 150, six of them labeled gold and forty labeled of the pool, with a champion that learned from them."""
    imported(project, backbone, stationary(np.random.default_rng(0), 150))
    gold = list(project.samples.order_by("pk")[:6])
    Sample.objects.filter(pk__in=[one.pk for one in gold]).update(role=Sample.Role.GOLD)
    for item in queue(project, gold, QueryRound.Kind.GOLD):
        hear(item, "good")
    project.budget.limit = 1000
    project.budget.save()
    label(project, 40)
    serve(project, backbone, tmp_path)
    project.rules.all().delete()
    return project


def measure(project: Project) -> int:
    """Every measurement that waits, as a worker does it."""
    waiting = Job.objects.claimable().filter(project_id=project.pk, kind__in=TASKS).order_by("pk")
    done = 0
    for pk in list(waiting.values_list("pk", flat=True)):
        job = jobs.claim(pk)
        assert job is not None
        TASKS[Job.Kind(job.kind)](RunningJob(job))
        jobs.finish(job)
        done += 1
    return done


def test_two_hundred_imports_like_the_pool_fire_no_rule_of_drift_oftener_than_it_allows(serving, backbone):
    rng = np.random.default_rng(1)
    for _ in range(200):
        imported(serving, backbone, stationary(rng, 30))
    label(serving, 1)
    rule(serving, "drift")
    rule(serving, "drift", looks_at="scores")
    request_measurements(serving)
    assert measure(serving) == 200
    tests = ("embeddings_pool", "scores_pool", "embeddings_training", "scores_training")
    bodies = list(DriftMeasurement.objects.values_list("body", flat=True))
    for test in tests:
        levels = np.array([body[test]["p"] for body in bodies])
        assert (levels <= 0.05 / 200).mean() <= 0.05
        assert binomtest(int((levels <= 0.05).sum()), 200, 0.05, alternative="greater").pvalue > 0.01
    assert [found.due for _, found in standings(serving)] == [False, False]
    assert evaluate_rules(serving) is None


def test_a_planted_drift_is_measured_by_the_loop_and_fires_its_rule(serving, backbone):
    rule(serving, "drift", run_kind="deep", looks_at="embeddings", against="pool")
    rule(serving, "drift", looks_at="scores", against="pool")
    imported(serving, backbone, stationary(np.random.default_rng(2), 60, shift=1.5))
    label(serving, 1)
    for shard in serving.shards.all():
        record(shard, SCORES, serving.models.get().producer)
    advance(project_id=serving.pk)
    assert Job.objects.filter(kind=Job.Kind.MEASURE_DRIFT).count() == 1
    measure(serving)
    assert [found.due for _, found in standings(serving)] == [True, True]
    serving.rounds.update(state=QueryRound.State.CLOSED)
    assert advance(project_id=serving.pk) == "training_due"
    run = serving.runs.get(state="waiting")
    assert (run.kind, run.reason.split(" has")[0]) == ("deep", "“import 2”")


def test_an_import_is_measured_once_and_what_the_first_model_knew_never(serving, backbone):
    for _ in range(2):
        request_measurements(serving)
        assert measure(serving) == 0
    imported(serving, backbone, stationary(np.random.default_rng(3), 30))
    for expected in (1, 0):
        request_measurements(serving)
        assert measure(serving) == expected
    assert DriftMeasurement.objects.get().source.name == "import 2"


def test_samples_of_one_group_are_one_sample_to_the_test(serving, backbone):
    """A new panel's cells lie elsewhere, all of them together: that is one panel, and no drift of the pool."""
    imported(serving, backbone, stationary(np.random.default_rng(4), 60, shift=3.0), groups=5)
    request_measurements(serving)
    measure(serving)
    assert DriftMeasurement.objects.get().body == {
        "reason": "5 samples of groups of their own, and 110 before them; 20 of each are needed to tell a drift."
    }


def test_what_was_chosen_for_training_is_not_missed_from_the_pool(serving, backbone):
    """Nearly all that is rare has been chosen: what is left of the pool lacks it; gold, drawn by chance, does not."""
    rng = np.random.default_rng(8)
    embeddings = stationary(rng, 300)
    rare = embeddings[:, 0] > 1
    source = imported(serving, backbone, embeddings)
    samples = np.array(list(source.samples.order_by("row").values_list("pk", flat=True)))
    gold = rng.choice(samples, 100, replace=False)
    Sample.objects.filter(pk__in=gold.tolist()).update(role=Sample.Role.GOLD)
    chosen = Sample.objects.filter(pk__in=np.setdiff1d(samples[rare], gold).tolist())
    for item in queue(serving, list(chosen)):
        hear(item, "defective")
    serving.runs.update(snapshot=take_snapshot(project=serving))
    for _ in range(10):
        imported(serving, backbone, stationary(rng, 60))
    request_measurements(serving)
    measure(serving)
    bodies = [one.body for one in DriftMeasurement.objects.exclude(source=source)]
    assert min(body["scores_pool"]["p"] for body in bodies) > 0.05 / 200
    # The first few imports, before the pool has grown so large that little of it was chosen.
    assert [one.body["old"] for one in DriftMeasurement.objects.order_by("source_id")][1] == 106


def test_gold_is_measured_again_when_it_grows_and_fires_its_rule(serving):
    rule(serving, "gold", rise=0.5)
    request_measurements(serving)
    assert measure(serving) == 0
    late = list(serving.samples.filter(label=None, queue_items=None).order_by("pk")[:20])
    Sample.objects.filter(pk__in=[one.pk for one in late]).update(role=Sample.Role.GOLD)
    for item in queue(serving, late, QueryRound.Kind.GOLD):
        hear(item, "defective")
    label(serving, 1)
    request_measurements(serving)
    assert measure(serving) == 1
    measured = GoldMeasurement.objects.get()
    assert (measured.gold_size, measured.model.number) == (26, 1)
    assert measured.expected_cost["low"] <= measured.expected_cost["value"] <= measured.expected_cost["high"]
    request_measurements(serving)
    assert measure(serving) == 0
    assert "on 26 gold samples, 0.5 when promoted" in standings(serving)[0][1].words


def test_an_import_that_the_champion_has_not_seen_yet_is_measured_once_it_has(serving, backbone):
    source = imported(serving, backbone, stationary(np.random.default_rng(9), 30))
    seen = ShardArtifact.objects.filter(shard=source.samples.first().shard)
    [key] = seen.values_list("producer", flat=True)
    seen.update(producer="another backbone")
    request_measurements(serving)
    assert measure(serving) == 1
    assert not DriftMeasurement.objects.exists()
    seen.update(producer=key)
    request_measurements(serving)
    measure(serving)
    assert DriftMeasurement.objects.get().source == source


def test_a_measurement_that_failed_holds_nothing_up(serving, backbone):
    imported(serving, backbone, stationary(np.random.default_rng(5), 30))
    request_measurements(serving)
    Job.objects.update(state=Job.State.FAILED)
    assert not blocking_jobs(serving.pk).filter(kind=Job.Kind.MEASURE_DRIFT).exists()


def test_the_same_import_measures_the_same(serving, backbone):
    imported(serving, backbone, stationary(np.random.default_rng(6), 40, shift=0.2))
    bodies = []
    for _ in range(2):
        DriftMeasurement.objects.all().delete()
        request_measurements(serving)
        measure(serving)
        bodies.append(DriftMeasurement.objects.get().body)
    assert bodies[0] == bodies[1]


def test_labels_of_after_the_measurement_are_enough_for_a_drift_to_fire(serving, backbone):
    rule(serving, "drift", minimum=3)
    imported(serving, backbone, stationary(np.random.default_rng(7), 60, shift=2.0))
    Label.objects.update(settled_at=timezone.now() - timedelta(days=1))
    request_measurements(serving)
    measure(serving)
    assert evaluate_rules(serving) is None
    label(serving, 3)
    assert evaluate_rules(serving) is not None
