"""What an installation's database says of a project, as JSON: `books.py <project id>`."""

import json
import sys

import django

django.setup()

from heedful.acquisition.models import QueueItem  # noqa: E402
from heedful.demo.report import report  # noqa: E402
from heedful.jobs.models import Job  # noqa: E402
from heedful.labeling.models import Annotation, WebhookEvent  # noqa: E402
from heedful.projects.models import Project  # noqa: E402
from heedful.quality.models import Label  # noqa: E402

if __name__ == "__main__":
    project = Project.objects.get(pk=int(sys.argv[1]))
    items = QueueItem.objects.filter(round__project=project).order_by("round__number", "rank")
    labels = Label.objects.filter(sample__project=project)
    answers = Annotation.objects.filter(project=project)
    json.dump(
        {
            **report(project),
            "asked": [
                list(items.filter(round=one).values_list("sample__name", flat=True))
                for one in project.rounds.order_by("number")
            ],
            "labels": dict(labels.values_list("sample__name", "label_class__name")),
            "states": sorted(set(items.values_list("state", flat=True))),
            "without_heatmap": items.filter(explanation=None).count(),
            "paid": answers.standing().count(),
            "charges": project.ledger.filter(kind="charge").count(),
            "unread": WebhookEvent.objects.filter(project=project, processed_at=None).count(),
            "jobs": list(Job.objects.filter(project_id=project.pk).values("key", "kind", "state", "attempt", "error")),
        },
        sys.stdout,
    )
