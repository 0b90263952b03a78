"""What happens by the clock. Every tick is safe to miss and safe to double."""

from heedful.conf.broker import app
from heedful.jobs import services as jobs
from heedful.labeling.inbox import request_reconciling
from heedful.labeling.models import LabelStudioProject
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
    for project_id in LabelStudioProject.objects.values_list("project_id", flat=True):
        request_reconciling(project_id)
