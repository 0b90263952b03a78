"""One class from several answers: against CROWDLAB, and what no model and no majority may overrule."""

import numpy as np
import pytest
from cleanlab.multiannotator import get_label_quality_multiannotator

from ml.consensus.answers import Answers
from ml.consensus.dawid_skene import UNKNOWN, dawid_skene
from ml.consensus.settle import settle
from ml.heads import softmax
from tests.ml.crowds import claims

ACCURACIES = (0.8,) * 5 + (0.97,)
NOBODY_KNOWS = np.full(400, UNKNOWN)


def answered(rng, share):
    """400 samples, one class of which has this share, each answered by one to four of five weak ones and an expert;
    and what a fair model says of them."""
    truth = (rng.random(400) < share).astype(np.int64)
    seen = rng.normal(size=400) + 1.5 * truth
    evidence = 1.5 * seen - 1.5**2 / 2 + np.log(share / (1 - share))
    probabilities = softmax(np.column_stack([np.zeros(400), evidence]).astype(np.float32))
    who = [(sample, person) for sample in range(400) for person in rng.permutation(6)[: rng.integers(1, 5)]]
    sample, person = np.array(who).T
    right = rng.random(len(who)) < np.array(ACCURACIES)[person]
    return truth, probabilities, Answers(sample, person, truth[sample] ^ ~right, 400, 6, 2)


def crowdlab(answers, probabilities):
    found = get_label_quality_multiannotator(answers.table(), probabilities, verbose=False)["label_quality"]
    return found["consensus_label"].to_numpy(), found["consensus_quality_score"].to_numpy()


def surprise(quality, right):
    """Log loss of how sure each label is: lower is better."""
    return -np.log(np.clip(np.where(right, quality, 1 - quality), 1e-3, 1)).mean()


@pytest.mark.parametrize("share", [0.5, 0.2, 0.08])
def test_labels_are_right_more_often_and_surer_of_what_is_right_than_crowdlabs(share):
    ours, theirs = [], []
    for seed in range(5):
        truth, probabilities, answers = answered(np.random.default_rng(seed), share)
        weighed = dawid_skene(
            answers, np.concatenate([claims(1, accuracy=a) for a in ACCURACIES]), sample_prior=probabilities
        )
        found = settle(answers, weighed, known=NOBODY_KNOWS)
        named, quality = crowdlab(answers, probabilities)
        for outcome, classes, sure in ((ours, found.classes, found.quality), (theirs, named, quality)):
            right = classes == truth
            recalls = [right[truth == one].mean() for one in (0, 1)]
            outcome.append((np.mean(recalls), recalls[1], -surprise(sure, right)))
    assert (np.mean(ours, axis=0) > np.mean(theirs, axis=0)).all()


def test_a_class_that_nobody_named_is_no_label():
    answers = Answers(np.array([0]), np.array([0]), np.array([0]), 1, 1, 3)
    truth = dawid_skene(answers, claims(1, 3, accuracy=0.6), sample_prior=np.array([[0.01, 0.02, 0.97]]))
    assert truth.posterior.argmax() == 2
    found = settle(answers, truth, known=np.array([UNKNOWN]))
    assert found.classes.tolist() == [0]
    assert found.quality[0] < 0.5


def test_what_is_known_holds_whatever_was_answered():
    answers = Answers(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([1, 1, 0]), 2, 2, 2)
    known = np.array([0, UNKNOWN])
    found = settle(answers, dawid_skene(answers, claims(2), known=known), known=known)
    assert found.classes.tolist() == [0, 0]
    assert found.quality[0] == 1
