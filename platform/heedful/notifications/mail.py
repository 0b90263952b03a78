"""Notifications by e-mail: plain text, one mail each, with the way back to the page and to its settings."""

import smtplib
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from heedful.notifications.models import Mail, MailQuerySet
from heedful.notifications.sending import Clock, Progress, begin, end, put_off

log = structlog.get_logger(__name__)

TEXT = """{sentence}

{url}

You get this as a member of {project}. Choose what you get by e-mail:
{settings_url}
"""


def send_mails(*, project_id: int, on_progress: Progress, clock: Clock = timezone.now) -> None:
    """Send what is due, the longest waiting first."""
    due = list(_due(project_id, clock).order_by("next_try_at", "pk").values_list("pk", flat=True))
    for number, pk in enumerate(due):
        on_progress(number, len(due))
        # Read again: since the list was made it may have been sent, or put off with all the others.
        mail = _due(project_id, clock).select_related("user", "notification__project").filter(pk=pk).first()
        if mail is not None and begin(mail, clock()):
            _send(mail, clock)


def _due(project_id: int, clock: Clock) -> MailQuerySet:
    return Mail.objects.due(clock()).filter(notification__project_id=project_id)


def _send(mail: Mail, clock: Clock) -> None:
    error = ""
    try:
        compose(mail).send()
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as refused:
        error = f"The mail server refused: {refused}"
    except OSError as silent:
        error = f"The mail server does not answer: {silent}"
        put_off(_due(mail.notification.project_id, clock), clock())
    if error:
        log.warning("mail_not_sent", mail_id=mail.pk, attempt=mail.attempt, error=error)
    Mail.objects.filter(pk=mail.pk).update(error=error)
    end(mail, sent=not error)


def compose(mail: Mail) -> EmailMessage:
    """The mail. A second copy, sent because a worker died, carries the same id, by which mailboxes drop it."""
    notification = mail.notification
    project = notification.project
    public = settings.HEEDFUL_PUBLIC_URL.rstrip("/")
    return EmailMessage(
        # A subject is one line.
        subject=" ".join(f"[{project}] {notification.get_kind_display()}".split()),
        body=TEXT.format(
            sentence=notification.sentence,
            url=notification.url,
            project=project,
            settings_url=f"{public}/projects/{project.pk}/notifications",
        ),
        to=[mail.user.email],
        headers={"Message-ID": f"<notification-{notification.pk}-{mail.user_id}@{urlsplit(public).hostname}>"},
    )
