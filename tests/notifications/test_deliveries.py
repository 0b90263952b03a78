"""Webhooks: signed, tried again for days, logged, at least once with one id."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from heedful.core.errors import Conflict
from heedful.jobs import services as jobs
from heedful.jobs.models import Job
from heedful.notifications.models import Delivery, DeliveryAttempt, Sending
from heedful.notifications.sending import begin, end, pause
from heedful.notifications.services import request_what_is_due
from heedful.notifications.webhooks import add_endpoint, change_endpoint, redeliver, rotate_secret, send_test
from tests.notifications.receiver import answering
from tests.notifications.telling import KIND, mail_what_is_due, post_what_is_due, tell
from workers.runner import run_job

DAY = timedelta(days=1)


def state() -> tuple[str, int]:
    return Delivery.objects.values_list("state", "attempt").get()


def test_an_endpoint_hears_what_it_listens_to(project, endpoint, receiver, clock, settings):
    change_endpoint(endpoint=endpoint, changes={"kinds": [KIND.RUN_FINISHED]})
    tell(project)
    told = tell(project, kind=KIND.RUN_FINISHED, sentence="Version 4 is the new champion.", path="/projects/1/models")
    post_what_is_due(project, clock)
    (heard,) = receiver.heard
    delivery = Delivery.objects.get()
    assert heard.path == "/hook?of=mine"
    assert heard.said == {
        "id": str(delivery.uid),
        "kind": "run_finished",
        "project": {"id": project.pk, "name": "Cells"},
        "sentence": "Version 4 is the new champion.",
        "url": f"{settings.HEEDFUL_PUBLIC_URL}/projects/1/models",
        "at": told.at.isoformat(),
    }
    assert heard.headers["X-Heedful-Event"] == "run_finished"
    assert heard.headers["X-Heedful-Delivery"] == str(delivery.uid)
    assert heard.headers["Content-Type"] == "application/json"
    assert state() == ("sent", 1)


def test_a_worker_sends_what_was_told(project, endpoint, receiver):
    tell(project)
    job = Job.objects.get(kind=Job.Kind.SEND_NOTIFICATIONS)
    run_job.apply(kwargs={"job_id": job.pk})
    assert len(receiver.heard) == 1
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE


def test_a_disabled_endpoint_hears_nothing_and_what_waits_for_it_waits_on(project, endpoint, receiver, clock):
    tell(project)
    change_endpoint(endpoint=endpoint, changes={"enabled": False})
    tell(project)
    post_what_is_due(project, clock)
    assert receiver.heard == []
    change_endpoint(endpoint=endpoint, changes={"enabled": True})
    post_what_is_due(project, clock)
    assert len(receiver.heard) == 1


def test_a_failure_is_tried_again_until_it_is_heard(project, endpoint, receiver, clock):
    receiver.behaviours = [answering(503, b"busy"), answering(500)]
    tell(project)
    for _ in range(3):
        post_what_is_due(project, clock)
        post_what_is_due(project, clock)
        clock.move(timedelta(minutes=10))
    assert state() == ("sent", 3)
    assert [one.status for one in DeliveryAttempt.objects.all()] == [503, 500, 204]
    assert len({one.headers["X-Heedful-Delivery"] for one in receiver.heard}) == 1
    assert len({one.headers["X-Heedful-Timestamp"] for one in receiver.heard}) == 3
    assert len({one.body for one in receiver.heard}) == 1


def test_there_are_eight_retries_over_days_and_then_it_is_given_up(project, endpoint, receiver, clock):
    receiver.behaviours = [answering(500) for _ in range(20)]
    tell(project)
    moments: list[datetime] = []
    while (waiting := Delivery.objects.get()).state == Sending.State.WAITING:
        clock.now = max(clock.now, waiting.next_try_at)
        moments.append(clock.now)
        post_what_is_due(project, clock)
    assert state() == ("failed", 9)
    waits = [later - earlier for earlier, later in pairwise(moments)]
    assert all(0.9 * planned <= wait <= 1.1 * planned for wait, planned in zip(waits, Sending.PAUSES, strict=True))
    assert moments[-1] - moments[0] > 3 * DAY


def test_what_failed_together_does_not_come_back_together():
    pauses = {pause(1, salt=f"delivery {number}") for number in range(20)}
    assert len(pauses) == 20
    assert max(pauses) - min(pauses) <= 0.2 * Sending.PAUSES[0]


def test_redelivering_is_one_more_logged_attempt_of_the_same_delivery(project, endpoint, receiver, clock):
    tell(project)
    post_what_is_due(project, clock)
    redeliver(delivery=Delivery.objects.get())
    post_what_is_due(project, clock)
    assert state() == ("sent", 2)
    assert [one.number for one in DeliveryAttempt.objects.all()] == [1, 2]
    assert len({one.headers["X-Heedful-Delivery"] for one in receiver.heard}) == 1


def test_what_was_given_up_is_given_up_again_if_its_redelivery_fails(project, endpoint, receiver, clock):
    tell(project)
    Delivery.objects.update(state="failed", attempt=9)
    receiver.behaviours = [answering(500)]
    redeliver(delivery=Delivery.objects.get())
    post_what_is_due(project, clock)
    assert state() == ("failed", 10)


def test_a_test_is_sent_at_once_and_only_once(project, endpoint, receiver, clock):
    receiver.behaviours = [answering(404)]
    send_test(endpoint=endpoint)
    post_what_is_due(project, clock)
    assert receiver.heard[0].headers["X-Heedful-Event"] == receiver.heard[0].said["kind"] == "test"
    assert state() == ("failed", 1)


def test_nothing_is_asked_of_a_disabled_endpoint(project, endpoint, receiver):
    tell(project)
    change_endpoint(endpoint=endpoint, changes={"enabled": False})
    endpoint.refresh_from_db()
    with pytest.raises(Conflict):
        send_test(endpoint=endpoint)
    with pytest.raises(Conflict):
        redeliver(delivery=endpoint.deliveries.get())


def test_a_new_secret_signs_from_the_next_attempt_on(project, endpoint, receiver, clock):
    receiver.behaviours = [answering(500)]
    tell(project)
    post_what_is_due(project, clock)
    assert rotate_secret(endpoint=endpoint) != endpoint.secret
    redeliver(delivery=Delivery.objects.get())
    post_what_is_due(project, clock)
    first, second = (one.headers["X-Heedful-Signature"] for one in receiver.heard)
    assert first != second


def test_an_endpoint_that_does_not_answer_costs_one_timeout_and_holds_up_no_other(project, endpoint, receiver, clock):
    gone = add_endpoint(project_id=project.pk, url="http://127.0.0.1:9/", kinds=[KIND.ANNOTATOR_PAUSED])
    for _ in range(3):
        tell(project)
    post_what_is_due(project, clock)
    assert len(receiver.heard) == 3
    assert DeliveryAttempt.objects.filter(delivery__endpoint=gone).count() == 1
    clock.move(timedelta(minutes=1))
    assert Delivery.objects.due(clock()).filter(endpoint=gone, attempt=0).count() == 2


def test_a_worker_that_dies_in_mid_attempt_loses_nothing(project, endpoint, receiver, clock):
    tell(project)
    dead = Delivery.objects.get()
    assert begin(dead, clock())
    DeliveryAttempt.objects.create(delivery=dead, number=1, at=clock())
    post_what_is_due(project, clock)
    assert receiver.heard == []
    clock.move(timedelta(minutes=2))
    post_what_is_due(project, clock)
    assert receiver.heard[0].said["id"] == str(dead.uid)
    assert state() == ("sent", 2)
    assert [one.error for one in DeliveryAttempt.objects.all()] == [
        "The worker stopped before there was an answer.",
        "",
    ]


def test_a_doubled_message_makes_no_second_attempt(project, endpoint, receiver, clock):
    tell(project)
    one, other = Delivery.objects.get(), Delivery.objects.get()
    assert begin(one, clock())
    assert not begin(other, clock())


def test_a_late_failure_does_not_undo_what_another_worker_delivered(project, endpoint, receiver, clock):
    tell(project)
    Delivery.objects.update(attempt=8)
    zombie = Delivery.objects.get()
    begin(zombie, clock())
    clock.move(3 * DAY)
    post_what_is_due(project, clock)
    end(zombie, sent=False)
    assert state() == ("sent", 10)


def test_the_clock_finds_what_is_due_and_what_a_lost_job_left(project, endpoint, receiver, clock):
    tell(project)
    job = Job.objects.get(kind=Job.Kind.SEND_NOTIFICATIONS)
    jobs.finish(jobs.claim(job.pk))
    request_what_is_due(now=clock())
    assert Job.objects.get(pk=job.pk).state == Job.State.QUEUED
    post_what_is_due(project, clock)
    mail_what_is_due(project, clock)
    Job.objects.update(state=Job.State.DONE)
    request_what_is_due(now=clock())
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE
