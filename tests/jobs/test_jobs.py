"""The life of a job: claimed once, fenced by its attempt, taken over from the dead, stopped when it is poison."""

from datetime import timedelta

import pytest
from django.utils import timezone

from heedful.core.errors import LeaseLost, NotRetryable
from heedful.jobs import services as jobs
from heedful.jobs.models import Job

pytestmark = pytest.mark.django_db
STATE = Job.State


def new(kind=Job.Kind.EMBED_SHARD, key="1") -> Job:
    return jobs.enqueue(kind, key=key, project_id=1, subject="a shard", shard_id=1)


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def die(job: Job) -> None:
    """The worker is gone: its lease runs out unrenewed."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_the_same_work_is_enqueued_once():
    assert new().pk == new().pk
    assert Job.objects.count() == 1


def test_a_job_is_claimed_by_one_worker_only():
    job = new()
    assert jobs.claim(job.pk) is not None
    assert jobs.claim(job.pk) is None


def test_a_dead_workers_job_is_taken_over_and_the_dead_one_may_not_write():
    zombie = jobs.claim(new().pk)
    die(zombie)
    heir = jobs.claim(zombie.pk)
    assert heir.attempt == 2
    with pytest.raises(LeaseLost):
        jobs.renew(zombie, done=5)
    with pytest.raises(LeaseLost):
        jobs.finish(zombie)
    jobs.try_later(zombie, error="late")
    assert fresh(heir).state == STATE.RUNNING
    jobs.finish(heir)
    assert fresh(heir).state == STATE.DONE


def test_looking_again_while_looking_runs_once_more():
    job = jobs.claim(new(Job.Kind.ADVANCE).pk)
    new(Job.Kind.ADVANCE)
    jobs.finish(job)
    assert fresh(job).state == STATE.QUEUED


def test_work_that_is_enqueued_while_it_runs_is_done_once():
    job = jobs.claim(new().pk)
    new()
    jobs.finish(job)
    assert fresh(job).state == STATE.DONE


def test_done_work_that_is_wanted_again_starts_afresh():
    job = jobs.claim(new().pk)
    jobs.finish(job)
    assert new().pk == job.pk
    assert (fresh(job).state, fresh(job).attempt) == (STATE.QUEUED, 0)


def test_failed_work_waits_for_a_person():
    job = jobs.claim(new().pk)
    jobs.fail(job, error="no such file")
    new()
    assert fresh(job).state == STATE.FAILED
    jobs.retry(job_id=job.pk, project_id=1)
    assert (fresh(job).state, fresh(job).error) == (STATE.QUEUED, "")


def test_live_work_is_not_retried():
    with pytest.raises(NotRetryable):
        jobs.retry(job_id=new().pk, project_id=1)


def test_an_attempt_that_failed_waits_longer_each_time():
    job = new()
    waits = []
    for _ in range(2):
        Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
        claimed = jobs.claim(job.pk)
        jobs.try_later(claimed, error="passing fault")
        waits.append(fresh(job).run_after - timezone.now())
    assert waits[0] < waits[1]


def test_something_outside_that_does_not_answer_costs_no_attempt():
    job = jobs.claim(new().pk)
    jobs.postpone(job, error="Label Studio does not answer")
    assert (fresh(job).state, fresh(job).attempt) == (STATE.QUEUED, 0)


def test_a_cancelled_job_stops_its_worker_at_the_next_report():
    job = jobs.claim(new().pk)
    jobs.cancel(job_id=job.pk, project_id=1)
    with pytest.raises(LeaseLost):
        jobs.renew(job, done=1)
    assert fresh(job).state == STATE.CANCELLED


def test_the_sweep_sends_what_no_message_speaks_of_and_nothing_else():
    never, lost, again, dead = (new(key=key) for key in ("never sent", "lost", "tried again", "dead"))
    waiting, healthy = new(key="waiting its turn"), new(key="healthy")
    Job.objects.exclude(pk=never.pk).update(sent_at=timezone.now())
    Job.objects.filter(pk=lost.pk).update(sent_at=timezone.now() - Job.LOST_AFTER)
    for job in (again, dead, healthy):
        jobs.claim(job.pk)
    jobs.try_later(fresh(again), error="passing fault")
    long_ago = timezone.now() - timedelta(seconds=30)
    Job.objects.filter(pk__in=[again.pk, dead.pk]).update(sent_at=long_ago)
    Job.objects.filter(pk=again.pk).update(run_after=timezone.now() - timedelta(seconds=1))
    die(dead)
    assert set(Job.objects.unsent()) == {never, lost, again, dead}
    assert not Job.objects.unsent().filter(pk__in=[waiting.pk, healthy.pk]).exists()


def test_housekeeping_that_failed_tries_again_by_itself():
    job = jobs.claim(new(Job.Kind.RECONCILE).pk)
    jobs.fail(job, error="refused")
    new(Job.Kind.RECONCILE)
    assert fresh(job).state == STATE.QUEUED
