"""The terms that a version was trained and judged on, in plain words: what its figures can be compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heedful.core.money import worded
from heedful.projects.augmentation import DEFAULTS as AUGMENTATION
from heedful.projects.augmentation import FIXED, SEARCHED, TRANSFORMS
from heedful.projects.imbalance import DEFAULTS
from heedful.projects.models import Project
from heedful.registry.models import ModelVersion, TrainingRun

MOST_COSTS = 6
"""So many kinds of mistakes are told one by one; of more, what they range over."""

WEIGHTS = {
    "balanced": "every class weighs alike",
    "none": "every sample weighs alike",
}
SAMPLING = {
    "under": "of a frequent class a random part, at most {ratio:g} times the rarest",
    "over": "rare classes repeated, until the commonest is at most {ratio:g} times as frequent",
    "hard_negatives": "of a frequent class what the model gets most wrong, at most {ratio:g} times the rarest",
}


@dataclass(frozen=True, slots=True)
class Term:
    name: str
    says: str


def merged_names(groups: Sequence[Sequence[int]], classes: Sequence[str]) -> list[str]:
    """The groups of classes that are one, each as its classes' names."""
    return [" or ".join(classes[place] for place in group) for group in groups]


def evaluation_merges(run: TrainingRun, classes: Sequence[str]) -> list[str]:
    return merged_names(run.terms.get("evaluation", []), classes)


def terms_worded(model: ModelVersion, project: Project, classes: Sequence[str]) -> list[Term]:
    run, terms = model.run, model.run.terms
    imbalance = {part: {**values, **terms.get("imbalance", {}).get(part, {})} for part, values in DEFAULTS.items()}
    told = [
        Term("Mistakes cost", _costs(project, classes, terms.get("evaluation", []))),
        Term("One class in training", _merges(terms.get("training", []), classes)),
        Term("One class in evaluation", _merges(terms.get("evaluation", []), classes)),
        Term("Loss", _loss(imbalance["loss"])),
        Term("Sampling", _sampling(imbalance["sampling"])),
        Term("Weak labels", "there were some to begin from" if terms.get("weak") else "none"),
    ]
    if run.kind == TrainingRun.Kind.DEEP:
        told.append(Term("Changed pictures", _augmentation({**AUGMENTATION, **terms.get("augmentation", {})})))
    if priors := run.report.get("priors"):
        told.append(Term("Share of each class", _priors(priors, classes)))
    return told


def _merges(groups: Sequence[Sequence[int]], classes: Sequence[str]) -> str:
    return "; ".join(merged_names(groups, classes)) or "none"


def _costs(project: Project, classes: Sequence[str], merged: Sequence[Sequence[int]]) -> str:
    """Of a sample, as the version was judged: confusing classes that are one costs nothing."""
    matrix, currency = project.cost_matrix(), project.budget.currency
    one = {(true, said) for group in merged for true in group for said in group}
    pairs = [(true, said) for true in range(len(classes)) for said in range(len(classes)) if true != said]
    dear = [(matrix[true][said], true, said) for true, said in pairs if (true, said) not in one]
    if len(dear) > MOST_COSTS:
        least, most = (worded(of(amount for amount, _, _ in dear), currency) for of in (min, max))
        return f"{least} to {most}, by which class is taken for which"
    told = [f"{classes[true]} taken for {classes[said]} {worded(amount, currency)}" for amount, true, said in dear]
    return "; ".join(told) or "nothing, all classes are one"


def _loss(loss: Mapping[str, Any]) -> str:
    by_new = f"a class weighs by how much that is new its labels hold (beta {loss['beta']:g})"
    told = [WEIGHTS.get(loss["weights"], by_new)]
    if loss["cost_weighted"]:
        told.append("a class weighs by what it costs to miss it")
    if loss["focal_gamma"]:
        told.append(f"what is recognised already weighs less (focal, gamma {loss['focal_gamma']:g})")
    if loss["logit_adjustment"]:
        told.append(f"rare classes keep a wider margin (logit adjustment {loss['logit_adjustment']:g})")
    return "; ".join(told)


def _sampling(sampling: Mapping[str, Any]) -> str:
    return SAMPLING.get(sampling["method"], "every labeled sample once").format(ratio=sampling["ratio"])


def _augmentation(policy: Mapping[str, Any]) -> str:
    if policy["mode"] == SEARCHED:
        return "searched for by the run"
    if policy["mode"] == FIXED:
        titles = ", ".join(TRANSFORMS[name].title for name in policy["transforms"])
        return f"{titles}, at strength {policy['strength']:g}"
    return "none"


def _priors(priors: Mapping[str, Any], classes: Sequence[str]) -> str:
    rows = zip(classes, priors["labels"], priors["gold"], priors["pool"], strict=True)
    return "; ".join(
        f"{name} {labels:.0%} of the labels, {gold:.0%} of gold, {pool:.0%} of the pool as the version sees it"
        for name, labels, gold, pool in rows
    )
