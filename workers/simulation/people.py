"""People who are not there: each errs at random, as often as the accuracy of their tier says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.utils import timezone

from heedful.acquisition.models import QueueItem
from heedful.demo.cells import DEFECTIVE, GOOD
from heedful.labeling.inbox import apply_answer
from heedful.labeling.label_studio.answers import Answer
from heedful.labeling.models import Annotation, Annotator
from heedful.labeling.pricing import assign
from heedful.projects.models import Project, Tier
from heedful.quality.services import settle_labels

SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """`truth`: picture name → whether it is defective. `accuracy` by tier kind."""

    seed: int
    truth: Mapping[str, bool]
    accuracy: Mapping[str, float]


def hire(project: Project, tier: Tier, people: int) -> None:
    """Give the tier so many annotators; the same numbers in every arm are the same people."""
    first = 1 + 100 * Tier.Kind.values.index(tier.kind)
    for number in range(first, first + people):
        assign(annotator=Annotator.objects.create(project=project, external_id=number), tier=tier)


def answer_round(project: Project, crowd: Crowd) -> None:
    """Everybody who is asked answers, the most valuable first, as Label Studio would tell it."""
    classes = {one.name: str(one.pk) for one in project.classes()}
    sent = QueueItem.objects.filter(round__project=project, state=QueueItem.State.SENT)
    for item in sent.select_related("sample", "tier").order_by("rank"):
        for annotator in _asked(item):
            assert annotator.external_id is not None
            says_defective = _says(crowd, item, annotator.external_id)
            at = timezone.now()
            answer = Answer(
                external_id=Annotation.objects.filter(project=project).count() + 1,
                unique_id=None,
                project_id=1,
                task_id=item.pk,
                queue_item=item.pk,
                completed_by=annotator.external_id,
                choice=classes[DEFECTIVE if says_defective else GOOD],
                skipped=False,
                lead_time=SECONDS,
                accepted_prediction=False,
                created_at=at,
                updated_at=at + timedelta(microseconds=1),
            )
            apply_answer(project_id=project.pk, answer=answer, settle=settle_labels)


def _asked(item: QueueItem) -> list[Annotator]:
    """As many of the tier as the item wants, none of whom has seen the sample; who comes first differs by sample."""
    seen = Annotation.objects.filter(sample=item.sample_id).values("annotator")
    free = list(Annotator.objects.filter(tier=item.tier_id).exclude(pk__in=seen).order_by("external_id"))
    order = np.random.default_rng(item.sample.row).permutation(len(free))
    return [free[place] for place in order[: item.answers_wanted]]


def _says(crowd: Crowd, item: QueueItem, person: int) -> bool:
    rng = np.random.default_rng([crowd.seed, person, int(item.sample.content_hash[:12], 16)])
    return crowd.truth[item.sample.name] ^ bool(rng.random() >= crowd.accuracy[item.tier.kind])
