"""What a failure means for its job, and the sets that must agree."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.module_loading import import_string

from heedful.jobs import services as jobs
from heedful.jobs.models import Job
from heedful.pool.models import Source
from heedful.pool.services import add_source
from heedful.projects.backbones import BACKBONES as SHOWN
from ml.backbones.catalogue import BACKBONES as REAL
from workers.runner import TASKS, run_job


def test_every_kind_of_job_has_a_queue_and_a_task():
    assert set(Job.Kind) == set(TASKS) == set(jobs.QUEUES)
    assert all(callable(import_string(path)) for path in TASKS.values())


def test_the_page_shows_the_backbones_there_are():
    assert SHOWN.keys() == REAL.keys()
    for name, info in SHOWN.items():
        spec = REAL[name]
        assert (info.origin, info.licence, info.size) == (spec.origin, spec.licence, spec.preprocessing.size)
        module = spec.build()
        assert info.embedding_width == spec.embedding_width == module.embedding_width
        assert info.parameters == pytest.approx(sum(one.numel() for one in module.parameters()) / 1e6, abs=0.05)


def work(job: Job) -> Job:
    """What a worker does with the job's message."""
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
    run_job.apply(kwargs={"job_id": job.pk})
    return Job.objects.get(pk=job.pk)


@pytest.fixture
def source(project, tmp_path) -> Source:
    return add_source(project=project, kind=Source.Kind.FOLDER, name="pictures", address=str(tmp_path / "pictures"))


@pytest.fixture
def job(source) -> Job:
    return Job.objects.get(kind=Job.Kind.IMPORT_SOURCE)


def test_a_job_that_works_ends_and_asks_for_the_next_step(source, job, tmp_path):
    (tmp_path / "pictures").mkdir()
    assert work(job).state == Job.State.DONE
    assert Job.objects.filter(kind=Job.Kind.ADVANCE, project_id=source.project_id).exists()


def test_bad_input_ends_the_job_at_once_with_its_sentence_and_its_source_too(source, job):
    Source.objects.filter(pk=source.pk).update(kind=Source.Kind.ZIP, address=f"file://{Path(__file__)}")
    assert work(job).state == Job.State.FAILED
    source.refresh_from_db()
    assert source.state == Source.State.FAILED
    assert "not a zip archive" in source.error


def test_a_poison_job_stops_after_three_attempts(source, job):
    # A fault that nobody foresaw: the CSV file is a folder.
    Source.objects.filter(pk=source.pk).update(kind=Source.Kind.CSV, address=str(Path(__file__).parent))
    states = [work(job).state for _ in range(Job.MAX_ATTEMPTS)]
    assert states == [Job.State.QUEUED, Job.State.QUEUED, Job.State.FAILED]
    assert "IsADirectoryError" in Job.objects.get(pk=job.pk).error


def test_a_job_that_kills_its_worker_stops_after_three_attempts(source, job):
    for _ in range(Job.MAX_ATTEMPTS):
        jobs.claim(job.pk)
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert work(job).state == Job.State.FAILED
    source.refresh_from_db()
    assert source.state == Source.State.FAILED
