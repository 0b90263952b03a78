"""Where people find our projects and tasks in Label Studio. Apart from the outbox, so that the web server need not load
the SDK to show a link."""

import httpx
from django.conf import settings

from heedful.labeling.models import LabelingTask, LabelStudioProject
from heedful.projects.models import Tier


def queue_url(tier: Tier) -> str | None:
    """The tier's queue in Label Studio, once it is there."""
    mirror: LabelStudioProject | None = getattr(tier, "label_studio", None)
    if mirror is None or mirror.external_id is None:
        return None
    return f"{settings.LABEL_STUDIO_URL.rstrip('/')}/projects/{mirror.external_id}"


def task_url(task: LabelingTask | None) -> str | None:
    """The page on which a person labels this one task."""
    if task is None or task.external_id is None or task.retired_at:
        return None
    base = queue_url(task.item.tier)
    return f"{base}/data?task={task.external_id}" if base else None


def sign_up_url() -> str | None:
    """Where somebody new gets their account in Label Studio; None while it does not answer."""
    headers = {"Authorization": f"Token {settings.LABEL_STUDIO_TOKEN}"}
    try:
        answer = httpx.get(f"{settings.LABEL_STUDIO_INTERNAL_URL}/api/invite", headers=headers, timeout=5)
        path = answer.raise_for_status().json()["invite_url"]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError):
        return None
    return f"{settings.LABEL_STUDIO_URL.rstrip('/')}{path}"
