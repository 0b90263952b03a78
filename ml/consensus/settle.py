"""One class a sample, from all that was said of it."""

import numpy as np

from ml.arrays import Indices, Probabilities
from ml.consensus.answers import Answers, Consensus, consensus
from ml.consensus.crowd import crowdlab, crowdlab_applies
from ml.consensus.dawid_skene import UNKNOWN, Truth


def settle(
    answers: Answers, truth: Truth, *, probabilities: Probabilities | None = None, known: Indices | None = None
) -> Consensus:
    """CROWDLAB where a model has an opinion of these samples and enough was answered, Dawid–Skene's `truth` before.

    known: (n_samples,) classes that are certain whatever was answered, UNKNOWN where none is.
    """
    if probabilities is not None and crowdlab_applies(answers):
        found = crowdlab(answers, probabilities)
    else:
        found = truth.consensus(answers)
    if known is None:
        return found
    certain = known != UNKNOWN
    return consensus(answers, np.where(certain, known, found.classes), np.where(certain, 1.0, found.quality))


def among_named(answers: Answers, found: Consensus, truth: Truth) -> Consensus:
    """Nobody's class is no label: where a model alone speaks for it, the likeliest class that somebody named, and how
    likely it is."""
    votes = answers.votes()
    rows = np.arange(answers.n_samples)
    unnamed = (votes[rows, found.classes] == 0) & (votes.sum(axis=1) > 0)
    named = np.where(votes > 0, truth.posterior, -1.0).argmax(axis=1)
    classes = np.where(unnamed, named, found.classes)
    return consensus(answers, classes, np.where(unnamed, truth.posterior[rows, named], found.quality))
