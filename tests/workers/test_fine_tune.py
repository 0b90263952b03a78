"""A deep run whose worker dies goes on where it stood; cheap labels come first where they pay."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import torch
from django.utils import timezone

from heedful.acquisition.models import QueryRound
from heedful.core import artifacts
from heedful.jobs import services as jobs
from heedful.jobs.models import Job
from heedful.pool.models import Sample
from heedful.projects.augmentation import change_augmentation
from heedful.projects.models import Project
from heedful.quality.services import read_snapshot
from heedful.registry.models import Backbone, TrainingRun
from heedful.registry.services import start_run
from ml.backbones.catalogue import BACKBONES
from ml.training.augmentation import candidates
from tests.factories import hear, make_pool, queue
from tests.workers.deep import CLASSES, GOLD, SIZE, pictures, register
from workers.backbones import load_module, store_backbone
from workers.runner import run_job
from workers.running import RunningJob
from workers.tasks.fine_tune import fine_tune_backbone

ROOT = Path(__file__).parents[2]
# The thread that keeps a lease, and the worker that is killed, look at the same database.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deep(project, tmp_path, settings, monkeypatch) -> Project:
    """Pictures labeled by experts, gold among them; a checkpoint after each step."""
    monkeypatch.setitem(BACKBONES, "small", None)
    register()
    settings.ARTIFACT_ROOT = f"file://{tmp_path / 'artifacts'}"
    settings.CHECKPOINT_SECONDS = 0.0
    paths, positions = pictures(tmp_path / "pictures")
    samples = make_pool(project, size=SIZE)
    for sample, path, place in zip(samples, paths, range(SIZE), strict=True):
        sample.address, sample.role = path.as_uri(), Sample.Role.GOLD if place < GOLD else Sample.Role.POOL
    Sample.objects.bulk_update(samples, ["address", "role"])
    for item in queue(project, samples[:GOLD], QueryRound.Kind.GOLD):
        hear(item, CLASSES[positions[samples.index(item.sample)]])
    Project.objects.filter(pk=project.pk).update(backbone="small")
    project.refresh_from_db()
    store_backbone(spec=BACKBONES["small"], name="small", module=BACKBONES["small"].build(), run=None)
    return project


def labeled(project: Project, *, cheap: int = 0) -> None:
    """The pool's pictures, as they are, by an expert; the last of them by a weak annotator."""
    samples = list(project.samples.filter(role=Sample.Role.POOL).order_by("pk"))
    items = queue(project, samples)
    for place, item in enumerate(items):
        truth = CLASSES[int(item.sample.name.removesuffix(".png")) % 3 == 0]
        weak = place >= len(items) - cheap
        hear(item, truth, tier="weak" if weak else "expert", person=11 if weak else 1)


def deep_job(project: Project) -> tuple[TrainingRun, Job]:
    run = start_run(project_id=project.pk, kind=TrainingRun.Kind.DEEP, reason="by hand")
    return run, Job.objects.get(kind=Job.Kind.FINE_TUNE)


def again(job: Job) -> TrainingRun:
    """The lease of a dead worker runs out, and another takes the job's message."""
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(lease_until=timezone.now() - timedelta(seconds=1))
    run_job.apply(kwargs={"job_id": job.pk})
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    return TrainingRun.objects.get(pk=job.arguments["run_id"])


def learned(run: TrainingRun) -> list[torch.Tensor]:
    return list(load_module(Backbone.objects.get(run=run)).state_dict().values())


def from_scratch(run: TrainingRun, job: Job) -> list[torch.Tensor]:
    """What the run learns when nothing kills it."""
    Backbone.objects.filter(run=run).delete()
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, lease_until=Job.new_lease())
    fine_tune_backbone(RunningJob(Job.objects.get(pk=job.pk)))
    run.refresh_from_db()
    assert run.report["fine_tuning"]["resumed"] == 0
    return learned(run)


def checkpoints(job: Job) -> list[Path]:
    folder = Path(artifacts.url("checkpoints", str(job.project_id)).removeprefix("file://"))
    return sorted(folder.glob("*.pt"))


def test_a_worker_killed_in_the_middle_is_followed_by_one_that_ends_the_same(deep, settings):
    labeled(deep)
    run, job = deep_job(deep)
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{settings.DATABASES['default']['NAME']}",
        "HEEDFUL_HOME": str(settings.HEEDFUL_HOME),
        "HEEDFUL_ARTIFACT_ROOT": settings.ARTIFACT_ROOT,
        "HEEDFUL_CHECKPOINT_SECONDS": "0",
        "DJANGO_SETTINGS_MODULE": "heedful.conf.settings",
        "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}",
    }
    command = [sys.executable, "-m", "tests.workers.deep", str(job.pk)]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE) as worker:
        for _ in range(9):
            worker.stdout.readline()
        worker.send_signal(signal.SIGKILL)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (Job.State.RUNNING, 1)
    assert len(checkpoints(job)) == 1

    run = again(job)
    assert job.attempt == 2
    assert run.report["fine_tuning"]["resumed"] == 1
    assert checkpoints(job) == []
    resumed = learned(run)
    assert all(torch.equal(a, b) for a, b in zip(resumed, from_scratch(run, job), strict=True))


class Dying(RunningJob):
    """Breaks off a few steps after so many courses have left a checkpoint."""

    def __init__(self, job: Job, *, courses: int) -> None:
        super().__init__(job)
        self.courses, self.left = courses, 3

    def progress(self, done: int, total: int, unit: str = "") -> None:
        self.left -= len(checkpoints(self.job)) >= self.courses
        if self.left < 0:
            raise KeyboardInterrupt


def test_both_courses_survive_a_kill_and_the_report_says_what_cheap_labels_were_worth(deep):
    labeled(deep, cheap=24)
    run, job = deep_job(deep)
    assert [one.cheap for one in read_snapshot(run.snapshot)] == [False] * 24 + [True] * 24
    with pytest.raises(KeyboardInterrupt):
        fine_tune_backbone(Dying(jobs.claim(job.pk), courses=3))
    run = again(job)
    assert checkpoints(job) == []
    worth = run.report["cheap_labels"]
    assert (worth["labels"], worth["sources"]) == (24, ["cheaper tiers"])
    assert worth["expected_cost"][worth["way"]]["value"] == pytest.approx(worth["with"]["value"])
    losses = worth["held_out_loss"]
    assert worth["kept"] == (losses[worth["way"]] < losses["experts"])
    assert losses[worth["way"]] == min(losses["cheap, then experts"], losses["both at once"])
    assert worth["with"]["low"] <= worth["with"]["value"] <= worth["with"]["high"]
    assert worth["cost_difference"]["value"] == pytest.approx(worth["with"]["value"] - worth["without"]["value"])
    resumed, held_out = learned(run), worth["held_out_loss"]
    assert all(torch.equal(a, b) for a, b in zip(resumed, from_scratch(run, job), strict=True))
    assert run.report["cheap_labels"]["held_out_loss"] == held_out


def test_several_processes_learn_together_and_leave_their_checkpoint_to_the_next(deep, settings):
    settings.TRAINING_PROCESSES = 2
    labeled(deep)
    _, job = deep_job(deep)
    with pytest.raises(KeyboardInterrupt):
        fine_tune_backbone(Dying(jobs.claim(job.pk), courses=1))
    report = again(job).report["fine_tuning"]
    assert (report["processes"], report["resumed"]) == (2, 1)
    assert checkpoints(job) == []


def test_a_run_that_cannot_succeed_leaves_no_checkpoint(deep):
    labeled(deep)
    run, job = deep_job(deep)
    with pytest.raises(KeyboardInterrupt):
        fine_tune_backbone(Dying(jobs.claim(job.pk), courses=1))
    assert len(checkpoints(job)) == 1
    address = read_snapshot(run.snapshot)[4].address
    Path(address.removeprefix("file://")).write_bytes(b"not a picture")
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    run_job.apply(kwargs={"job_id": job.pk})
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "Picture 5 of 48 cannot be learned from." in job.error
    run.refresh_from_db()
    assert run.state == TrainingRun.State.FAILED
    assert checkpoints(job) == []


def test_a_search_goes_on_after_a_kill_and_says_what_it_tried_and_found(deep, monkeypatch):
    """Three groups of the rarer class are held out, which is too few but for here."""
    monkeypatch.setattr("workers.augmenting.LEAST_HELD_OUT", 2)
    options = {"mode": "searched", "allowed": ["mirror"], "transforms": [], "strength": 0.5}
    change_augmentation(project=deep, options=options, by=None)
    labeled(deep)
    run, job = deep_job(deep)
    assert run.terms["augmentation"] == options
    with pytest.raises(KeyboardInterrupt):
        fine_tune_backbone(Dying(jobs.claim(job.pk), courses=3))
    run = again(job)
    assert checkpoints(job) == []
    found = run.report["augmentation"]
    assert [one["name"] for one in found["tried"]] == ["none", *candidates(["mirror"])]
    none, *tried = found["tried"]
    for one in tried:
        difference = one["difference"]
        assert difference["value"] == pytest.approx(one["held_out_loss"] - none["held_out_loss"])
        assert difference["low"] <= difference["value"] <= difference["high"]
    best = min(tried, key=lambda one: one["held_out_loss"])
    assert found["kept"] == (best["name"] if best["probability_better"] >= 1 - 0.05 / 3 else "none")
    kept = next(one for one in found["tried"] if one["name"] == found["kept"])
    assert run.report["fine_tuning"]["held_out_loss"] == kept["held_out_loss"]
    assert run.config["fine_tuning"]["augmentation"]["transforms"] == kept["transforms"]


def test_a_policy_that_was_chosen_is_learned_from_and_too_few_labels_are_not_searched_by(deep):
    options = {"mode": "fixed", "allowed": ["mirror"], "transforms": ["mirror"], "strength": 1.0}
    change_augmentation(project=deep, options=options, by=None)
    labeled(deep)
    run, job = deep_job(deep)
    found = again(job).report["augmentation"]
    assert (found["kept"], [one["transforms"] for one in found["tried"]]) == ("fixed", [["mirror"]])

    TrainingRun.objects.filter(pk=run.pk).update(terms={"augmentation": {**options, "mode": "searched"}})
    run.refresh_from_db()
    from_scratch(run, job)
    found = run.report["augmentation"]
    assert (found["kept"], len(found["tried"])) == ("none", 1)
    assert found["reason"].startswith("Fewer than 5 groups of a class were held out")
