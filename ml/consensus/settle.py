"""One class a sample, from all that was said of it."""

import numpy as np

from ml.arrays import Indices
from ml.consensus.answers import Answers, Consensus
from ml.consensus.dawid_skene import UNKNOWN, Truth


def settle(answers: Answers, truth: Truth, *, known: Indices) -> Consensus:
    """The likeliest of the classes that somebody named, and how likely it is: where a model alone speaks for a class,
    that is no label. known: (n_samples,) classes that are certain whatever was answered, UNKNOWN where none is.
    """
    votes = answers.votes()
    free = (known != UNKNOWN) | (votes.sum(axis=1) == 0)
    classes = np.where((votes > 0) | free[:, None], truth.posterior, -1.0).argmax(axis=1)
    return Consensus(classes, truth.posterior[np.arange(answers.n_samples), classes])
