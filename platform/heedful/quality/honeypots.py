"""Gold mixed unseen into the queues: annotators who fail too much of it are paused, and a manager is told."""

from collections.abc import Sequence

import structlog
from django.db import transaction

from heedful.labeling.annotators import set_state
from heedful.labeling.models import Annotator
from heedful.notifications.models import Notification
from heedful.notifications.services import notify
from heedful.projects.models import Project
from heedful.quality.checked import CheckedAnswer, checked_answers

log = structlog.get_logger(__name__)


@transaction.atomic
def pause_unreliable(*, project: Project) -> list[Annotator]:
    """Pause who is right in less than the project's bar of at least so many honeypots, and tell the managers.

    Whoever a manager has resumed is judged by what they answered since.
    """
    active = project.annotators.select_for_update().filter(state=Annotator.State.ACTIVE, tier__isnull=False)
    annotators = {annotator.pk: annotator for annotator in active}
    judged: dict[int, list[CheckedAnswer]] = {pk: [] for pk in annotators}
    for one in checked_answers(project.pk, annotator_ids=list(annotators)):
        resumed_at = annotators[one.annotator_id].resumed_at
        if one.honeypot and (resumed_at is None or one.answered_at > resumed_at):
            judged[one.annotator_id].append(one)
    failed = [annotators[pk] for pk, answers in judged.items() if _fails(project, answers)]
    for annotator in failed:
        _pause(project, annotator, judged[annotator.pk])
    return failed


def _fails(project: Project, answers: Sequence[CheckedAnswer]) -> bool:
    if not answers or len(answers) < project.honeypot_minimum:
        return False
    return sum(one.right for one in answers) / len(answers) < project.honeypot_bar


def _pause(project: Project, annotator: Annotator, answers: Sequence[CheckedAnswer]) -> None:
    right = sum(one.right for one in answers)
    set_state(project_id=project.pk, annotator_id=annotator.pk, state=Annotator.State.PAUSED, by=None)
    notify(
        project_id=project.pk,
        kind=Notification.Kind.ANNOTATOR_PAUSED,
        sentence=f"{annotator} is paused: right in {right} of {len(answers)} honeypots, "
        f"below the project's bar of {project.honeypot_bar:.0%}.",
        path=f"/projects/{project.pk}/quality",
        # Told again if they are resumed and fail again.
        key=f"{annotator.pk}:{answers[-1].annotation_id}",
    )
    log.info("annotator_paused", project_id=project.pk, annotator_id=annotator.pk, right=right, of=len(answers))
