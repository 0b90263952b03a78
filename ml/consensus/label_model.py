"""What weak sources amount to together: a label model (Dawid & Skene, 1979; Ratner et al., 2016).

Dawid–Skene as `ml.consensus.dawid_skene` has it weighs people who answer whatever they are asked, in any class. A weak
source mostly abstains, and many of them name one class only: what such a source tells lies in when it speaks. So each
source has, for each class that it names, how likely each class is to be the truth then. That is expectation–
maximisation over the same confusion matrices, with silence as one more answer, which in itself is no evidence. What a
source is claimed to know stands in as pseudo-counts, and samples whose class experts have said teach it directly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Indices
from ml.consensus.agreement import Share, share
from ml.consensus.answers import Matrix
from ml.consensus.dawid_skene import UNKNOWN

ABSTAIN = -1
CLAIM_STRENGTH = 5.0
"""A claim counts as much as so many checked labels of each class that a source names."""


@dataclass(frozen=True, slots=True)
class Combined:
    """posterior: (n_samples, n_classes), rows summing to 1; the class itself where experts have said it. by_votes: the
    same by what the sources say alone, also there. meaning: (n_sources, said, true), rows summing to 1: what is true
    when a source says so. prior: (n_classes,)."""

    posterior: Matrix
    by_votes: Matrix
    meaning: Matrix
    prior: Matrix


def combine(
    votes: Indices,
    claimed: Sequence[float],
    n_classes: int,
    *,
    known: Indices | None = None,
    max_iterations: int = 100,
    tolerance: float = 1e-5,
) -> Combined:
    """votes: (n_samples, n_sources) classes, ABSTAIN where a source says nothing. claimed: how often each source is
    right, above 0 and below 1. known: (n_samples,) classes, UNKNOWN where nobody has said.

    A sample of which no source says anything gets the prior. A source whose labels nothing can be held against keeps
    its claim. O(iterations x samples x sources x classes).
    """
    if votes.shape[1] != len(claimed) or (votes.size and not ABSTAIN <= votes.min() <= votes.max() < n_classes):
        raise ValueError("Each source needs a claim, and each vote a class.")
    fixed = np.zeros(len(votes), bool) if known is None else known != UNKNOWN
    truth = np.eye(n_classes)[known[fixed]] if known is not None else np.empty((0, n_classes))
    prior: Matrix = np.full(n_classes, 1 / n_classes)
    claims = np.stack([_claim(accuracy, n_classes) for accuracy in claimed])
    meaning = claims / claims.sum(axis=2, keepdims=True)
    posterior: Matrix = np.tile(prior, (len(votes), 1))
    for _ in range(max_iterations):
        before = posterior
        posterior = _expect(votes, meaning, prior)
        posterior[fixed] = truth
        meaning, prior = _maximise(votes, posterior, claims)
        if np.abs(posterior - before).max(initial=0.0) < tolerance:
            break
    return Combined(posterior, _expect(votes, meaning, prior), meaning, prior)


def _claim(accuracy: float, n_classes: int) -> Matrix:
    """(said, true) pseudo-counts."""
    wrong = (1 - accuracy) / max(n_classes - 1, 1)
    shares = np.full((n_classes, n_classes), wrong)
    np.fill_diagonal(shares, accuracy)
    return CLAIM_STRENGTH * shares


def _expect(votes: Indices, meaning: Matrix, prior: Matrix) -> Matrix:
    """Bayes' rule: of what each source says, how much likelier it makes a class than it was."""
    evidence = np.tile(np.log(prior), (len(votes), 1))
    for source, table in enumerate(np.log(meaning) - np.log(prior)):
        # The first row is for silence, which says nothing.
        evidence += np.concatenate([np.zeros((1, len(prior))), table])[votes[:, source] + 1]
    evidence -= evidence.max(axis=1, keepdims=True)
    powers = np.exp(evidence)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _maximise(votes: Indices, posterior: Matrix, claims: Matrix) -> tuple[Matrix, Matrix]:
    n_classes = posterior.shape[1]
    meaning = np.empty_like(claims)
    for source in range(votes.shape[1]):
        said = votes[:, source] + 1
        counts = np.stack(
            [np.bincount(said, weights=posterior[:, c], minlength=n_classes + 1)[1:] for c in range(n_classes)], axis=1
        )
        meaning[source] = claims[source] + counts
    # One pseudo-sample a class: a class that no source names yet is rare, not impossible.
    frequency = posterior[(votes != ABSTAIN).any(axis=1)].sum(axis=0) + 1
    return meaning / meaning.sum(axis=2, keepdims=True), frequency / frequency.sum()


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of one source where its labels could be checked.

    over_all, of_classes: how often it was right, in all and where it says each class, with 95% intervals. estimate,
    class_estimates: the same drawn to the claim, as far as little was checked. chance: how often it would be right if
    its labels had nothing to do with the truth. contradicts: it is right less often than that, surely enough.
    """

    over_all: Share
    of_classes: tuple[Share, ...]
    estimate: float
    class_estimates: tuple[float, ...]
    chance: float
    contradicts: bool


def judge(said: Indices, true: Indices, frequencies: npt.NDArray[np.float64], claimed: float) -> Judged:
    """(n,) labels of a source against (n,) truths. frequencies: (c,) of the classes among all truths known, also where
    the source says nothing: a source that names one class only is held against how frequent that is."""
    right = said == true
    of_classes = tuple(share(int(right[said == c].sum()), int((said == c).sum())) for c in range(len(frequencies)))
    over_all = share(int(right.sum()), len(said))
    chance = float(frequencies[said].mean()) if len(said) else 0.0
    return Judged(
        over_all=over_all,
        of_classes=of_classes,
        estimate=_drawn(over_all, claimed),
        class_estimates=tuple(_drawn(one, claimed) for one in of_classes),
        chance=chance,
        contradicts=over_all.share is not None and over_all.share.high < chance,
    )


def _drawn(counted: Share, claimed: float) -> float:
    return (counted.right + CLAIM_STRENGTH * claimed) / (counted.of + CLAIM_STRENGTH)
