"""The one Celery task: take a job, do what its kind says, end it.

What a failure means is decided here once. Something outside that does not answer: later, without counting. Bad input
or a refusal: the end, with its sentence. Anything else may be a passing fault: tried again until the attempts are used
up, so that a poison job stops.
"""

import os
import signal
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from celery import Task
from celery.signals import worker_process_init
from django.utils.module_loading import import_string

from heedful.conf.broker import app
from heedful.core.errors import HeedfulError, LeaseLost
from heedful.jobs import services as jobs
from heedful.jobs.models import Job
from heedful.labeling.label_studio.errors import LabelStudioUnavailable
from heedful.triggers.endings import fail_job
from heedful.triggers.loop import request_advance
from ml.errors import MLError
from workers.running import RunningJob, kept_alive

log = structlog.get_logger(__name__)

# By name, and loaded when first needed: only the workers that compute pay for loading PyTorch, after their fork.
TASKS: Mapping[str, str] = {
    Job.Kind.IMPORT_SOURCE: "workers.tasks.pool.import_pictures",
    Job.Kind.EXPORT_BACKBONE: "workers.tasks.score.export_pretrained",
    Job.Kind.EMBED_SHARD: "workers.tasks.score.embed_shard",
    Job.Kind.SCORE_SHARD: "workers.tasks.score.score_shard",
    Job.Kind.FILL_ROUND: "workers.tasks.score.fill",
    Job.Kind.EXPLAIN_ROUND: "workers.tasks.explain.explain_round",
    Job.Kind.SEND_ROUND: "workers.tasks.sync.send",
    Job.Kind.RERANK_ROUND: "workers.tasks.rerank.rank_again",
    Job.Kind.PROCESS_INBOX: "workers.tasks.sync.take_in_answers",
    Job.Kind.RECONCILE: "workers.tasks.sync.compare",
    Job.Kind.CONSENSUS: "workers.tasks.consensus.weigh_answers",
    Job.Kind.FORECAST: "workers.tasks.forecast.forecast",
    Job.Kind.MEASURE_DRIFT: "workers.tasks.drift.measure_import",
    Job.Kind.MEASURE_GOLD: "workers.tasks.drift.measure_gold",
    Job.Kind.FINE_TUNE: "workers.tasks.fine_tune.fine_tune_backbone",
    Job.Kind.TRAIN_HEAD: "workers.tasks.train.train_and_judge",
    Job.Kind.SHRINK_MODEL: "workers.tasks.shrink.make_smaller",
    Job.Kind.COMPARE_BACKBONES: "workers.tasks.compare.compare_backbones",
    Job.Kind.PREVIEW_AUGMENTATION: "workers.tasks.augment.draw_preview",
    Job.Kind.CHECK_BACKBONE: "workers.tasks.own_backbone.check_backbone",
    Job.Kind.INSPECT: "workers.tasks.inspect.inspect_pictures",
    Job.Kind.MEASURE_TRUST: "workers.tasks.trust.measure_trust",
    Job.Kind.FIND_ERRORS: "workers.tasks.find_errors.find_errors",
    Job.Kind.COMPARE_VERSIONS: "workers.tasks.versions.compare_versions",
    Job.Kind.MEASURE_ROBUSTNESS: "workers.tasks.robustness.measure_robustness",
    Job.Kind.PROJECT_POOL: "workers.tasks.project_pool.project_pool",
    Job.Kind.MEASURE_ATTENTION: "workers.tasks.attention.measure_attention",
    Job.Kind.ADVANCE: "workers.tasks.sync.take_next_step",
    Job.Kind.APPLY_WEAK_SOURCE: "workers.tasks.weak.apply",
    Job.Kind.WEIGH_WEAK_LABELS: "workers.tasks.weak.weigh",
    Job.Kind.SEND_NOTIFICATIONS: "workers.tasks.notify.send",
}


@worker_process_init.connect
def _share_the_cores(**_: Any) -> None:
    # A child that is told to stop by its parent must not wait for a terminal's Ctrl-C as well.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class JobTask(Task):  # type: ignore[type-arg]
    """Celery reports every error here, which is the one place that has to handle any."""

    # Refusals, and things outside that do not answer: worth a line each, not Celery's traceback.
    throws = (HeedfulError, MLError)

    def on_failure(self, exc: Exception, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        job: Job = self.request.get("job")
        log.warning("job_broke_off", job_id=job.pk, kind=job.kind, attempt=job.attempt, error=_last_line(exc))
        if isinstance(exc, LeaseLost):
            pass  # The job is another attempt's by now, or cancelled.
        elif isinstance(exc, LabelStudioUnavailable):
            jobs.postpone(job, error=exc.message)
        elif isinstance(exc, HeedfulError | MLError):
            fail_job(job, error=str(exc))
        elif job.attempt >= Job.MAX_ATTEMPTS:
            fail_job(job, error=_last_line(exc))
        else:
            jobs.try_later(job, error=_last_line(exc))
        request_advance(job.project_id)


@app.task(name=jobs.TASK_NAME, base=JobTask, bind=True)
def run_job(self: JobTask, *, job_id: int) -> None:
    job = jobs.claim(job_id)
    if job is None:
        return
    self.request.update(job=job)
    if job.attempt > Job.MAX_ATTEMPTS:
        fail_job(job, error=job.error or f"The worker died in each of {Job.MAX_ATTEMPTS} attempts.")
        return
    structlog.contextvars.bind_contextvars(job_id=job.pk, kind=job.kind, process=os.getpid())
    running = RunningJob(job)
    with kept_alive(running):
        task: Callable[[RunningJob], None] = import_string(TASKS[job.kind])
        task(running)
    jobs.finish(job)
    if job.kind != Job.Kind.ADVANCE:
        request_advance(job.project_id)


def _last_line(error: Exception) -> str:
    return traceback.format_exception_only(error)[-1].strip()
