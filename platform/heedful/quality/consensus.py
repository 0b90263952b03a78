"""Several answers made one label, and what that tells of the annotators.

The platform gathers the answers and keeps the outcome; the weighing itself is mathematics, done by a worker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from heedful.acquisition.models import QueueItem
from heedful.labeling.models import Annotation, Annotator
from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.quality.models import Agreement, AnnotatorQuality, Label
from heedful.quality.services import standing_answers, standing_correction


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One annotator's newest standing answer to a sample; `position` is the class's."""

    sample_id: int
    annotator_id: int
    tier_id: int
    position: int
    annotation_id: int


def given_answers(project_id: int) -> list[GivenAnswer]:
    """The newest standing answer of each known annotator to each sample, in a fixed order."""
    rows = (
        Annotation.objects.standing()
        .filter(project_id=project_id, annotator__tier__isnull=False, item__honeypot=False)
        .order_by("answered_at", "pk")
        .values_list("sample_id", "annotator_id", "annotator__tier_id", "label_class__position", "pk")
    )
    newest = {(sample_id, annotator_id): (tier, position, pk) for sample_id, annotator_id, tier, position, pk in rows}
    return [GivenAnswer(*key, *rest) for key, rest in sorted(newest.items())]


def opinions_before(sample_ids: Sequence[int]) -> dict[int, list[float]]:
    """{sample: class probabilities} as the model gave them when the sample was first asked about: it had not learned of
    any answer to it."""
    items = QueueItem.objects.filter(sample_id__in=sample_ids, honeypot=False, probabilities__isnull=False)
    rows = items.order_by("-pk").values_list("sample_id", "probabilities")
    return {sample_id: list(said) for sample_id, said in rows if said}


def known_truth(project_id: int) -> dict[int, int]:
    """{sample: class position} where a manager has said it, or where several have answered gold alike."""
    corrected = Label.objects.filter(sample__project_id=project_id, correction__isnull=False)
    gold = Label.objects.filter(sample__project_id=project_id, sample__role=Sample.Role.GOLD, answers__gte=2)
    dissent = (
        Annotation.objects.standing()
        .filter(sample=OuterRef("sample"), item__honeypot=False)
        .exclude(label_class=OuterRef("label_class"))
    )
    agreed = gold.exclude(Exists(dissent))
    rows = [*agreed.values_list("sample_id", "label_class__position")]
    return dict([*rows, *corrected.values_list("sample_id", "label_class__position")])


def doubtful_labels(project: Project) -> QuerySet[Label]:
    """Of the pool, settled by answers that are less sure together than the project's bar; the least sure first."""
    settled = Label.objects.filter(sample__project=project, sample__role=Sample.Role.POOL, correction=None)
    return settled.filter(quality__lt=project.agreement_bar).order_by("quality", "sample_id")


@dataclass(frozen=True, slots=True)
class Weighed:
    """The class that a sample's answers amount to, and how sure that is, 0..1. `seen` are the answers it was made from:
    when others have come meanwhile, it no longer holds."""

    sample_id: int
    position: int
    quality: float
    seen: frozenset[int]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a worker found of an annotator: see AnnotatorQuality."""

    annotator_id: int
    answers: int
    confusion: Sequence[Sequence[float]]
    on_gold: Mapping[str, Any]


@transaction.atomic
def record_consensus(
    *, project: Project, weighed: Sequence[Weighed], measured: Sequence[Measured], agreement: Mapping[str, Any]
) -> int:
    """Settle the weighed samples and keep what was found of each annotator; returns how many labels changed class."""
    now = timezone.now()
    Agreement.objects.update_or_create(project=project, defaults={"body": agreement, "measured_at": now})
    for one in measured:
        AnnotatorQuality.objects.update_or_create(
            annotator=Annotator.objects.get(pk=one.annotator_id),
            defaults={
                "answers": one.answers,
                "confusion": one.confusion,
                "on_gold": one.on_gold,
                "measured_at": now,
            },
        )
    classes = {label_class.position: label_class.pk for label_class in project.classes()}
    return sum(_settle_as(one, classes[one.position]) for one in weighed)


def _settle_as(one: Weighed, class_id: int) -> bool:
    # Of annotators with a tier, as `given_answers` has them.
    answers = [answer for answer in standing_answers(one.sample_id) if answer.annotator.tier_id]
    if frozenset(answer.pk for answer in answers) != one.seen or standing_correction(one.sample_id):
        return False
    label = Label.objects.select_for_update().filter(sample_id=one.sample_id).first()
    if label is None:
        return False
    changed = label.label_class_id != class_id
    agreeing = [answer for answer in answers if answer.label_class_id == class_id]
    Label.objects.filter(pk=label.pk).update(
        label_class_id=class_id,
        annotation=agreeing[-1] if agreeing else None,
        quality=one.quality,
        **({"settled_at": timezone.now()} if changed else {}),
    )
    return changed
