"""How far annotators agree, with each other and with the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ml.consensus.agreement import accuracy, krippendorff_alpha, pairwise, share
from ml.consensus.answers import Answers
from tests.ml.crowds import everybody_answers

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section C: four observers, twelve units of which
# one has a single value, five classes.
KRIPPENDORFF_2011 = [
    [1, 1, None, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [None, 5, 5, 5],
    [None, None, 1, 1],
    [None, 3, None, None],
]


def test_alpha_is_that_of_the_published_example():
    votes = np.zeros((12, 5), np.int64)
    for unit, values in enumerate(KRIPPENDORFF_2011):
        for value in values:
            if value:
                votes[unit, value - 1] += 1
    alpha = krippendorff_alpha(votes, rng=np.random.default_rng(0))
    assert alpha.value == pytest.approx(0.743, abs=0.0005)
    assert alpha.low < alpha.value < alpha.high <= 1


def test_alpha_is_one_for_agreement_and_about_nothing_for_chance():
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 2, 500)
    agreeing = everybody_answers(truth, [np.eye(2)] * 3, rng)
    guessing = everybody_answers(truth, [np.full((2, 2), 0.5)] * 3, rng)
    assert krippendorff_alpha(agreeing.votes(), rng=rng).value == 1
    chance = krippendorff_alpha(guessing.votes(), rng=rng)
    assert chance.low < 0 < chance.high
    assert abs(chance.value) < 0.1


def test_there_is_no_alpha_where_nothing_can_disagree():
    rng = np.random.default_rng(0)
    assert krippendorff_alpha(np.array([[1, 0], [0, 1]]), rng=rng) is None
    assert krippendorff_alpha(np.array([[2, 0], [3, 0]]), rng=rng) is None
    assert krippendorff_alpha(np.zeros((0, 2), np.int64), rng=rng) is None


@given(votes=hnp.arrays(np.int64, st.tuples(st.integers(0, 12), st.integers(2, 4)), elements=st.integers(0, 3)))
def test_alpha_counts_coincidences(votes):
    """The same by the paper's own way: a matrix of coincident pairs."""
    paired = [row for row in votes if row.sum() >= 2]
    coincidence = sum(
        ((np.outer(row, row) - np.diag(row)) / (row.sum() - 1) for row in paired), np.zeros((votes.shape[1],) * 2)
    )
    total, named = coincidence.sum(), coincidence.sum(axis=1)
    alpha = krippendorff_alpha(votes, rng=np.random.default_rng(0), n_bootstrap=50)
    if len(paired) < 2 or (named > 0).sum() < 2:
        assert alpha is None
        return
    observed = (total - np.trace(coincidence)) / total
    expected = (total**2 - (named**2).sum()) / (total * (total - 1))
    assert alpha.value == pytest.approx(1 - observed / expected)
    assert alpha.low <= alpha.value <= alpha.high


def test_an_interval_of_alpha_narrows_with_more_samples():
    rng = np.random.default_rng(6)
    widths = []
    for n in (40, 4000):
        truth = rng.integers(0, 2, n)
        votes = everybody_answers(truth, [np.array([[0.9, 0.1], [0.2, 0.8]])] * 2, rng).votes()
        alpha = krippendorff_alpha(votes, rng=rng)
        widths.append(alpha.high - alpha.low)
    assert widths[0] > 5 * widths[1]


def test_only_pairs_that_met_are_compared():
    answers = Answers(np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 2]), np.array([0, 0, 0, 1, 1]), 3, 3, 2)
    [(pair, met)] = pairwise(answers).items()
    assert (pair, met.right, met.of) == ((0, 1), 1, 2)


def test_a_share_of_few_is_wide_and_of_none_is_none():
    assert share(0, 0).share is None
    few, many = share(9, 10).share, share(900, 1000).share
    assert few.high - few.low > 3 * (many.high - many.low)
    assert share(10, 10).share.high == 1


def test_wilsons_interval_is_that_of_the_formula():
    found = share(8, 10).share
    assert (found.low, found.high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))


@given(right=st.integers(0, 50), wrong=st.integers(1, 50))
def test_a_share_lies_within_its_interval(right, wrong):
    found = share(right, right + wrong).share
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_accuracy_is_told_for_each_class():
    found = accuracy(np.array([0, 0, 1, 0]), np.array([0, 0, 1, 1]), 3)
    assert (found.over_all.right, found.over_all.of) == (3, 4)
    assert [(one.right, one.of) for one in found.of_classes] == [(2, 2), (1, 2), (0, 0)]
