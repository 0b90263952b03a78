"""Who is told what, once, and what they have read."""

import pytest

from heedful.core.errors import InvalidInput, NotFound
from heedful.jobs import services as jobs
from heedful.jobs.models import Job
from heedful.notifications.models import Delivery, Mail, Notification
from heedful.notifications.recipients import SHOWN, URGENT, choose_mail, mailed_kinds, shown_kinds, shown_to
from heedful.notifications.services import mark_all_read, mark_read
from heedful.pool.models import Source
from heedful.triggers.endings import fail_job
from tests.factories import make_project
from tests.notifications.telling import KIND, tell


def test_the_same_thing_is_told_once(project, endpoint):
    first, again = tell(project, key="ann"), tell(project, key="ann", sentence="Ann is paused again.")
    assert (again, again.sentence) == (first, "Ann is paused.")
    assert (Notification.objects.count(), Mail.objects.count(), Delivery.objects.count()) == (1, 1, 1)


def test_a_key_belongs_to_its_project_and_kind(project, owner):
    tell(project, key="1")
    tell(project, kind=KIND.DISPUTE, key="1")
    tell(make_project(owner=owner, name="Others"), key="1")
    assert Notification.objects.count() == 3


def test_without_a_key_each_is_told(project):
    assert tell(project) != tell(project)


def test_without_a_page_of_its_own_it_opens_the_projects(project, settings):
    assert tell(project).url == f"{settings.HEEDFUL_PUBLIC_URL}/projects/{project.pk}"


@pytest.mark.parametrize(
    ("role", "sees"),
    [("owner", set(KIND)), ("manager", set(KIND)), ("viewer", {"run_finished", "round_closed"}), ("annotator", set())],
)
def test_a_role_sees_what_concerns_it(project, viewer, role, sees):
    viewer.memberships.update(role=role)
    for kind in KIND:
        tell(project, kind=kind)
    assert {one.kind for one in shown_to(viewer, project.pk)} == sees


def test_a_superuser_sees_every_project(project, viewer):
    viewer.memberships.all().delete()
    viewer.is_superuser = True
    tell(project)
    assert shown_to(viewer, project.pk).count() == 1


def test_reading_is_each_persons_own(project, owner, viewer):
    seen = tell(project, kind=KIND.ROUND_CLOSED)
    mark_read(user=owner, project_id=project.pk, notification_id=seen.pk)
    assert not shown_to(owner, project.pk).exclude(read_by=owner).exists()
    assert shown_to(viewer, project.pk).exclude(read_by=viewer).get() == seen


def test_reading_all_leaves_what_one_does_not_see(project, viewer):
    told, untold = tell(project, kind=KIND.ROUND_CLOSED), tell(project)
    mark_all_read(user=viewer, project_id=project.pk)
    mark_all_read(user=viewer, project_id=project.pk)
    assert list(viewer.read_notifications.all()) == [told]
    with pytest.raises(NotFound):
        mark_read(user=viewer, project_id=project.pk, notification_id=untold.pk)


def test_what_is_urgent_is_mailed_until_somebody_chooses(project, owner, viewer):
    assert mailed_kinds(owner, project.pk) == URGENT
    assert mailed_kinds(viewer, project.pk) == set()
    choose_mail(user=owner, project_id=project.pk, kinds=[KIND.ROUND_CLOSED])
    assert mailed_kinds(owner, project.pk) == {"round_closed"}


def test_nobody_chooses_mail_of_what_they_may_not_see(project, viewer):
    with pytest.raises(InvalidInput, match="job_failed"):
        choose_mail(user=viewer, project_id=project.pk, kinds=[KIND.JOB_FAILED])


def test_who_becomes_less_gets_no_mail_of_what_they_chose_as_more(project, owner):
    choose_mail(user=owner, project_id=project.pk, kinds=list(KIND))
    owner.memberships.update(role="viewer")
    assert mailed_kinds(owner, project.pk) == SHOWN["viewer"] == shown_kinds(owner, project.pk)


def test_without_a_mail_server_nothing_waits_to_be_mailed(project, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    tell(project)
    assert not Mail.objects.exists()


def test_telling_wakes_a_worker_only_if_something_leaves_the_page(project, settings):
    tell(project, kind=KIND.ROUND_CLOSED)
    assert not Job.objects.filter(kind=Job.Kind.SEND_NOTIFICATIONS).exists()
    tell(project)
    assert Job.objects.get(kind=Job.Kind.SEND_NOTIFICATIONS).project_id == project.pk


def failing(project, kind: Job.Kind, times: int) -> None:
    source = Source.objects.create(project=project, kind=Source.Kind.FOLDER, name="x", address="/x")
    job = jobs.enqueue(kind, key="1", project_id=project.pk, subject="pictures", source_id=source.pk)
    for _ in range(times):
        claimed = jobs.claim(job.pk)
        assert claimed
        fail_job(claimed, error="password=hunter2")
        if kind in Job.HOUSEKEEPING:
            jobs.enqueue(kind, key="1", project_id=project.pk)
        else:
            jobs.retry(job_id=job.pk, project_id=project.pk)


def test_each_failure_of_a_job_is_told_without_the_words_of_the_error(project):
    failing(project, Job.Kind.IMPORT_SOURCE, times=2)
    told = list(Notification.objects.filter(kind=KIND.JOB_FAILED).values_list("sentence", flat=True))
    assert told == ["“Import pictures: pictures” failed. The jobs page says why, and tries it again."] * 2


def test_housekeeping_that_fails_all_day_is_told_once(project):
    failing(project, Job.Kind.RECONCILE, times=3)
    assert Notification.objects.filter(kind=KIND.JOB_FAILED).count() == 1
