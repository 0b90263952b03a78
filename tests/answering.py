"""Rounds asked by hand, and people who answer them."""

from dataclasses import replace

from heedful.acquisition.models import QueryRound, QueueItem
from heedful.acquisition.services import fill_round, mark_sent, open_round, round_sent
from heedful.jobs import services as jobs
from heedful.jobs.models import Job
from heedful.pool.models import Sample
from tests.factories import chosen, hear
from workers.running import RunningJob
from workers.tasks.consensus import weigh_answers

EXPERTS, WEAK = (1, 2, 3), (11, 12, 13)
ADA = 11


def asked(project, samples, *, kind=QueryRound.Kind.QUERY, answers=3, **details) -> list[QueueItem]:
    """A sent round about these samples, closed so that another may open."""
    query_round = open_round(project_id=project.pk, kind=kind, size=len(samples), model_number=None)
    choices = [replace(chosen(one), answers=answers, **details) for one in samples]
    fill_round(round_id=query_round.pk, strategy="by hand", choices=choices)
    items = list(query_round.items.order_by("rank"))
    mark_sent(item_ids=[item.pk for item in items])
    round_sent(round_id=query_round.pk)
    QueryRound.objects.filter(pk=query_round.pk).update(state=QueryRound.State.CLOSED)
    return items


def send(query_round, *ranks) -> None:
    """As if the items of these ranks, or all, were before the experts."""
    items = query_round.items.filter(rank__in=ranks) if ranks else query_round.items.all()
    mark_sent(item_ids=list(items.values_list("pk", flat=True)))


def said(item, *answers, **details) -> None:
    """`answers` as (person, class)."""
    for person, choice in answers:
        tier = "expert" if person in EXPERTS else "weak"
        hear(item, choice, tier=tier, person=person, external_id=1000 * item.pk + person, **details)


def ada_says(items, letters, *, minutes=0.0) -> None:
    """`letters` as a string of g and d."""
    for item, letter in zip(items, letters, strict=False):
        choice = {"g": "good", "d": "defective"}[letter]
        hear(item, choice, tier="weak", person=ADA, external_id=item.pk, minutes=minutes)


def gold(project, n) -> list[QueueItem]:
    """Gold that two experts have answered as good, and nobody else."""
    samples = list(project.samples.filter(role="pool").order_by("-pk")[:n])
    project.samples.filter(pk__in=[one.pk for one in samples]).update(role=Sample.Role.GOLD)
    items = asked(project, samples, answers=2)
    for item in items:
        said(item, (1, "good"), (2, "good"))
    return items


def weigh(project) -> Job:
    """As a worker does it: the job that the answers asked for."""
    job = jobs.claim(Job.objects.get(kind=Job.Kind.CONSENSUS, project_id=project.pk).pk)
    assert job is not None
    weigh_answers(RunningJob(job))
    jobs.finish(job)
    return job
