"""Comparing ourselves with Label Studio, since its webhooks are sent once and may be lost.

Answers that changed there are applied as if their webhook had come; answers that are gone there are taken back; tasks
that are gone there are sent again; tasks that we withdrew are removed there.
"""

from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from heedful.acquisition.models import QueueItem
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.labeling.annotators import name_annotators, names_are_missing
from heedful.labeling.inbox import Settle, apply_answer, delete_answers
from heedful.labeling.label_studio.client import LabelStudio
from heedful.labeling.label_studio.project import LabelStudioProject as RemoteProject
from heedful.labeling.models import Annotation, LabelingTask, LabelStudioProject
from heedful.labeling.outbox import ensure_mirror
from heedful.projects.models import Tier

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def reconcile(*, project_id: int, client: LabelStudio, settle: Settle) -> None:
    """Bring our annotations in line with Label Studio's, and its tasks in line with our queue."""
    mirrors = LabelStudioProject.objects.filter(tier__project_id=project_id, external_id__isnull=False)
    for mirror in mirrors.select_related("tier__project"):
        # Somebody may have deleted the project or its webhook there: anybody can.
        there = client.project(ensure_mirror(tier=mirror.tier, client=client))
        _apply_changes(mirror, there, settle)
        _apply_deletions(mirror.tier, there, settle)
        _retire_withdrawn(mirror.tier, there)
        _resend_lost(mirror.tier, there)
    if names_are_missing(project_id):
        name_annotators(project_id=project_id, emails={person.id: person.email for person in client.users()})


def _apply_changes(mirror: LabelStudioProject, there: RemoteProject, settle: Settle) -> None:
    newest = since = mirror.reconciled_at or BEGINNING
    for answer in there.answers_since(since):
        apply_answer(project_id=mirror.tier.project_id, answer=answer, settle=settle)
        newest = max(newest, answer.updated_at)
    LabelStudioProject.objects.filter(pk=mirror.pk).update(reconciled_at=newest)


def _apply_deletions(tier: Tier, there: RemoteProject, settle: Settle) -> None:
    """Take back the answers that are gone while their task is still there.

    A task that is gone took its answers along without anybody saying that they were wrong: those labels stay.
    """
    standing = Annotation.objects.filter(item__tier=tier, deleted_at=None)
    ours = dict(standing.values_list("external_id", "item_id"))
    gone = ours.keys() - there.all_answer_ids().keys()
    tasks = there.present(sorted({ours[one] for one in gone}))
    delete_answers(project_id=tier.project_id, external_ids=[one for one in gone if ours[one] in tasks], settle=settle)


def _retire_withdrawn(tier: Tier, there: RemoteProject) -> None:
    withdrawn = LabelingTask.objects.filter(item__tier=tier, item__state=QueueItem.State.WITHDRAWN, retired_at=None)
    items = list(withdrawn.values_list("item_id", flat=True))
    gone = there.retire_tasks(items).gone if items else []
    withdrawn.filter(item_id__in=gone).update(retired_at=timezone.now())


def _resend_lost(tier: Tier, there: RemoteProject) -> None:
    """Tasks that somebody deleted in Label Studio, though they wait for an answer, go out again."""
    sent = QueueItem.objects.filter(tier=tier, state=QueueItem.State.SENT)
    waiting = list(sent.values_list("pk", flat=True))
    lost = sent.filter(pk__in=set(waiting) - there.present(waiting))
    with transaction.atomic():
        rounds = set(lost.values_list("round_id", flat=True))
        lost.update(state=QueueItem.State.RESERVED)
        for round_id in rounds:
            enqueue(Job.Kind.SEND_ROUND, key=str(round_id), project_id=tier.project_id, round_id=round_id)
