"""A job while it is being worked on: its progress, and the heartbeat that keeps its lease."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from django.conf import settings
from django.db import connection

from heedful.core.errors import LeaseLost
from heedful.jobs import services as jobs
from heedful.jobs.models import Job

REPORT_SECONDS = 0.5


class RunningJob:
    """What a task is given: the job's arguments, and where to report progress."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.project_id = job.project_id
        self.arguments: dict[str, Any] = job.arguments
        self.lost = Event()
        self._reported = 0.0

    def progress(self, done: int, total: int, unit: str = "") -> None:
        """Show how far the work is, at most twice a second. Raises LeaseLost when it was cancelled or taken over."""
        if self.lost.is_set():
            raise LeaseLost(f"{self.job} is no longer ours to work on.")
        now = time.monotonic()
        if done < total and now - self._reported < REPORT_SECONDS:
            return
        self._reported = now
        jobs.renew(self.job, done=done, total=total, unit=unit)


@contextmanager
def kept_alive(running: RunningJob) -> Iterator[None]:
    """Renew the lease from a thread of its own while the block runs, however long a single step of it takes."""
    stop = Event()
    thread = Thread(target=_beat, args=(running, stop), name=f"lease-{running.job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _beat(running: RunningJob, stop: Event) -> None:
    try:
        while not stop.wait(settings.JOB_LEASE_SECONDS / 4):
            jobs.renew(running.job)
    except LeaseLost:
        running.lost.set()
    finally:
        connection.close()
