"""Something happens, and what is due is sent."""

from collections.abc import Callable
from datetime import datetime

from heedful.notifications.deliveries import send_deliveries
from heedful.notifications.mail import send_mails
from heedful.notifications.models import Notification
from heedful.notifications.services import notify
from heedful.projects.models import Project

KIND = Notification.Kind


def tell(project: Project, kind: Notification.Kind = KIND.ANNOTATOR_PAUSED, **details: str) -> Notification:
    return notify(project_id=project.pk, kind=kind, **{"sentence": "Ann is paused.", **details})


def post_what_is_due(project: Project, clock: Callable[[], datetime]) -> None:
    send_deliveries(project_id=project.pk, on_progress=lambda done, total: None, clock=clock)


def mail_what_is_due(project: Project, clock: Callable[[], datetime]) -> None:
    send_mails(project_id=project.pk, on_progress=lambda done, total: None, clock=clock)
