"""Simulated experts: people who are not there, answering through Label Studio as people do.

Each has an account of their own in Label Studio, takes the next task that nobody has taken, and reports a believable
lead time. They disagree as real ones do: a picture graded 0.33 is called defective by a third of them. Used by the
demo only; the project says so in a banner.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from random import Random
from threading import Event, Lock, Thread

import structlog
from django.conf import settings
from django.db import connection

from heedful.acquisition.models import QueueItem
from heedful.budgets.rates import expert_tier
from heedful.demo.cells import DEFECTIVE, GOOD
from heedful.labeling.annotators import add_annotator, named
from heedful.labeling.label_studio.annotator import AnnotatorSession, sign_up
from heedful.labeling.label_studio.errors import LabelStudioRefused, LabelStudioUnavailable
from heedful.labeling.models import LabelingTask
from heedful.labeling.outbox import connect
from heedful.projects.models import Project, Tier

log = structlog.get_logger(__name__)

EXPERTS = ("ada", "grace", "katherine")
MEDIAN_SECONDS, SPREAD, LONGEST_SECONDS = 34.0, 0.35, 110.0
SKIPS = 0.01
PAUSE_SECONDS = 0.3


class SimulatedExperts:
    """Three threads that label until they are stopped."""

    def __init__(self, project: Project, grades: Mapping[str, float]) -> None:
        self._project = project
        self._grades = grades
        self._classes = {one.name: str(one.pk) for one in project.classes()}
        self._taken: dict[int, set[str]] = defaultdict(set)
        self._lock = Lock()
        self._stop = Event()
        self._threads = [Thread(target=self._work, args=(name,), name=name, daemon=True) for name in EXPERTS]

    def start(self) -> None:
        """From now on they are known to the project, so that their answers are paid."""
        experts = expert_tier(self._project.pk)
        for name in EXPERTS:
            if named(self._project.pk, _email(name)) is None:
                add_annotator(project_id=self._project.pk, email=_email(name), tier_id=experts, by=None)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self, name: str) -> None:
        rng = Random(f"{self._project.seed}-{name}")  # noqa: S311
        session = None
        while not self._stop.is_set():
            session = session or self._sign_in(name)
            task = self._next(name) if session else None
            if session is None or task is None:
                self._stop.wait(PAUSE_SECONDS)
            else:
                self._answer(name, session, task, rng)
        connection.close()

    def _sign_in(self, name: str) -> AnnotatorSession | None:
        """The expert's own session; None while Label Studio is too busy to give one."""
        url = settings.LABEL_STUDIO_INTERNAL_URL
        # Derived, so that the account can be used again after a restart.
        password = f"{name}-{settings.LABEL_STUDIO_TOKEN[:12]}"
        try:
            with self._lock:
                token = sign_up(url, connect().invite_path(), email=_email(name), password=password)
        except LabelStudioUnavailable:
            return None
        return AnnotatorSession(url, token)

    def _next(self, name: str) -> LabelingTask | None:
        """The most valuable task that waits for somebody, and that enough others have not begun."""
        with self._lock:
            waiting = LabelingTask.objects.filter(
                item__round__project=self._project,
                item__tier__kind=Tier.Kind.EXPERT,
                item__state=QueueItem.State.SENT,
                external_id__isnull=False,
            )
            for task in waiting.select_related("item__sample").order_by("item__rank"):
                takers = self._taken[task.pk]
                if name not in takers and len(takers) < task.item.answers_wanted:
                    takers.add(name)
                    return task
            return None

    def _answer(self, name: str, session: AnnotatorSession, task: LabelingTask, rng: Random) -> None:
        assert task.external_id is not None
        grade = self._grades[task.item.sample.name]
        choice = self._classes[DEFECTIVE if rng.random() < grade else GOOD]
        seconds = round(min(rng.lognormvariate(math.log(MEDIAN_SECONDS), SPREAD), LONGEST_SECONDS), 1)
        try:
            # An earlier attempt may have been taken though its reply was lost.
            if session.has_answered(task.external_id):
                return
            if rng.random() < SKIPS:
                session.skip(task.external_id, lead_time=seconds)
            else:
                session.submit(task.external_id, choice, lead_time=seconds)
        except LabelStudioUnavailable:
            self._put_back(name, task)
            self._stop.wait(1.0)
        except LabelStudioRefused as refused:
            # The task was withdrawn in the meantime, or a person took it away.
            log.info("expert_refused", task_id=task.external_id, said=refused.message)

    def _put_back(self, name: str, task: LabelingTask) -> None:
        with self._lock:
            self._taken[task.pk].discard(name)


def _email(name: str) -> str:
    return f"{name}@experts.example"
