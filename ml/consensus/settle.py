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
