"""A project driven as the workers drive it, in this process, until its money or its pool is used up."""

from collections.abc import Callable

from django.utils.module_loading import import_string

from heedful.acquisition import services as acquisition
from heedful.acquisition.models import QueueItem
from heedful.jobs import services as jobs
from heedful.jobs.models import Job
from heedful.triggers.loop import Step, advance
from workers.runner import TASKS
from workers.running import RunningJob

ENDS = (Step.BUDGET_EXHAUSTED, Step.POOL_EXHAUSTED, Step.PAUSED, Step.FROZEN)
# What is of no consequence where nobody looks and nobody is told.
LEFT_OUT = (
    *(Job.Kind.RECONCILE, Job.Kind.ADVANCE, Job.Kind.FORECAST, Job.Kind.SEND_NOTIFICATIONS),
    *(Job.Kind.MEASURE_ATTENTION, Job.Kind.COMPARE_VERSIONS),
)


def run_to_the_end(project_id: int, *, answer: Callable[[], None], look: Callable[[], None]) -> Step:
    """`answer` has everybody who is asked answer; `look` is called after every piece of work. How the loop ended."""
    while (step := advance(project_id=project_id)) not in ENDS:
        if step == Step.LABELING:
            answer()
        work(project_id)
        look()
    return step


def work(project_id: int) -> None:
    """Do every job that waits, and those that follow from them."""
    waiting = Job.objects.claimable().filter(project_id=project_id).exclude(kind__in=LEFT_OUT)
    while found := waiting.order_by("pk").first():
        job = jobs.claim(found.pk)
        assert job is not None
        task: Callable[[RunningJob], None] = OWN.get(job.kind) or import_string(TASKS[job.kind])
        task(RunningJob(job))
        jobs.finish(job)


def _sent(running: RunningJob) -> None:
    """Nobody looks at heatmaps here, and the people are not in Label Studio: reserved is as good as sent."""
    round_id = running.arguments["round_id"]
    reserved = QueueItem.objects.filter(round_id=round_id, state=QueueItem.State.RESERVED)
    acquisition.mark_sent(item_ids=list(reserved.values_list("pk", flat=True)))
    acquisition.round_sent(round_id=round_id)


OWN: dict[str, Callable[[RunningJob], None]] = {Job.Kind.EXPLAIN_ROUND: _sent}
