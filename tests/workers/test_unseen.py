"""Nothing in what is shown of a honeypot tells it from the items around it."""

import re

from heedful.acquisition.models import QueryRound
from heedful.acquisition.services import open_round
from heedful.jobs.models import Job
from heedful.projects.models import Project
from tests.answering import gold
from tests.factories import know
from tests.workers.champions import learn, work

COUNTED = re.compile(r"among the (\d+) ")


def test_a_honeypots_reason_counts_what_those_of_its_slot_count(project, samples, graph):
    Project.objects.filter(pk=project.pk).update(honeypot_share=0.5, gold_answers=2)
    gold(project, 12)
    # Somebody who has not seen the gold.
    know(project, 3)
    learn(project, graph, reads=0)
    opened = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=20, model_number=1)
    work(project, Job.Kind.FILL_ROUND)
    counted = {
        honeypot: {
            found[0] for item in opened.items.filter(honeypot=honeypot) for found in COUNTED.findall(item.reason)
        }
        for honeypot in (True, False)
    }
    assert counted[True]
    assert counted[True] <= counted[False]
