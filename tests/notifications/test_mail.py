"""Mail: plain text with the way back, sent until the mail server takes it."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from heedful.notifications.models import Mail
from heedful.notifications.sending import begin
from tests.notifications.telling import KIND, mail_what_is_due, tell


class BrokenServer(EmailBackend):
    """A mail server that fails, once for each of `faults`."""

    faults: list[OSError] = []

    def send_messages(self, messages):
        if self.faults:
            raise self.faults.pop(0)
        return super().send_messages(messages)


@pytest.fixture
def faults(settings) -> list[OSError]:
    settings.EMAIL_BACKEND = f"{__name__}.BrokenServer"
    BrokenServer.faults = []
    return BrokenServer.faults


def test_a_mail_says_what_happened_and_leads_back(project, owner, clock, settings):
    settings.HEEDFUL_PUBLIC_URL = "https://heedful.example.com"
    tell(project, path=f"/projects/{project.pk}/queue")
    mail_what_is_due(project, clock)
    (sent,) = mail.outbox
    assert sent.to == [owner.email]
    assert sent.subject == "[Cells] Annotator paused"
    assert sent.body.startswith(f"Ann is paused.\n\nhttps://heedful.example.com/projects/{project.pk}/queue\n")
    assert f"https://heedful.example.com/projects/{project.pk}/notifications" in sent.body
    assert sent.content_subtype == "plain"


def test_a_name_with_a_line_break_does_not_break_the_mail(project, clock):
    project.name = "Cells\nBcc: everybody@example.com"
    project.save()
    tell(project)
    mail_what_is_due(project, clock)
    assert mail.outbox[0].subject == "[Cells Bcc: everybody@example.com] Annotator paused"


def test_a_mail_is_sent_once(project, clock):
    tell(project)
    mail_what_is_due(project, clock)
    mail_what_is_due(project, clock)
    assert len(mail.outbox) == 1
    assert Mail.objects.get().state == "sent"


def test_a_server_that_is_away_is_left_alone_and_then_asked_again(project, clock, faults):
    faults.append(smtplib.SMTPServerDisconnected("gone"))
    tell(project)
    tell(project)
    mail_what_is_due(project, clock)
    assert mail.outbox == []
    clock.move(timedelta(minutes=2))
    mail_what_is_due(project, clock)
    assert len(mail.outbox) == 2
    assert set(Mail.objects.values_list("state", "error")) == {("sent", "")}


def test_an_address_that_is_refused_holds_nobody_up(project, viewer, clock, faults):
    viewer.memberships.update(role="manager")
    faults.append(smtplib.SMTPRecipientsRefused({"owner@example.com": (550, b"no such user")}))
    tell(project)
    mail_what_is_due(project, clock)
    assert [one.to for one in mail.outbox] == [[viewer.email]]
    assert "550" in Mail.objects.get(state="waiting").error


def test_a_mail_nobody_takes_is_given_up(project, clock, faults):
    tell(project)
    faults.extend(ConnectionRefusedError("down") for _ in range(20))
    for _ in range(20):
        mail_what_is_due(project, clock)
        clock.move(timedelta(days=3))
    assert Mail.objects.values_list("state", "attempt").get() == ("failed", 9)


def test_a_worker_that_dies_loses_no_mail_and_its_copy_has_the_same_id(project, clock):
    tell(project)
    dead = Mail.objects.get()
    assert begin(dead, clock())
    mail_what_is_due(project, clock)
    assert mail.outbox == []
    clock.move(timedelta(minutes=2))
    mail_what_is_due(project, clock)
    Mail.objects.update(state="waiting", next_try_at=clock())
    mail_what_is_due(project, clock)
    assert len(mail.outbox) == 2
    assert len({one.extra_headers["Message-ID"] for one in mail.outbox}) == 1


def test_who_left_the_project_gets_no_more_mail(project, owner, clock):
    tell(project, kind=KIND.UNKNOWN_ANNOTATOR)
    owner.memberships.all().delete()
    mail_what_is_due(project, clock)
    assert mail.outbox == []
