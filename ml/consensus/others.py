"""What everybody else says: a truth to judge an answer by in which it had no part."""

import numpy as np

from ml.arrays import Indices
from ml.consensus.answers import Answers
from ml.consensus.dawid_skene import UNKNOWN, Truth


def others_say(answers: Answers, truth: Truth, *, known: Indices, sure: float) -> Indices:
    """(n,) classes, one an answer: what is known of its sample, else what the other annotators' answers to it amount to
    where that is at least `sure`; UNKNOWN where it is not, or nobody else answered.

    No model has a say: an answer that follows a model would prove itself right. known: (n_samples,) classes that none
    of these answers made known, UNKNOWN elsewhere.
    """
    spoken = np.log(truth.confusion)[answers.annotator, :, answers.given]
    everybody = np.zeros((answers.n_samples, answers.n_classes))
    np.add.at(everybody, answers.sample, spoken)
    others = np.log(truth.prior) + everybody[answers.sample] - spoken
    posterior = np.exp(others - others.max(axis=1, keepdims=True))
    posterior /= posterior.sum(axis=1, keepdims=True)
    heard = answers.votes().sum(axis=1)[answers.sample] > 1
    said = np.where(heard & (posterior.max(axis=1) >= sure), posterior.argmax(axis=1), UNKNOWN)
    return np.asarray(np.where(known[answers.sample] == UNKNOWN, said, known[answers.sample]), np.int64)
