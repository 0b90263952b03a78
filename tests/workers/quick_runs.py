"""What a quick run makes of labels that the test knows."""

from heedful.jobs.models import Job
from heedful.registry.models import TrainingRun
from heedful.registry.services import start_run
from ml.heads import LinearHead
from tests.workers.champions import work
from workers.files import head

GOLD, WRONG = 30, 40
"""Up to GOLD a sample is gold; from there to WRONG its label is not what the picture shows."""


def learned(project) -> tuple[TrainingRun, LinearHead]:
    """A quick run on the labels as they stand, and the head that it left."""
    run = start_run(project_id=project.pk, kind=TrainingRun.Kind.QUICK, reason="Because the test says so.")
    work(project, Job.Kind.TRAIN_HEAD)
    run.refresh_from_db()
    return run, head(run.model.head_address)
