"""Telling people and programs outside: what is due by e-mail and by webhook."""

from functools import partial

from heedful.notifications.deliveries import send_deliveries
from heedful.notifications.mail import send_mails
from workers.running import RunningJob


def send(running: RunningJob) -> None:
    send_mails(project_id=running.project_id, on_progress=partial(running.progress, unit="mails"))
    send_deliveries(project_id=running.project_id, on_progress=partial(running.progress, unit="webhooks"))
