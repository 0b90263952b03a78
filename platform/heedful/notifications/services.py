"""Telling people what happened, and what they have read."""

from datetime import datetime

from django.db import transaction

from heedful.accounts.models import User
from heedful.core.errors import NotFound
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.notifications.models import Delivery, Mail, Notification, WebhookEndpoint
from heedful.notifications.recipients import mail_readers, shown_to


@transaction.atomic
def notify(*, project_id: int, kind: Notification.Kind, sentence: str, path: str = "", key: str = "") -> Notification:
    """Tell those concerned, in the page, by e-mail and by webhook; with a `key` the same thing is told once.

    `path` is the page to open, as the browser shows it (`/projects/3/queue`); the project's own if not given. Call it
    in the transaction of what happened, so that both are kept or neither. `sentence` leaves Heedful: no secrets, and
    nothing that a stranger's program said.
    """
    new = {"sentence": sentence, "path": path or f"/projects/{project_id}"}
    if key:
        notification, created = Notification.objects.get_or_create(
            project_id=project_id, kind=kind, key=key, defaults=new
        )
        if not created:
            return notification
    else:
        notification = Notification.objects.create(project_id=project_id, kind=kind, **new)
    _hand_over(notification)
    return notification


def _hand_over(notification: Notification) -> None:
    """To those who want it outside the page."""
    readers = mail_readers(notification)
    mails = Mail.objects.bulk_create(Mail(notification=notification, user=user) for user in readers)
    endpoints = WebhookEndpoint.objects.filter(project_id=notification.project_id, enabled=True)
    deliveries = Delivery.objects.bulk_create(
        Delivery(notification=notification, endpoint=one) for one in endpoints if notification.kind in one.kinds
    )
    if mails or deliveries:
        request_sending(notification.project_id)


def request_sending(project_id: int) -> None:
    """Have a worker send what is due."""
    enqueue(Job.Kind.SEND_NOTIFICATIONS, key=str(project_id), project_id=project_id)


def request_what_is_due(*, now: datetime) -> None:
    """What is to be tried again, and what a lost job left behind."""
    projects = {
        *Mail.objects.due(now).values_list("notification__project_id", flat=True).distinct(),
        *Delivery.objects.due(now).values_list("endpoint__project_id", flat=True).distinct(),
    }
    for project_id in sorted(projects):
        request_sending(project_id)


def mark_read(*, user: User, project_id: int, notification_id: int) -> None:
    """Raises NotFound for what this person does not see."""
    notification = shown_to(user, project_id).filter(pk=notification_id).first()
    if notification is None:
        raise NotFound(f"There is no notification {notification_id} for you in this project.")
    notification.read_by.add(user)


def mark_all_read(*, user: User, project_id: int) -> None:
    unread = shown_to(user, project_id).exclude(read_by=user)
    mark = Notification.read_by.through
    mark.objects.bulk_create(
        (mark(user_id=user.pk, notification_id=pk) for pk in unread.values_list("pk", flat=True)),
        ignore_conflicts=True,
    )
