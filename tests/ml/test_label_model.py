"""Weak sources together: better than each alone, anchored by what experts said, silent where nobody speaks."""

import numpy as np
import pytest

from ml.consensus.dawid_skene import UNKNOWN
from ml.consensus.label_model import ABSTAIN, CLAIM_STRENGTH, combine, judge


def truths(rng, n=4000, share=0.3):
    return (rng.random(n) < share).astype(np.int64)


def source(rng, truth, accuracy, coverage=1.0):
    said = np.where(rng.random(len(truth)) < accuracy, truth, 1 - truth)
    return np.where(rng.random(len(truth)) < coverage, said, ABSTAIN)


def right(posterior, truth):
    return (posterior.argmax(axis=1) == truth).mean()


def test_sources_together_are_better_than_the_best_of_them(rng):
    truth = truths(rng)
    votes = np.stack([source(rng, truth, accuracy) for accuracy in (0.85, 0.8, 0.75)], axis=1)
    combined = combine(votes, [0.7, 0.7, 0.7], 2)
    assert right(combined.posterior, truth) > (votes[:, 0] == truth).mean() + 0.01
    assert np.allclose(combined.posterior.sum(axis=1), 1)


def test_how_good_each_source_is_is_found_from_their_agreement(rng):
    truth = truths(rng, share=0.5)
    votes = np.stack([source(rng, truth, accuracy, coverage=0.8) for accuracy in (0.9, 0.75, 0.6)], axis=1)
    meaning = combine(votes, [0.75, 0.75, 0.75], 2).meaning
    found = np.diagonal(meaning, axis1=1, axis2=2).mean(axis=1)
    assert found == pytest.approx([0.9, 0.75, 0.6], abs=0.05)


def test_a_source_alone_keeps_its_claim_until_experts_check_it(rng):
    truth = truths(rng, share=0.5)
    votes = source(rng, truth, 0.6)[:, None]
    unchecked = combine(votes, [0.9], 2)
    assert np.diagonal(unchecked.meaning[0]) == pytest.approx([0.9, 0.9], abs=1e-3)
    known = np.where(np.arange(len(truth)) < 400, truth, UNKNOWN)
    checked = combine(votes, [0.9], 2, known=known, max_iterations=2000, tolerance=1e-9).meaning[0]
    for said in (0, 1):
        seen = truth[:400][votes[:400, 0] == said]
        expected = ((seen == said).sum() + 0.9 * CLAIM_STRENGTH) / (len(seen) + CLAIM_STRENGTH)
        assert checked[said, said] == pytest.approx(expected, abs=0.01)


def test_a_source_that_names_one_class_only_tells_by_when_it_speaks(rng):
    truth = truths(rng)
    alarm = np.where((truth == 1) & (rng.random(len(truth)) < 0.5), 1, ABSTAIN)
    alarm = np.where((truth == 0) & (rng.random(len(truth)) < 0.03), 1, alarm)
    votes = np.stack([alarm, source(rng, truth, 0.7)], axis=1)
    posterior = combine(votes, [0.8, 0.7], 2).posterior
    assert posterior[alarm == 1, 1].mean() > 0.8
    assert posterior[(alarm == 1) & (votes[:, 1] == 0), 1].mean() > 0.5


def test_where_experts_have_spoken_theirs_is_the_word(rng):
    truth = truths(rng, n=50)
    votes = source(rng, truth, 0.6)[:, None]
    posterior = combine(votes, [0.9], 2, known=1 - votes[:, 0]).posterior
    assert (posterior.argmax(axis=1) == 1 - votes[:, 0]).all()
    assert posterior.max() == 1


def test_where_no_source_speaks_nothing_is_said_but_how_frequent_the_classes_are(rng):
    truth = truths(rng)
    votes = source(rng, truth, 0.9)[:, None]
    votes[:10] = ABSTAIN
    combined = combine(votes, [0.9], 2)
    assert np.allclose(combined.posterior[:10], combined.prior)


def test_a_vote_for_no_class_and_a_source_without_a_claim_are_refused():
    with pytest.raises(ValueError, match="claim"):
        combine(np.array([[2]]), [0.8], 2)
    with pytest.raises(ValueError, match="claim"):
        combine(np.array([[0, 1]]), [0.8], 2)


def test_little_that_was_checked_is_drawn_to_the_claim():
    few = judge(np.array([1, 1]), np.array([1, 1]), np.array([0.5, 0.5]), 0.7)
    assert few.over_all.share.low < 0.5
    assert few.estimate == pytest.approx((2 + 5 * 0.7) / 7)
    assert few.class_estimates == (pytest.approx(0.7), pytest.approx((2 + 5 * 0.7) / 7))
    many = judge(np.ones(1000, np.int64), np.ones(1000, np.int64), np.array([0.5, 0.5]), 0.7)
    assert many.estimate > 0.99


def test_a_source_that_contradicts_everything_is_found_out_and_one_by_chance_is_not(rng):
    truth = truths(rng, n=60)
    frequencies = np.bincount(truth) / len(truth)
    assert judge(1 - truth, truth, frequencies, 0.9).contradicts
    assert not judge(truth, truth, frequencies, 0.9).contradicts
    flagged = [judge(rng.integers(2, size=60), truth, frequencies, 0.9).contradicts for _ in range(200)]
    assert np.mean(flagged) < 0.08


def test_a_source_of_one_class_is_held_against_how_frequent_that_is():
    """Right in 4 of 10, where the class is 1 in 20 of the pool: it knows a great deal."""
    said, true = np.ones(10, np.int64), np.array([1] * 4 + [0] * 6)
    assert not judge(said, true, np.array([0.95, 0.05]), 0.8).contradicts
    assert judge(np.zeros(40, np.int64), np.array([0] * 10 + [1] * 30), np.array([0.9, 0.1]), 0.8).contradicts


def test_nothing_checked_is_nothing_known():
    empty = np.array([], np.int64)
    found = judge(empty, empty, np.array([0.5, 0.5]), 0.8)
    assert (found.over_all.share, found.estimate, found.contradicts) == (None, 0.8, False)
