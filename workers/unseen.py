"""What annotators are not told: gold mixed into their queue, and a random share that shows nothing of the model."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from heedful.acquisition.choices import ChosenSample
from heedful.acquisition.models import ASK_AGAIN, ASKED_FIRST, QueryRound
from heedful.labeling.models import Annotation
from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.quality.consensus import known_truth
from heedful.registry.models import ModelVersion
from ml.strategies.reasons import reason
from workers.judged import opinions


def with_honeypots(
    query_round: QueryRound, choices: Sequence[ChosenSample], model: ModelVersion | None, *, rng: np.random.Generator
) -> list[ChosenSample]:
    """The choices with gold of known answer at random ranks, each for the tier of a choice drawn by chance.

    A honeypot looks like another choice of the round: the same strategy, and so the same kind of reason and heatmap.
    Not like one whose reason names another sample, as long as there are others.
    """
    project = query_round.project
    fresh = [choice for choice in choices if choice.strategy not in (ASK_AGAIN, ASKED_FIRST)]
    fresh = [choice for choice in fresh if choice.neighbour_id is None] or fresh
    wanted = int(rng.binomial(len(choices), project.honeypot_share)) if fresh else 0
    mixed = list(choices)
    for sample in _gold(project, wanted, rng):
        like = fresh[int(rng.integers(len(fresh)))]
        if like.tier_id is None or _has_been_seen_by(sample, like.tier_id):
            continue
        mixed.insert(int(rng.integers(len(mixed) + 1)), _honeypot(project, sample, like, model))
    return mixed


def _gold(project: Project, wanted: int, rng: np.random.Generator) -> list[Sample]:
    """So many gold samples whose answer is known and which nobody is being asked about, drawn by chance."""
    if not wanted:
        return []
    known = project.samples.gold().filter(pk__in=known_truth(project.pk), shard__isnull=False)
    free = known.exclude(queue_items__state__in=["planned", "reserved", "sent"]).order_by("pk")
    samples = list(free)
    return [samples[place] for place in rng.permutation(len(samples))[:wanted].tolist()]


def _has_been_seen_by(sample: Sample, tier_id: int) -> bool:
    """Whether everybody in the tier has answered it already."""
    people = Annotation.objects.filter(sample=sample).values("annotator")
    return not sample.project.annotators.filter(tier=tier_id, state="active").exclude(pk__in=people).exists()


def _honeypot(project: Project, sample: Sample, like: ChosenSample, model: ModelVersion | None) -> ChosenSample:
    probabilities = opinions(model, [sample])[0].tolist() if model else None
    return ChosenSample(
        sample_id=sample.pk,
        strategy=like.strategy,
        score=like.score,
        selection_probability=1.0,
        reason=like.reason if probabilities is None else _reason(project, like, probabilities),
        probabilities=probabilities,
        tier_id=like.tier_id,
        honeypot=True,
    )


def _reason(project: Project, like: ChosenSample, probabilities: Sequence[float]) -> str:
    """Made like the other's, of the honeypot's own numbers."""
    return reason(
        like.strategy,
        probabilities=np.array(probabilities, np.float32),
        classes=tuple(one.name for one in project.classes()),
        target=like.target,
        size=like.places,
        score=like.score,
    )


def partly_blind(choices: Sequence[ChosenSample], *, share: float, rng: np.random.Generator) -> list[ChosenSample]:
    """Each choice is blind with the same chance, whatever it is."""
    drawn = rng.random(len(choices)) < share
    return [replace(choice, blind=bool(blind)) for choice, blind in zip(choices, drawn, strict=True)]
