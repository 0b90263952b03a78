"""What happens by the clock. Every tick is safe to miss and safe to double."""

from django.utils import timezone

from heedful.acquisition import services as acquisition
from heedful.conf.broker import app
from heedful.jobs import services as jobs
from heedful.labeling.inbox import request_reconciling
from heedful.labeling.models import LabelStudioProject
from heedful.notifications.services import request_what_is_due
from heedful.projects.models import Project
from heedful.triggers.loop import request_advance

SCHEDULE = {
    "sweep": {"task": "heedful.sweep", "schedule": 2.0, "options": {"queue": "sync", "expires": 2.0}},
    "advance": {
        "task": "heedful.advance_all",
        "schedule": 15.0,
        "options": {"queue": "sync", "expires": 15.0},
    },
    "reconcile": {
        "task": "heedful.reconcile_all",
        "schedule": 20.0,
        "options": {"queue": "sync", "expires": 20.0},
    },
    "expire": {
        "task": "heedful.expire_items",
        "schedule": 60.0,
        "options": {"queue": "sync", "expires": 60.0},
    },
    "notify": {
        "task": "heedful.send_notifications",
        "schedule": 15.0,
        "options": {"queue": "sync", "expires": 15.0},
    },
}


@app.task(name="heedful.sweep")
def sweep() -> None:
    """Send again the jobs whose message was lost or whose worker died."""
    jobs.sweep()


@app.task(name="heedful.advance_all")
def advance_all() -> None:
    for project_id in Project.objects.values_list("pk", flat=True):
        request_advance(project_id)


@app.task(name="heedful.reconcile_all")
def reconcile_all() -> None:
    for project_id in LabelStudioProject.objects.values_list("tier__project_id", flat=True).distinct():
        request_reconciling(project_id)


@app.task(name="heedful.expire_items")
def expire_items() -> None:
    """Free the money of what nobody answered in time."""
    acquisition.expire_items(now=timezone.now())


@app.task(name="heedful.send_notifications")
def send_notifications() -> None:
    """Try again what was not heard, and send what a lost job left behind."""
    request_what_is_due(now=timezone.now())
