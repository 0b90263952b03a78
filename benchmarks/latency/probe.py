"""`python -m benchmarks.latency.probe LABELS FIRINGS`, in the environment of a running stack: one line of JSON."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heedful.conf.settings")
django.setup()

from benchmarks.latency import labels, rounds  # noqa: E402
from heedful.demo.experts import SimulatedExperts  # noqa: E402
from heedful.demo.project import ensure_project  # noqa: E402
from heedful.projects.models import Project  # noqa: E402
from heedful.triggers.loop import request_advance  # noqa: E402


def main(count: int, firings: int) -> None:
    project, grades = ensure_project()
    request_advance(project.pk)
    one_expert = labels.one_by_one(project, grades, count)
    experts = SimulatedExperts(project, grades)
    experts.start()
    try:
        queues = rounds.until(project, firings)
    finally:
        Project.objects.filter(pk=project.pk).update(autopilot=False)
        experts.stop()
    found = {
        "label → ledger, one expert": one_expert,
        "label → ledger, three experts": labels.of_the_rest(project, count),
        "trigger → new queue": queues,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
