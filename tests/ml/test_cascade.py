"""Cascades: the threshold against every one there is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.evaluation.cascade import Terms, cascaded, choose_threshold, cross_chosen, gaps
from ml.evaluation.decisions import decide

COSTS = np.array([[0.0, 5.0], [100.0, 0.0]])
FREE = Terms(dear_seconds=0.01, second_price=0.0)


def world(n, seed, *, coarse=False):
    """Labels, a cheap model that is often wrong where it is unsure, and a dear one that seldom is."""
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < 0.3).astype(np.int64)
    logits = [np.where(labels == 1, 1, -1) * strength + rng.normal(size=n) for strength in (1.0, 4.0)]
    ones = [1 / (1 + np.exp(-logit)) for logit in logits]
    if coarse:
        ones = [np.round(one, 1) for one in ones]
    cheap, dear = (np.stack([1 - one, one], axis=1) for one in ones)
    return cheap, dear, labels


def price(cheap, dear, labels, threshold, terms):
    asked = gaps(cheap, COSTS) < threshold
    decided = decide(np.where(asked[:, None], dear, cheap), COSTS)
    return COSTS[labels, decided].mean() + asked.mean() * terms.dear_seconds * terms.second_price


@given(
    n=st.integers(1, 60),
    seed=st.integers(0, 10_000),
    second_price=st.sampled_from([0.0, 10.0, 300.0, 1e5]),
    coarse=st.booleans(),
)
def test_no_other_threshold_is_cheaper(n, seed, second_price, coarse):
    cheap, dear, labels = world(n, seed, coarse=coarse)
    terms = Terms(dear_seconds=0.01, second_price=second_price)
    chosen = choose_threshold(cheap, dear, labels, COSTS, terms=terms)
    every = [0.0, *(np.unique(gaps(cheap, COSTS)) + 1e-9), 1e9]
    best = min(price(cheap, dear, labels, threshold, terms) for threshold in every)
    assert chosen.price == pytest.approx(best)
    assert price(cheap, dear, labels, chosen.threshold, terms) == pytest.approx(best)
    assert chosen.share == pytest.approx((gaps(cheap, COSTS) < chosen.threshold).mean())


def test_the_dearer_time_is_the_fewer_are_asked_about_twice():
    cheap, dear, labels = world(500, 1)
    shares = [
        choose_threshold(cheap, dear, labels, COSTS, terms=Terms(0.01, second)).share for second in (0, 200, 2000, 1e6)
    ]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.2
    assert shares[-1] == 0


def test_a_dear_model_that_says_the_same_is_never_asked():
    cheap, _, labels = world(100, 2)
    chosen = choose_threshold(cheap, cheap, labels, COSTS, terms=FREE)
    assert (chosen.share, chosen.threshold) == (0, 0)


def test_a_cascade_says_what_the_dear_model_says_of_what_the_cheap_one_doubts():
    cheap, dear, _ = world(50, 3)
    doubted = gaps(cheap, COSTS) < 2
    said = cascaded(cheap, dear, COSTS, threshold=2.0)
    assert 0 < doubted.sum() < 50
    assert np.array_equal(said[doubted], dear[doubted])
    assert np.array_equal(said[~doubted], cheap[~doubted])


def test_the_gap_is_the_money_between_the_two_best_decisions():
    costs = np.array([[0.0, 1.0, 2.0], [10.0, 0.0, 10.0], [4.0, 4.0, 0.0]])
    probabilities = np.array([[0.5, 0.3, 0.2], [1.0, 0.0, 0.0]])
    assert gaps(probabilities, costs) == pytest.approx([3.8 - 1.3, 1.0])


def test_a_threshold_is_judged_on_samples_that_did_not_choose_it():
    """Chosen on the very samples that it is judged on, it would look better than it is."""
    costs = []
    for seed in range(40):
        cheap, _, labels = world(60, seed)
        half = np.random.default_rng(seed).random(60)[:, None] < 0.5
        other = np.where(half, cheap, world(60, seed + 1000)[0])
        fitted = choose_threshold(cheap, other, labels, COSTS, terms=FREE).price
        rng = np.random.default_rng(seed)
        decided = cross_chosen(cheap, other, labels, np.arange(60), COSTS, terms=FREE, rng=rng)
        costs.append((fitted, COSTS[labels, decided].mean()))
    flattered, honest = np.mean(costs, axis=0)
    assert flattered < honest


def test_groups_stay_whole(rng):
    cheap, dear, labels = world(40, 5)
    alone = cross_chosen(cheap, dear, labels, np.zeros(40), COSTS, terms=FREE, rng=rng)
    assert np.array_equal(alone, decide(dear, COSTS))
