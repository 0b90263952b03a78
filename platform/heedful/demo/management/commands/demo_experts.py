"""`manage.py demo_experts`: the demo's project and the people who answer in it. `manage.py demo` starts this."""

import json
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from heedful.acquisition.models import QueryRound
from heedful.demo.experts import SimulatedExperts
from heedful.demo.project import ensure_project
from heedful.demo.report import report
from heedful.jobs.models import Job
from heedful.labeling.models import WebhookEvent
from heedful.projects.models import Project
from heedful.triggers.loop import Step, look, request_advance

QUIET = {Step.PAUSED, Step.FROZEN, Step.BUDGET_EXHAUSTED, Step.POOL_EXHAUSTED}
POLL_SECONDS = 0.5


class Command(BaseCommand):
    help = "Answers the demo project's queue as three experts would. Use `manage.py demo`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rounds", type=int, default=0)
        parser.add_argument("--exit", action="store_true")

    def handle(self, *_: Any, **options: Any) -> None:
        project, grades = ensure_project()
        rounds: int = options["rounds"]
        Project.objects.filter(pk=project.pk).update(autopilot=not _enough(project, rounds))
        request_advance(project.pk)
        experts = SimulatedExperts(project, grades)
        experts.start()
        while not (options["exit"] and _at_rest(project, rounds)):
            if _enough(project, rounds):
                # The round that was asked for is open: no other opens after it.
                Project.objects.filter(pk=project.pk).update(autopilot=False)
            time.sleep(POLL_SECONDS)
        experts.stop()
        outcome = report(project)
        self.stdout.write(json.dumps(outcome))
        sys.exit(1 if outcome["mismatches"] else 0)


def _enough(project: Project, rounds: int) -> bool:
    return bool(rounds) and project.rounds.filter(kind=QueryRound.Kind.QUERY).count() >= rounds


def _at_rest(project: Project, rounds: int) -> bool:
    """Every round asked for is closed, and nothing is under way that could still change a number."""
    project.refresh_from_db()
    return (
        _enough(project, rounds)
        and look(project) in QUIET
        and not WebhookEvent.objects.filter(project=project, processed_at=None).exists()
        and not Job.objects.live().filter(project_id=project.pk).exclude(kind__in=Job.HOUSEKEEPING).exists()
    )
