"""What is worth asking again."""

import numpy as np
import pytest

from ml.consensus.answers import Answers
from ml.consensus.crowd import activelab_applies, relabel_scores
from ml.errors import NotFinite
from tests.ml.crowds import everybody_answers, right_with

LONE = Answers(np.array([0]), np.array([0]), np.array([1]), 1, 1, 2)
DISPUTED = Answers(np.array([0, 0]), np.array([0, 1]), np.array([0, 1]), 1, 2, 2)


def crowd(rng, n_samples=300):
    truth = rng.integers(0, 3, n_samples)
    answers = everybody_answers(truth, [right_with(a, 3) for a in (0.9, 0.7, 0.6)], rng)
    probabilities = 0.5 * np.eye(3)[(truth + (rng.random(n_samples) < 0.2)) % 3] + 0.5 / 3
    return truth, answers, probabilities


def test_what_is_disputed_is_more_worth_another_answer():
    _, answers, probabilities = crowd(np.random.default_rng(4))
    scores = relabel_scores(answers, probabilities)
    unanimous = answers.votes().max(axis=1) == 3
    assert scores[~unanimous].mean() > scores[unanimous].mean()
    assert ((scores >= 0) & (scores <= 1)).all()


def test_a_lone_answer_that_the_model_doubts_is_more_worth_another():
    answers = Answers(np.array([0, 1]), np.array([0, 0]), np.array([1, 1]), 2, 1, 2)
    doubted, shared = relabel_scores(answers, np.array([[0.9, 0.1], [0.1, 0.9]]))
    assert doubted > shared


def test_who_answered_nothing_and_what_nobody_named_do_no_harm():
    _, answers, probabilities = crowd(np.random.default_rng(5))
    wider = Answers(answers.sample, answers.annotator, answers.given, 300, 9, 4)
    found = relabel_scores(wider, np.column_stack([probabilities, np.zeros(300)]))
    assert np.corrcoef(found, relabel_scores(answers, probabilities))[0, 1] > 0.99


def test_activelab_says_what_it_lacks():
    assert activelab_applies(LONE)
    assert not activelab_applies(DISPUTED)
    with pytest.raises(ValueError, match="two alike"):
        relabel_scores(DISPUTED, np.array([[0.5, 0.5]]))
    with pytest.raises(NotFinite):
        relabel_scores(crowd(np.random.default_rng(0))[1], np.full((300, 3), np.nan))
