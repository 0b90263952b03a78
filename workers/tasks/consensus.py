"""Several answers made one label, and what they tell: of each annotator, of their agreement, and of what they see."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from heedful.labeling.models import Annotator
from heedful.projects.models import Project, Tier
from heedful.quality import consensus
from heedful.quality.checked import CheckedAnswer, checked_answers
from heedful.quality.consensus import Measured, record_consensus
from heedful.quality.honeypots import pause_unreliable
from heedful.quality.study import record_study, studied_answers
from ml.arrays import Indices
from ml.consensus.agreement import Accuracy, accuracy, krippendorff_alpha, pairwise
from ml.consensus.blind import Studied, study
from ml.consensus.dawid_skene import UNKNOWN, claimed_confusion
from ml.consensus.others import others_say
from workers.running import RunningJob
from workers.weighing import CLAIM_STRENGTH, Weighed, weigh

# How sure the others must be together before what they say counts as the truth of the blind study.
SURE = 0.9


def weigh_answers(running: RunningJob) -> None:
    """Settle what several answered, judge who answered, and pause who fails the honeypots; safe to repeat."""
    project = Project.objects.get(pk=running.project_id)
    weighed = weigh(project)
    if weighed is not None:
        checked = checked_answers(project.pk)
        record_consensus(
            project=project,
            weighed=_settled(project, weighed),
            measured=_measured(project, weighed, checked),
            agreement=_agreement(project, weighed),
        )
        _study_blind_items(project, weighed, checked)
    pause_unreliable(project=project)


def _settled(project: Project, weighed: Weighed) -> list[consensus.Weighed]:
    """What is more than one expert's word."""
    found = weighed.settled
    experts = set(project.tiers.filter(kind=Tier.Kind.EXPERT).values_list("pk", flat=True))
    seen: dict[int, set[int]] = {}
    for one in weighed.given:
        seen.setdefault(one.sample_id, set()).add(one.annotation_id)
    alone = {one.sample_id for one in weighed.given if one.tier_id in experts and len(seen[one.sample_id]) == 1}
    return [
        consensus.Weighed(sample_id, int(found.classes[place]), float(found.quality[place]), frozenset(seen[sample_id]))
        for place, sample_id in enumerate(weighed.sample_ids)
        if sample_id not in alone
    ]


def _measured(project: Project, weighed: Weighed, checked: Sequence[CheckedAnswer]) -> list[Measured]:
    """Also of those who have answered nothing but honeypots so far."""
    n_classes = weighed.answers.n_classes
    counts = np.bincount(weighed.answers.annotator, minlength=weighed.answers.n_annotators).tolist()
    confusions = weighed.truth.confusion.tolist()
    known = dict(zip(weighed.annotator_ids, zip(counts, confusions, strict=True), strict=True))
    new = Annotator.objects.filter(pk__in={one.annotator_id for one in checked} - known.keys()).select_related("tier")
    for annotator in new:
        claimed = claimed_confusion(
            annotator.tier.claimed_accuracy if annotator.tier else 0.5, n_classes, strength=CLAIM_STRENGTH
        )
        for one in checked:
            claimed[one.true, one.given] += one.annotator_id == annotator.pk
        known[annotator.pk] = (0, (claimed / claimed.sum(axis=1, keepdims=True)).tolist())
    return [
        Measured(annotator_id, answers, confusion, _judged(annotator_id, checked, n_classes))
        for annotator_id, (answers, confusion) in known.items()
    ]


def _judged(annotator_id: int, checked: Sequence[CheckedAnswer], n_classes: int) -> dict[str, Any]:
    own = [one for one in checked if one.annotator_id == annotator_id]
    on_honeypots = [one for one in own if one.honeypot]
    return {**asdict(_accuracy(own, n_classes)), "honeypots": asdict(_accuracy(on_honeypots, n_classes))}


def _accuracy(answers: Sequence[CheckedAnswer], n_classes: int) -> Accuracy:
    return accuracy(_positions(answers, "given"), _positions(answers, "true"), n_classes)


def _positions(answers: Sequence[object], name: str) -> Indices:
    return np.array([getattr(one, name) for one in answers], np.int64)


def _agreement(project: Project, weighed: Weighed) -> dict[str, Any]:
    votes = weighed.answers.votes()
    alpha = krippendorff_alpha(votes, rng=np.random.default_rng(project.seed))
    ids = weighed.annotator_ids
    return {
        "alpha": asdict(alpha) if alpha else None,
        "samples": len(weighed.sample_ids),
        "shared": int((votes.sum(axis=1) > 1).sum()),
        "pairs": [
            {"one": ids[one], "other": ids[other], **asdict(same)}
            for (one, other), same in pairwise(weighed.answers).items()
        ],
    }


def _study_blind_items(project: Project, weighed: Weighed, checked: Sequence[CheckedAnswer]) -> None:
    answers = studied_answers(project.pk)
    if not answers:
        return
    known = np.full(weighed.answers.n_samples, UNKNOWN)
    said = others_say(weighed.answers, weighed.truth, known=known, sure=SURE)
    truths = {one.annotation_id: true for one, true in zip(weighed.given, said.tolist(), strict=True)}
    truths |= {one.annotation_id: one.true for one in checked}
    found = study(
        Studied(
            given=_positions(answers, "given"),
            true=np.array([truths.get(one.annotation_id, UNKNOWN) for one in answers], np.int64),
            predicted=np.array([one.probabilities for one in answers], np.float64).argmax(axis=1),
            seconds=np.array([np.nan if one.seconds is None else one.seconds for one in answers], np.float64),
            blind=np.array([one.blind for one in answers], bool),
        ),
        rng=np.random.default_rng(project.seed),
    )
    record_study(project=project, body=asdict(found))
