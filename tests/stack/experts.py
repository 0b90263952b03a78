"""The demo's simulated experts on any project, until SIGTERM: `experts.py <project id> <file of grades>`."""

import json
import signal
import sys
from pathlib import Path

import django

django.setup()

from heedful.demo.experts import SimulatedExperts  # noqa: E402
from heedful.projects.models import Project  # noqa: E402

if __name__ == "__main__":
    # Blocked in every thread, so that it waits for us.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    project = Project.objects.get(pk=int(sys.argv[1]))
    experts = SimulatedExperts(project, json.loads(Path(sys.argv[2]).read_text()))
    experts.start()
    signal.sigwait([signal.SIGTERM])
    experts.stop()
