"""Consensus that a model has a say in, and what is worth asking again."""

import numpy as np
import pytest

from ml.consensus.answers import Answers
from ml.consensus.crowd import crowdlab, crowdlab_applies, relabel_scores
from ml.consensus.dawid_skene import UNKNOWN, dawid_skene
from ml.consensus.settle import settle
from ml.errors import NotFinite
from tests.ml.crowds import claims, everybody_answers, right_with

LONE = Answers(np.array([0]), np.array([0]), np.array([1]), 1, 1, 2)
DISPUTED = Answers(np.array([0, 0]), np.array([0, 1]), np.array([0, 1]), 1, 2, 2)


def crowd(rng, n_samples=300):
    truth = rng.integers(0, 3, n_samples)
    answers = everybody_answers(truth, [right_with(a, 3) for a in (0.9, 0.7, 0.6)], rng)
    probabilities = 0.5 * np.eye(3)[(truth + (rng.random(n_samples) < 0.2)) % 3] + 0.5 / 3
    return truth, answers, probabilities


def test_a_models_opinion_improves_the_consensus():
    truth, answers, probabilities = crowd(np.random.default_rng(3))
    found = crowdlab(answers, probabilities)
    right = found.classes == truth
    assert right.mean() > (answers.votes().argmax(axis=1) == truth).mean()
    assert ((found.quality > 0) & (found.quality <= 1)).all()
    assert found.quality[right].mean() > found.quality[~right].mean()
    assert found.agreement == pytest.approx(answers.votes()[np.arange(300), found.classes] / 3)


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
    found = crowdlab(wider, np.column_stack([probabilities, np.zeros(300)]))
    assert (found.classes == crowdlab(answers, probabilities).classes).all()


def test_crowdlab_says_what_it_lacks():
    for lacking in (LONE, DISPUTED):
        assert not crowdlab_applies(lacking)
        with pytest.raises(ValueError, match="two alike"):
            crowdlab(lacking, np.array([[0.5, 0.5]]))
    with pytest.raises(ValueError, match="two alike"):
        relabel_scores(DISPUTED, np.array([[0.5, 0.5]]))
    with pytest.raises(NotFinite):
        crowdlab(crowd(np.random.default_rng(0))[1], np.full((300, 3), np.nan))


def test_without_a_model_the_answers_settle_it_and_with_one_it_has_a_say():
    _, answers, probabilities = crowd(np.random.default_rng(6))
    truth = dawid_skene(answers, claims(3, 3))
    assert (settle(answers, truth).quality == truth.posterior.max(axis=1)).all()
    assert (
        settle(answers, truth, probabilities=probabilities).quality == crowdlab(answers, probabilities).quality
    ).all()
    lone = dawid_skene(LONE, claims(1))
    assert settle(LONE, lone, probabilities=np.array([[0.5, 0.5]])).classes.tolist() == [1]


def test_what_is_known_holds_whatever_was_answered():
    truth, answers, probabilities = crowd(np.random.default_rng(7))
    known = np.where(np.arange(300) < 50, truth, UNKNOWN)
    found = settle(answers, dawid_skene(answers, claims(3, 3)), probabilities=probabilities, known=known)
    assert (found.classes[:50] == truth[:50]).all()
    assert (found.quality[:50] == 1).all()
