"""One seed: each arm's project run to its end, in a home of its own. Reads its terms as JSON, prints the outcome so."""

import json
import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heedful.conf.settings")
django.setup()

from django.db.models import Count  # noqa: E402

from heedful.accounts.models import User  # noqa: E402
from heedful.core import artifacts  # noqa: E402
from heedful.core.errors import Conflict  # noqa: E402
from heedful.labeling.audit import audit  # noqa: E402
from heedful.labeling.models import Annotation  # noqa: E402
from heedful.projects.models import Project  # noqa: E402
from heedful.registry.models import ModelVersion, TrainingRun  # noqa: E402
from heedful.registry.services import champion  # noqa: E402
from heedful.triggers.services import train_now  # noqa: E402
from workers.files import head  # noqa: E402
from workers.simulation.arms import give_gold, set_up  # noqa: E402
from workers.simulation.loop import run_to_the_end, work  # noqa: E402
from workers.simulation.outcome import Arm, Outcome, Terms, arms  # noqa: E402
from workers.simulation.people import Crowd, answer_round  # noqa: E402
from workers.simulation.study import Court, court, noted_pictures, share_pool  # noqa: E402


@dataclass
class Curve:
    """Money against quality: a point for every version, with what had been spent when its labels were frozen and what
    the champion of that moment costs a sample."""

    project: Project
    court: Court
    points: list[tuple[float, float]] = field(default_factory=list)

    def look(self) -> None:
        new = ModelVersion.objects.filter(project=self.project).order_by("number")[len(self.points) :]
        for model in new:
            best = champion(self.project.pk) or model
            self.points.append((float(model.run.spent), self.court.expected_cost(head(best.head_address))))
            # As many megabytes a version as its backbone, and nobody serves it.
            artifacts.delete(model.graph_address)


def run_arm(arm: Arm, terms: Terms) -> Outcome:
    started = time.monotonic()
    owner, first, pictures = User.objects.earliest("pk"), Project.objects.earliest("pk"), noted_pictures()
    project = set_up(arm, terms, owner)
    share_pool(project, first, pictures)
    give_gold(project, terms, pictures.truth, owner)
    crowd = Crowd(terms.seed, pictures.truth, {tier.kind: tier.accuracy for tier in terms.tiers})
    curve = Curve(project, court(project, pictures))
    run_to_the_end(project.pk, answer=lambda: answer_round(project, crowd), look=curve.look)
    # The last answers may be learned already, or a class was never found.
    with suppress(Conflict):
        train_now(project=project, kind=TrainingRun.Kind.QUICK, by=owner)
    work(project.pk)
    curve.look()
    answers = Annotation.objects.filter(project=project).values_list("tier__kind").order_by("tier__kind")
    return Outcome(
        arm=arm.name,
        points=curve.points,
        answers=dict(answers.annotate(count=Count("pk"))),
        differences=[str(one) for one in audit(project.pk).differences],
        seconds=time.monotonic() - started,
    )


def main() -> None:
    terms = Terms.of(json.loads(sys.argv[1]))
    for arm in arms(terms):
        sys.stdout.write(run_arm(arm, terms).line() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
