"""Short work that people wait for: answers in, tasks out, and the next step of the loop."""

from heedful.budgets.limits import tell_thresholds
from heedful.labeling.inbox import process_inbox
from heedful.labeling.outbox import connect, send_round
from heedful.labeling.reconciler import reconcile
from heedful.quality.services import settle_labels
from heedful.triggers.loop import advance
from workers.running import RunningJob


def send(running: RunningJob) -> None:
    send_round(
        round_id=running.arguments["round_id"],
        client=connect(),
        on_progress=lambda done, total: running.progress(done, total, "tasks"),
    )


def take_in_answers(running: RunningJob) -> None:
    process_inbox(project_id=running.project_id, settle=settle_labels)


def compare(running: RunningJob) -> None:
    reconcile(project_id=running.project_id, client=connect(), settle=settle_labels)


def take_next_step(running: RunningJob) -> None:
    tell_thresholds(running.project_id)
    advance(project_id=running.project_id)
