"""Where people find our projects and tasks in Label Studio. Apart from the outbox, so that the web server need not load
the SDK to show a link."""

from django.conf import settings

from heedful.labeling.models import LabelingTask
from heedful.projects.models import Project


def project_url(project: Project) -> str | None:
    mirror = getattr(project, "label_studio", None)
    if mirror is None or mirror.external_id is None:
        return None
    return f"{settings.LABEL_STUDIO_URL.rstrip('/')}/projects/{mirror.external_id}"


def task_url(project: Project, task: LabelingTask | None) -> str | None:
    """The page on which a person labels this one task."""
    base = project_url(project)
    if base is None or task is None or task.external_id is None or task.retired_at:
        return None
    return f"{base}/data?task={task.external_id}"
