"""What the answers amount to when nobody is always right (Dawid & Skene, 1979).

Expectation–maximisation over the unknown classes: each annotator has a confusion matrix, each answer counts as much as
its annotator's matrix says. Three things keep it sober where answers are few: every matrix starts from pseudo-counts
(what the annotator's tier is claimed to know), samples whose class is known teach the matrices directly, and a model's
opinion counts as much as it turns out to deserve.
"""

from dataclasses import dataclass

import numpy as np

from ml.arrays import Indices
from ml.consensus.answers import Answers, Matrix
from ml.errors import require_finite

UNKNOWN = -1
_TINY = 1e-12
_TRUST_RANGE = (0.02, 3.0)
# How firmly a model is believed before any answer was compared with it: trust is 1, give or take a half.
_TRUST_PRECISION = 4.0


@dataclass(frozen=True, slots=True)
class Truth:
    """posterior: (n_samples, n_classes), rows summing to 1. confusion: (n_annotators, true, given), rows summing to 1.
    prior: (n_classes,) frequencies of the classes. trust: the exponent that the model's probabilities deserved; 1 = as
    sure as they should be, below 1 = too sure of themselves."""

    posterior: Matrix
    confusion: Matrix
    prior: Matrix
    trust: float


def claimed_confusion(accuracy: float, n_classes: int, *, strength: float) -> Matrix:
    """(n_classes, n_classes) pseudo-counts of somebody said to be right with `accuracy`: `strength` answers a class."""
    wrong = (1 - accuracy) / max(n_classes - 1, 1)
    shares = np.full((n_classes, n_classes), wrong)
    np.fill_diagonal(shares, accuracy)
    return strength * shares


def dawid_skene(
    answers: Answers,
    claimed: Matrix,
    *,
    known: Indices | None = None,
    sample_prior: Matrix | None = None,
    max_iterations: int = 200,
    tolerance: float = 1e-6,
) -> Truth:
    """claimed: (n_annotators, n_classes, n_classes) pseudo-counts, all above 0.

    known: (n_samples,) classes, UNKNOWN where they are not. sample_prior: (n_samples, n_classes) what a model says of
    each sample, tempered as the answers find it to deserve (Guo et al., 2017, with the posterior for labels); without
    it, the frequencies of the classes are estimated along. A sample without an answer keeps its prior.
    O(iterations x n x c). Raises NotFinite, and ValueError for pseudo-counts of 0.
    """
    require_finite("claimed", claimed)
    if claimed.min() <= 0:
        raise ValueError("Pseudo-counts must be above 0: nobody is certain before they answered.")
    opinion = None if sample_prior is None else _Opinion(sample_prior, answers)
    fixed = None if known is None else _one_hot(known, answers.n_classes)
    trust = 1.0
    posterior = _start(answers, sample_prior, fixed)
    confusion, prior = _maximise(answers, posterior, claimed)
    for _ in range(max_iterations):
        before = posterior
        posterior = _expect(answers, confusion, np.log(prior) if opinion is None else opinion.at(trust), fixed)
        confusion, prior = _maximise(answers, posterior, claimed)
        if opinion is not None:
            trust = opinion.deserved(posterior, trust)
        if np.abs(posterior - before).max(initial=0.0) < tolerance:
            break
    return Truth(posterior, confusion, prior, trust)


def tier_confusions(answers: Answers, truth: Truth, tier: Indices, claimed: Matrix) -> Matrix:
    """(n_tiers, true, given), rows summing to 1: what to expect of a tier's next answer, whoever gives it.

    tier: (n_annotators,) whose annotator each is. claimed: (n_tiers, n_classes, n_classes) pseudo-counts.
    """
    counts = claimed + _counts(answers, truth.posterior, tier[answers.annotator], len(claimed))
    return np.asarray(counts / counts.sum(axis=2, keepdims=True))


class _Opinion:
    """What a model says of each sample, to the power of a trust that the answers decide."""

    def __init__(self, probabilities: Matrix, answers: Answers) -> None:
        require_finite("sample_prior", probabilities)
        self._log = np.log(np.maximum(np.asarray(probabilities, np.float64), _TINY))
        self._answered = np.unique(answers.sample)

    def at(self, trust: float) -> Matrix:
        return _log_normalised(trust * self._log)

    def deserved(self, posterior: Matrix, trust: float) -> float:
        """A few Newton steps towards the trust under which the model best foretells the posterior (concave)."""
        log, weight = self._log[self._answered], posterior[self._answered]
        for _ in range(5):
            said = np.exp(_log_normalised(trust * log))
            mean = (said * log).sum(axis=1)
            slope = ((weight * log).sum(axis=1) - mean).sum() - _TRUST_PRECISION * (trust - 1)
            bend = ((said * log**2).sum(axis=1) - mean**2).sum() + _TRUST_PRECISION
            trust = float(np.clip(trust + slope / bend, *_TRUST_RANGE))
        return trust


def _log_normalised(log: Matrix) -> Matrix:
    log = log - log.max(axis=1, keepdims=True)
    return np.asarray(log - np.log(np.exp(log).sum(axis=1, keepdims=True)))


def _start(answers: Answers, sample_prior: Matrix | None, fixed: Matrix | None) -> Matrix:
    votes = answers.votes() + (1 / answers.n_classes if sample_prior is None else sample_prior)
    return _with_known(votes / votes.sum(axis=1, keepdims=True), fixed)


def _expect(answers: Answers, confusion: Matrix, log_prior: Matrix, fixed: Matrix | None) -> Matrix:
    """(n_samples, n_classes) from what was said and by whom."""
    evidence = np.broadcast_to(log_prior, (answers.n_samples, answers.n_classes)).copy()
    np.add.at(evidence, answers.sample, np.log(confusion)[answers.annotator, :, answers.given])
    return _with_known(np.exp(_log_normalised(evidence)), fixed)


def _maximise(answers: Answers, posterior: Matrix, claimed: Matrix) -> tuple[Matrix, Matrix]:
    counts = claimed + _counts(answers, posterior, answers.annotator, len(claimed))
    # One pseudo-sample a class: a class that nobody has named yet is rare, not impossible.
    frequency = posterior[np.unique(answers.sample)].sum(axis=0) + 1
    return counts / counts.sum(axis=2, keepdims=True), frequency / frequency.sum()


def _counts(answers: Answers, posterior: Matrix, who: Indices, n: int) -> Matrix:
    """(n, true, given): how often `who` (one an answer) is believed to have called each class what."""
    counts = np.zeros((n, answers.n_classes, answers.n_classes))
    np.add.at(counts.transpose(0, 2, 1), (who, answers.given), posterior[answers.sample])
    return counts


def _one_hot(known: Indices, n_classes: int) -> Matrix:
    """(n_samples, n_classes), NaN in the rows of unknown samples."""
    rows = np.full((len(known), n_classes), np.nan)
    given = known != UNKNOWN
    rows[given] = np.eye(n_classes)[known[given]]
    return rows


def _with_known(posterior: Matrix, fixed: Matrix | None) -> Matrix:
    return posterior if fixed is None else np.where(np.isnan(fixed), posterior, fixed)
