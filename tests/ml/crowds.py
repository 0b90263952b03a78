"""Annotators of known quality, and what they say."""

import numpy as np

from ml.consensus.answers import Answers
from ml.consensus.dawid_skene import claimed_confusion


def everybody_answers(truth, confusions, rng, share_answered=1.0) -> Answers:
    """Each annotator answers each sample, or a random share of them, as their confusion matrix says."""
    rows = [
        (sample, annotator, rng.choice(len(confusion), p=confusion[true]))
        for sample, true in enumerate(truth)
        for annotator, confusion in enumerate(confusions)
        if rng.random() < share_answered
    ]
    sample, annotator, said = np.array(rows, np.int64).reshape(-1, 3).T
    return Answers(sample, annotator, said, len(truth), len(confusions), len(confusions[0]))


def right_with(accuracy, n_classes=2):
    """(n_classes, n_classes): right with this probability, every mistake as likely as any other."""
    return claimed_confusion(accuracy, n_classes, strength=1.0)


def claims(n_annotators, n_classes=2, accuracy=0.8, strength=2.0):
    return np.stack([claimed_confusion(accuracy, n_classes, strength=strength)] * n_annotators)
