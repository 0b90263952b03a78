"""What goes to Label Studio: a project for each tier's queue, and a task for each queued sample.

Everything here may be cut off half-way and done again: projects and tasks are found by our own ids before any is made.
"""

from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from heedful.acquisition import services as acquisition
from heedful.acquisition.models import QueryRound, QueueItem
from heedful.core.signing import media_url
from heedful.labeling.label_studio.client import LabelStudio
from heedful.labeling.label_studio.config import ClassChoice, Shown, labeling_config, task_data
from heedful.labeling.label_studio.project import LabelStudioProject as RemoteProject
from heedful.labeling.label_studio.tasks import Suggestion, TaskOut
from heedful.labeling.label_studio.wire import chunks
from heedful.labeling.models import LabelingTask, LabelStudioProject
from heedful.projects.models import LabelClass, Tier

BATCH = 50
BLIND = "Label this one without the model's opinion: a share of the samples is shown so, to learn whether it helps."


def connect() -> LabelStudio:
    """Label Studio as the settings name it."""
    return LabelStudio(settings.LABEL_STUDIO_INTERNAL_URL, settings.LABEL_STUDIO_TOKEN)


def ensure_mirror(*, tier: Tier, client: LabelStudio) -> int:
    """The tier's queue in Label Studio, with its classes and its webhook brought up to date; its id there."""
    project = tier.project
    mirror, _ = LabelStudioProject.objects.get_or_create(tier=tier)
    classes = [ClassChoice(key=str(one.pk), name=one.name, color=one.color) for one in project.classes()]
    title = project.name if tier.kind == Tier.Kind.EXPERT else f"{project.name} · {tier}"
    external_id = client.ensure_project(str(mirror.hook), title=title, label_config=labeling_config(classes))
    client.ensure_webhook(
        external_id,
        url=f"{settings.LABEL_STUDIO_WEBHOOK_HOST.rstrip('/')}/hooks/label-studio/{mirror.hook}/",
        headers={"X-Heedful-Secret": mirror.secret},
    )
    LabelStudioProject.objects.filter(pk=mirror.pk).update(external_id=external_id)
    return external_id


def send_round(*, round_id: int, client: LabelStudio, on_progress: Callable[[int, int], None]) -> QueryRound:
    """Put every reserved item of the round before its tier, the most valuable first; again, for the rest, and for what
    was ranked again since it was sent."""
    query_round = QueryRound.objects.select_related("project").get(pk=round_id)
    classes = query_round.project.classes()
    done = query_round.size - _unsent(query_round).count()
    for tier in _tiers_of(_unsent(query_round)):
        there = client.project(ensure_mirror(tier=tier, client=client))
        for batch in chunks(_unsent(query_round).filter(tier=tier), BATCH):
            _send(batch, there, query_round, classes)
            done += len(batch)
            on_progress(done, query_round.size)
    for tier in _tiers_of(_out_of_date(query_round)):
        there = client.project(ensure_mirror(tier=tier, client=client))
        for batch in chunks(_out_of_date(query_round).filter(tier=tier), BATCH):
            _refresh(batch, there, query_round, classes)
            on_progress(done, query_round.size)
    acquisition.round_sent(round_id=round_id)
    return query_round


def _tiers_of(items: QuerySet[QueueItem]) -> QuerySet[Tier]:
    return Tier.objects.filter(queue_items__in=items).distinct().select_related("project")


def _unsent(query_round: QueryRound) -> QuerySet[QueueItem]:
    items = query_round.items.filter(state=QueueItem.State.RESERVED, explanation__isnull=False)
    return items.select_related("sample", "explanation").order_by("rank")


def _out_of_date(query_round: QueryRound) -> QuerySet[QueueItem]:
    """Sent in an earlier edition, and waiting."""
    items = query_round.items.filter(state=QueueItem.State.SENT, explanation__isnull=False, task__isnull=False)
    return items.exclude(task__edition=F("edition")).select_related("sample", "explanation").order_by("rank")


def begun(query_round: QueryRound, *, client: LabelStudio) -> set[int]:
    """The sent items of a round that somebody has begun to answer, as far as Label Studio can tell: a task that is
    only open in a browser looks like any other there. It is not asked where nothing was sent."""
    sent = query_round.items.filter(state=QueueItem.State.SENT, task__isnull=False)
    found: set[int] = set()
    for mirror in LabelStudioProject.objects.filter(tier__queue_items__in=sent, external_id__isnull=False).distinct():
        assert mirror.external_id is not None
        there = client.project(mirror.external_id)
        here = list(sent.filter(tier=mirror.tier_id).values_list("pk", flat=True))
        found |= there.present(here) - there.untouched(here)
    return found


def _send(
    items: Sequence[QueueItem], there: RemoteProject, query_round: QueryRound, classes: Sequence[LabelClass]
) -> None:
    # Cut off before it was noted, a task may be there in an earlier edition; it stays as it is until it is refreshed.
    changed = [item.pk for item in items if item.edition > 1]
    old = there.present(changed) if changed else set()
    task_ids = there.import_tasks([_task(item, query_round, classes) for item in items])
    _note_sent(task_ids, {item.pk: 1 if item.pk in old else item.edition for item in items})


def _refresh(
    items: Sequence[QueueItem], there: RemoteProject, query_round: QueryRound, classes: Sequence[LabelClass]
) -> None:
    refreshed = there.refresh_tasks([_task(item, query_round, classes) for item in items])
    for item in items:
        if item.pk in refreshed:
            LabelingTask.objects.filter(item=item).update(edition=item.edition)


def _task(item: QueueItem, query_round: QueryRound, classes: Sequence[LabelClass]) -> TaskOut:
    """What an annotator gets to see: nothing tells a honeypot from another item, and a blind one says nothing of the
    model."""
    ranked = [] if item.blind else sorted(enumerate(item.probabilities or []), key=lambda pair: -pair[1])
    shown = Shown(
        picture_url=media_url(item.sample.address),
        overlay_url=None if item.blind else media_url(item.explanation.overlay_address),
        reason=BLIND if item.blind else item.reason,
        probabilities=[(classes[index].name, probability) for index, probability in ranked],
    )
    return TaskOut(
        queue_item=item.pk,
        data=task_data(queue_item=item.pk, sample_id=str(item.sample_id), shown=shown),
        suggestion=Suggestion(
            # A round has gaps in its ranks, and ranks beyond its size, where items were left out of its plan.
            priority=1 / item.rank,
            choice=str(classes[ranked[0][0]].pk) if ranked else None,
        ),
        answers_wanted=item.answers_wanted,
    )


@transaction.atomic
def _note_sent(task_ids: Mapping[int, int], editions: Mapping[int, int]) -> None:
    for item_id, external_id in task_ids.items():
        LabelingTask.objects.update_or_create(
            item_id=item_id,
            defaults={"external_id": external_id, "edition": editions[item_id], "sent_at": timezone.now()},
        )
    acquisition.mark_sent(item_ids=list(task_ids))
