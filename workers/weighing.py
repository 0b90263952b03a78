"""What a project's answers amount to: every answer as arrays, weighed once for all who ask."""

from dataclasses import dataclass

import numpy as np

from heedful.labeling.models import Annotator
from heedful.projects.models import Project, Tier
from heedful.quality.consensus import GivenAnswer, given_answers, known_truth, opinions_before
from ml.arrays import Indices
from ml.consensus.answers import Answers, Consensus, Matrix
from ml.consensus.dawid_skene import UNKNOWN, Truth, claimed_confusion, dawid_skene, tier_confusions
from ml.consensus.settle import settle

# What a tier is claimed to know counts as much as so many answers a class.
CLAIM_STRENGTH = 5.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """`given` in the order of `answers`; `sample_ids` and `annotator_ids` by their places in the arrays.

    probabilities: (n_samples, n_classes) what a model said before it learned of any of these answers, None without a
    model. known: (n_samples,) classes, UNKNOWN where nobody has said for certain.
    """

    given: list[GivenAnswer]
    sample_ids: list[int]
    annotator_ids: list[int]
    answers: Answers
    probabilities: Matrix | None
    known: Indices
    truth: Truth
    settled: Consensus


def weigh(project: Project) -> Weighed | None:
    """None while there is no answer."""
    given = given_answers(project.pk)
    if not given:
        return None
    n_classes = project.label_classes.count()
    sample_ids = sorted({one.sample_id for one in given})
    annotator_ids = sorted({one.annotator_id for one in given})
    of_sample = {sample_id: place for place, sample_id in enumerate(sample_ids)}
    of_annotator = {annotator_id: place for place, annotator_id in enumerate(annotator_ids)}
    answers = Answers(
        sample=np.array([of_sample[one.sample_id] for one in given], np.int64),
        annotator=np.array([of_annotator[one.annotator_id] for one in given], np.int64),
        given=np.array([one.position for one in given], np.int64),
        n_samples=len(sample_ids),
        n_annotators=len(annotator_ids),
        n_classes=n_classes,
    )
    truths = known_truth(project.pk)
    known = np.array([truths.get(sample_id, UNKNOWN) for sample_id in sample_ids], np.int64)
    probabilities = _opinions(project, sample_ids, answers)
    accuracy = {tier.pk: tier.claimed_accuracy for tier in project.tiers.all()}
    tier_of = dict(Annotator.objects.filter(pk__in=annotator_ids).values_list("pk", "tier_id"))
    claimed = np.stack([_claimed(accuracy[tier_of[one]], n_classes) for one in annotator_ids])
    truth = dawid_skene(answers, claimed, known=known, sample_prior=probabilities)
    settled = settle(answers, truth, known=known)
    return Weighed(given, sample_ids, annotator_ids, answers, probabilities, known, truth, settled)


def confusions(project: Project, tiers: list[Tier], weighed: Weighed | None) -> Matrix:
    """(n_tiers, true, given): what to expect of each tier's next answer, from its claim and all it has answered."""
    n_classes = project.label_classes.count()
    claimed = np.stack([_claimed(tier.claimed_accuracy, n_classes) for tier in tiers])
    place = {tier.pk: number for number, tier in enumerate(tiers)}
    if weighed is None:
        return np.asarray(claimed / claimed.sum(axis=2, keepdims=True))
    tier_of = dict(Annotator.objects.filter(pk__in=weighed.annotator_ids).values_list("pk", "tier_id"))
    # Whoever is in a tier that is not asked teaches nothing about those that are.
    asked = np.array([tier_of[one] in place for one in weighed.annotator_ids])
    tier = np.array([place.get(tier_of[one], 0) for one in weighed.annotator_ids], np.int64)
    kept = asked[weighed.answers.annotator]
    answers = weighed.answers
    of_asked = Answers(
        sample=answers.sample[kept],
        annotator=answers.annotator[kept],
        given=answers.given[kept],
        n_samples=answers.n_samples,
        n_annotators=answers.n_annotators,
        n_classes=answers.n_classes,
    )
    return tier_confusions(of_asked, weighed.truth, tier, claimed)


def _claimed(accuracy: float, n_classes: int) -> Matrix:
    return claimed_confusion(accuracy, n_classes, strength=CLAIM_STRENGTH)


def _opinions(project: Project, sample_ids: list[int], answers: Answers) -> Matrix | None:
    """What the model said when each sample was first asked about; where it said nothing, how frequent the classes are
    among all answers."""
    said = opinions_before(sample_ids)
    if not said:
        return None
    frequencies = np.bincount(answers.given, minlength=answers.n_classes) + 1.0
    usual = frequencies / frequencies.sum()
    return np.array([said.get(sample_id, usual) for sample_id in sample_ids], np.float64)
