"""What several answers amount to, and how far to trust who gave them."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.consensus.answers import Answers
from ml.consensus.dawid_skene import UNKNOWN, claimed_confusion, dawid_skene, tier_confusions
from ml.errors import NotFinite
from tests.ml.crowds import claims, everybody_answers, right_with


def test_planted_confusions_are_found_again():
    rng = np.random.default_rng(0)
    planted = np.array([[[0.95, 0.05], [0.3, 0.7]], [[0.8, 0.2], [0.1, 0.9]], [[0.6, 0.4], [0.4, 0.6]]])
    answers = everybody_answers(rng.choice(2, 2000, p=[0.7, 0.3]), planted, rng)
    found = dawid_skene(answers, claims(3))
    assert np.abs(found.confusion - planted).max() < 0.08
    assert found.prior == pytest.approx([0.7, 0.3], abs=0.05)


def test_weighing_beats_counting_when_one_knows_more_than_two():
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, 1000)
    answers = everybody_answers(truth, [right_with(0.98), right_with(0.6), right_with(0.6)], rng)
    weighed = dawid_skene(answers, claims(3)).posterior.argmax(axis=1)
    counted = answers.votes().argmax(axis=1)
    assert (weighed == truth).mean() > 0.95 > (counted == truth).mean()


def test_annotators_who_never_err_are_believed():
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 4, 200)
    answers = everybody_answers(truth, [np.eye(4)] * 3, rng)
    posterior = dawid_skene(answers, claims(3, 4)).posterior
    assert (posterior.argmax(axis=1) == truth).all()
    assert posterior.max(axis=1).min() > 0.99


def test_known_samples_stay_known_and_teach_the_confusions():
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 2, 400)
    answers = everybody_answers(truth, [1 - right_with(0.9)], rng)  # mostly wrong: alone, nobody could tell
    known = np.where(np.arange(400) < 100, truth, UNKNOWN)
    found = dawid_skene(answers, claims(1), known=known)
    assert (found.posterior[:100].argmax(axis=1) == truth[:100]).all()
    assert (found.posterior[100:].argmax(axis=1) == truth[100:]).mean() > 0.85


def test_before_anybody_was_checked_a_tiers_claim_is_believed():
    answers = Answers(np.array([0]), np.array([0]), np.array([1]), 1, 1, 2)
    found = dawid_skene(answers, claims(1, accuracy=0.9, strength=100.0), sample_prior=np.array([[0.5, 0.5]]))
    assert found.posterior[0, 1] == pytest.approx(0.9, abs=0.01)


def test_a_class_that_nobody_named_stays_possible():
    answers = Answers(np.array([0, 1]), np.array([0, 0]), np.array([0, 1]), 2, 1, 5)
    found = dawid_skene(answers, claims(1, 5))
    assert (found.posterior > 0).all()
    assert (found.prior > 0).all()


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_the_order_of_answers_and_the_names_of_annotators_are_of_no_account(data):
    n_samples, n_annotators, n_classes = 6, 3, data.draw(st.integers(2, 4))
    places = [(s, a) for s in range(n_samples) for a in range(n_annotators)]
    chosen = data.draw(st.lists(st.sampled_from(places), min_size=1, unique=True))
    said = data.draw(st.lists(st.integers(0, n_classes - 1), min_size=len(chosen), max_size=len(chosen)))
    order = data.draw(st.permutations(range(len(chosen))))
    renamed = np.array(data.draw(st.permutations(range(n_annotators))))
    rows = np.array([(s, a, c) for (s, a), c in zip(chosen, said, strict=True)], np.int64)
    shuffled = rows[order]
    shuffled[:, 1] = renamed[shuffled[:, 1]]
    claimed = claims(n_annotators, n_classes) * (1 + np.arange(n_annotators))[:, None, None]
    found = dawid_skene(Answers(*rows.T, n_samples, n_annotators, n_classes), claimed)
    other = dawid_skene(Answers(*shuffled.T, n_samples, n_annotators, n_classes), claimed[np.argsort(renamed)])
    np.testing.assert_allclose(found.posterior.sum(axis=1), 1)
    np.testing.assert_allclose(found.confusion.sum(axis=2), 1)
    np.testing.assert_allclose(found.posterior, other.posterior, atol=1e-5)
    np.testing.assert_allclose(found.confusion, other.confusion[renamed], atol=1e-5)


def test_a_sample_without_an_answer_keeps_what_the_model_says():
    answers = Answers(np.array([0]), np.array([0]), np.array([0]), 2, 1, 2)
    found = dawid_skene(answers, claims(1), sample_prior=np.array([[0.5, 0.5], [0.2, 0.8]]))
    assert found.posterior[1] == pytest.approx([0.2, 0.8])


@pytest.mark.parametrize("boast", [0.4, 1.0, 4.0])
def test_a_model_counts_as_much_as_it_deserves_however_sure_it_is(boast):
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 3, 800)
    evidence = rng.normal(size=(800, 3)) + 1.5 * np.eye(3)[truth]
    said = np.exp(boast * 1.5 * evidence)  # exact at 1
    opinion = said / said.sum(axis=1, keepdims=True)
    answers = everybody_answers(truth, [right_with(0.75, 3)] * 3, rng, share_answered=0.6)
    found = dawid_skene(answers, claims(3, 3), sample_prior=opinion)
    without = dawid_skene(answers, claims(3, 3))
    right = (found.posterior.argmax(axis=1) == truth).mean()
    assert found.trust == pytest.approx(1 / boast, rel=0.25)
    assert right > max((opinion.argmax(axis=1) == truth).mean(), (without.posterior.argmax(axis=1) == truth).mean())
    assert found.posterior.max(axis=1).mean() == pytest.approx(right, abs=0.03)


def test_a_tier_is_as_good_as_the_answers_of_its_annotators():
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 2, 1000)
    good, poor = right_with(0.95), right_with(0.7)
    answers = everybody_answers(truth, [good, poor, poor, good], rng, share_answered=0.7)
    claimed = np.stack([claimed_confusion(a, 2, strength=5.0) for a in (0.9, 0.8)])
    tier = np.array([0, 1, 1, 0])
    found = tier_confusions(answers, dawid_skene(answers, claimed[tier]), tier, claimed)
    assert np.abs(found - np.stack([good, poor])).max() < 0.06


def test_answers_out_of_range_or_given_twice_and_claims_of_certainty_are_refused():
    with pytest.raises(ValueError, match="within its range"):
        Answers(np.array([0]), np.array([0]), np.array([2]), 1, 1, 2)
    with pytest.raises(ValueError, match="at most once"):
        Answers(np.array([0, 0]), np.array([0, 0]), np.array([0, 1]), 1, 1, 2)
    one = Answers(np.array([0]), np.array([0]), np.array([1]), 1, 1, 2)
    with pytest.raises(ValueError, match="certain"):
        dawid_skene(one, np.eye(2)[None])
    with pytest.raises(NotFinite):
        dawid_skene(one, claims(1), sample_prior=np.array([[np.nan, 1.0]]))


def test_nothing_answered_is_nothing_learned():
    none = np.zeros(0, np.int64)
    found = dawid_skene(Answers(none, none, none, 2, 1, 2), claims(1))
    assert found.posterior == pytest.approx(np.full((2, 2), 0.5))
    assert found.confusion[0] == pytest.approx(right_with(0.8))


def test_five_thousand_samples_of_five_answers_take_less_than_a_second():
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 4, 5000)
    cumulated = right_with(0.7, 4).cumsum(axis=1)[truth]
    said = (rng.random((5, 5000, 1)) > cumulated).sum(axis=2)
    answers = Answers(np.tile(np.arange(5000), 5), np.repeat(np.arange(5), 5000), said.ravel(), 5000, 5, 4)
    opinion = rng.dirichlet(np.ones(4), 5000)
    began = time.process_time()
    dawid_skene(answers, claims(5, 4), sample_prior=opinion)
    assert time.process_time() - began < 1
