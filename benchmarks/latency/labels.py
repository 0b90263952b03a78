"""From an answer in Label Studio to its charge in the ledger."""

import time
from collections.abc import Mapping
from functools import partial

from django.conf import settings

from benchmarks.latency.waiting import wait_for
from heedful.acquisition.models import QueryRound, QueueItem
from heedful.budgets.models import LedgerEntry
from heedful.demo.cells import DEFECTIVE, GOOD
from heedful.labeling.label_studio.annotator import AnnotatorSession, sign_up
from heedful.labeling.models import LabelingTask, WebhookEvent
from heedful.labeling.outbox import connect
from heedful.projects.models import Project

Steps = Mapping[str, list[float]]
"""Seconds by what took them, one value an answer."""

SEEN_WITHIN_SECONDS, LOOK_EVERY_SECONDS = 60.0, 0.003
GOLD_WITHIN_SECONDS = 900.0
LEAD_SECONDS = 34.0
EMAIL, PASSWORD = "benchmark@experts.example", "only-for-benchmarks"
IN_ALL, LABEL_STUDIO, OURS = "answer given → charged", "Label Studio's own answer", "webhook received → charged"


def one_by_one(project: Project, grades: Mapping[str, float], count: int) -> Steps:
    """Answer `count` tasks of the gold set, each when the last one is charged."""
    tasks = _first_tasks(project, count)
    classes = {one.name: str(one.pk) for one in project.classes()}
    url = settings.LABEL_STUDIO_INTERNAL_URL
    session = AnnotatorSession(url, sign_up(url, connect().invite_path(), email=EMAIL, password=PASSWORD))
    steps: dict[str, list[float]] = {IN_ALL: [], LABEL_STUDIO: []}
    answers = []
    for task in tasks:
        assert task.external_id is not None
        choice = classes[DEFECTIVE if grades[task.item.sample.name] >= 0.5 else GOOD]
        started = time.perf_counter()
        answer = session.submit(task.external_id, choice, lead_time=LEAD_SECONDS)
        steps[LABEL_STUDIO].append(time.perf_counter() - started)
        wait_for(partial(_charged, project, answer), SEEN_WITHIN_SECONDS, LOOK_EVERY_SECONDS)
        steps[IN_ALL].append(time.perf_counter() - started)
        answers.append(answer)
    return {**steps, OURS: _after_the_webhook(project, answers)}


def of_the_rest(project: Project, first: int) -> Steps:
    """The same for the answers after the first ones, as far as our own rows know it."""
    charges = LedgerEntry.objects.filter(
        project=project, kind=LedgerEntry.Kind.CHARGE, item__round__kind=QueryRound.Kind.GOLD
    )
    answers = charges.order_by("pk").values_list("annotation__external_id", flat=True)[first:]
    return {OURS: _after_the_webhook(project, list(answers))}


def _first_tasks(project: Project, count: int) -> list[LabelingTask]:
    """Waits until the whole gold round is in Label Studio, so that nothing else goes on meanwhile."""
    items = QueueItem.objects.filter(round__project=project, round__kind=QueryRound.Kind.GOLD)
    unsent = items.filter(state=QueueItem.State.RESERVED)
    wait_for(lambda: items.exists() and not unsent.exists(), GOLD_WITHIN_SECONDS, 1.0)
    tasks = LabelingTask.objects.filter(item__in=items).select_related("item__sample").order_by("item__rank")
    return list(tasks[:count])


def _charged(project: Project, answer: int) -> bool:
    return LedgerEntry.objects.filter(
        project=project, kind=LedgerEntry.Kind.CHARGE, annotation__external_id=answer
    ).exists()


def _after_the_webhook(project: Project, answers: list[int]) -> list[float]:
    """Of answers that the reconciler found before their webhook came, nothing is said."""
    received = {
        event.payload["annotation"]["id"]: event.received_at
        for event in WebhookEvent.objects.filter(project=project, payload__action="ANNOTATION_CREATED")
    }
    charges = LedgerEntry.objects.filter(
        project=project, kind=LedgerEntry.Kind.CHARGE, annotation__external_id__in=answers
    ).select_related("annotation")
    took = []
    for charge in charges:
        assert charge.annotation is not None
        came = received.get(charge.annotation.external_id)
        if came is not None and came <= charge.at:
            took.append((charge.at - came).total_seconds())
    return took
