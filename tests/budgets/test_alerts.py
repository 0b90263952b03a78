"""Who pays is told at 50, 80 and 100% of the limit: once each, and anew when the limit changes."""

from decimal import Decimal

from heedful.budgets.limits import tell_thresholds
from heedful.budgets.services import top_up
from heedful.jobs.models import Job
from heedful.notifications.models import Notification
from heedful.triggers.loop import request_advance
from tests.factories import hear, make_project, queue
from workers.runner import run_job


def told(project) -> list[str]:
    """Oldest first."""
    alerts = project.notifications.filter(kind=Notification.Kind.BUDGET_THRESHOLD).order_by("pk")
    return [one.sentence.split("%")[0] for one in alerts]


def answer_all(project, samples) -> None:
    for item in queue(project, samples):
        hear(item, "good")
    project.rounds.update(state="closed")


def take_step(project) -> None:
    """What the workers do after each answer and each job."""
    request_advance(project.pk)
    job = Job.objects.get(kind=Job.Kind.ADVANCE, project_id=project.pk)
    run_job.apply(kwargs={"job_id": job.pk})


def test_each_threshold_is_told_once(owner, pool):
    project = make_project(owner=owner, limit=Decimal(10), name="Small")
    samples = list(pool)
    type(samples[0]).objects.update(project=project)
    heard = []
    for start in range(10):
        answer_all(project, samples[start : start + 1])
        take_step(project)
        take_step(project)
        heard.append(told(project))
    assert heard[3] == []
    assert heard[4] == heard[6] == ["50"]
    assert heard[7] == heard[8] == ["50", "80"]
    assert heard[9] == ["50", "80", "100"]


def test_a_higher_limit_has_thresholds_of_its_own(project, pool):
    answer_all(project, pool[:30])
    tell_thresholds(project.pk)
    assert told(project) == []
    type(project.budget).objects.filter(project=project).update(limit=Decimal(60))
    tell_thresholds(project.pk)
    assert told(project) == ["50"]
    top_up(project_id=project.pk, amount=Decimal("0.5"))
    tell_thresholds(project.pk)
    assert told(project) == ["50"]
    type(project.budget).objects.filter(project=project).update(limit=Decimal(36))
    tell_thresholds(project.pk)
    assert told(project) == ["50", "50", "80"]


def test_the_sentence_names_the_money(project, pool):
    type(project.budget).objects.filter(project=project).update(limit=Decimal(40))
    answer_all(project, pool[:20])
    tell_thresholds(project.pk)
    alert = Notification.objects.get(kind=Notification.Kind.BUDGET_THRESHOLD)
    assert alert.sentence == "50% of the budget are used: 20.00 USD of 40.00 USD are spent."
    assert alert.path == f"/projects/{project.pk}/money"
