import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from ml.errors import NotFinite
from ml.evaluation.comparison import compare
from ml.evaluation.decisions import decide
from ml.evaluation.metrics import average_precision, evaluate

MISS_COSTS_20 = np.array([[0.0, 1.0], [20.0, 0.0]])


def _binary(positive):
    return np.stack([1 - positive, positive], axis=1).astype(np.float32)


def _planted(rng, n, share, skill):
    """Labels, and the calibrated probabilities of a model that sees the truth through noise."""
    labels = (rng.random(n) < share).astype(np.int64)
    seen = labels * skill + rng.normal(size=n)
    log_odds = skill * seen - skill**2 / 2 + np.log(share / (1 - share))
    return labels, _binary(1 / (1 + np.exp(-log_odds)))


def test_the_cheapest_decision_weighs_a_miss_by_its_cost():
    probabilities = _binary(np.array([0.01, 0.04, 0.05, 0.6]))
    assert decide(probabilities, MISS_COSTS_20).tolist() == [0, 0, 1, 1]
    assert decide(probabilities, 1 - np.eye(2)).tolist() == [0, 0, 0, 1]


@given(n=st.integers(2, 60), seed=st.integers(0, 2**32 - 1), levels=st.integers(1, 20))
@settings(max_examples=60, deadline=None)
def test_average_precision_with_counts_equals_sklearn_on_the_repeated_samples(n, seed, levels):
    rng = np.random.default_rng(seed)
    scores, positive = rng.integers(levels, size=n) / levels, rng.random(n) < 0.4
    positive[0] = True
    counts = rng.multinomial(n, np.full(n, 1 / n), size=3)
    counts[:, 0] += 1
    expected = [average_precision_score(np.repeat(positive, row), np.repeat(scores, row)) for row in counts]
    assert np.allclose(average_precision(scores, positive)(counts.astype(float)), expected)


def test_metrics_state_what_a_plain_count_says(rng):
    labels, probabilities = _planted(rng, 300, 0.2, 1.5)
    metrics = evaluate(probabilities, labels, MISS_COSTS_20, rng=rng)
    called = probabilities[:, 1] > 1 / 21
    cost = 20 * (~called & (labels == 1)).sum() + (called & (labels == 0)).sum()
    recall, precision = metrics.recall[1], metrics.average_precision[1]
    assert recall is not None
    assert precision is not None
    assert metrics.expected_cost.value == pytest.approx(cost / 300)
    assert recall.value == pytest.approx(called[labels == 1].mean())
    assert precision.value == pytest.approx(average_precision_score(labels, probabilities[:, 1]))
    for found in (metrics.expected_cost, metrics.calibration_error, recall, precision):
        assert found.low <= found.value <= found.high


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """At equal costs and many errors; with a handful of costly misses any bootstrap is too narrow."""
    costs = 1 - np.eye(2)
    labels, probabilities = _planted(np.random.default_rng(0), 100_000, 0.4, 0.8)
    cost_of = costs[labels, decide(probabilities, costs)]
    held = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        rows = rng.choice(len(labels), 200)
        found = evaluate(probabilities[rows], labels[rows], costs, rng=rng, n_bootstrap=200).expected_cost
        share = labels[rows].mean()
        held += (
            found.low <= (1 - share) * cost_of[labels == 0].mean() + share * cost_of[labels == 1].mean() <= found.high
        )
    assert 88 <= held <= 100


def test_calibration_error_is_small_for_honest_and_large_for_boastful_probabilities(rng):
    labels, honest = _planted(rng, 4000, 0.3, 1.0)
    boastful = _binary((honest[:, 1] > 0.5) * 0.98 + 0.01)
    assert evaluate(honest, labels, MISS_COSTS_20, rng=rng).calibration_error.value < 0.03
    assert evaluate(boastful, labels, MISS_COSTS_20, rng=rng).calibration_error.value > 0.15


def test_a_class_that_gold_lacks_has_no_number(rng):
    probabilities = rng.dirichlet(np.ones(3), 20)
    metrics = evaluate(probabilities, rng.integers(2, size=20), 1 - np.eye(3), rng=rng)
    assert metrics.recall[2] is None
    assert metrics.average_precision[2] is None
    assert metrics.recall[0] is not None


def test_a_thousand_resamples_take_less_than_a_second(rng):
    labels, probabilities = _planted(rng, 300, 0.1, 1.5)
    started = time.perf_counter()
    evaluate(probabilities, labels, MISS_COSTS_20, rng=rng, n_bootstrap=1000)
    assert time.perf_counter() - started < 1


def test_predictions_that_are_not_finite_are_refused(rng):
    with pytest.raises(NotFinite):
        evaluate(np.full((3, 2), np.nan), np.array([0, 1, 0]), MISS_COSTS_20, rng=rng)


@pytest.fixture
def planted(rng):
    labels, good = _planted(rng, 400, 0.15, 2.5)
    noise = _binary(np.clip(good[:, 1] * 0.3 + rng.random(400) * 0.3, 0, 1))
    return labels, good, noise


def _compare(champion, challenger, labels, floors=None):
    return compare(
        champion,
        challenger,
        labels,
        MISS_COSTS_20,
        confidence=0.9,
        recall_floors=floors or {},
        rng=np.random.default_rng(0),
        classes=("good", "defective"),
    )


def test_a_better_challenger_is_promoted(planted):
    labels, good, noise = planted
    verdict = _compare(noise, good, labels)
    assert verdict.promote
    assert verdict.probability_cheaper > 0.99
    assert verdict.cost_difference.high < 0
    assert verdict.sentences[-1] == "Promoted."
    assert len(verdict.flipped) == (decide(good, MISS_COSTS_20) != decide(noise, MISS_COSTS_20)).sum()


def test_a_worse_challenger_is_not(planted):
    labels, good, noise = planted
    verdict = _compare(good, noise, labels)
    assert not verdict.promote
    assert verdict.probability_cheaper < 0.01


def test_an_equal_challenger_is_not(planted):
    labels, good, _ = planted
    verdict = _compare(good, good.copy(), labels)
    assert not verdict.promote
    assert verdict.probability_cheaper == 0
    assert verdict.flipped == ()


def test_no_gain_pays_for_a_broken_floor(planted):
    labels, good, noise = planted
    verdict = _compare(noise, good, labels, floors={1: 1.01})
    assert not verdict.promote
    assert any("the floor of 101% is broken" in sentence for sentence in verdict.sentences)


def test_the_first_model_needs_no_champion_but_its_floors(planted):
    labels, good, _ = planted
    first = _compare(None, good, labels, floors={1: 0.5})
    assert first.promote
    assert first.cost_difference.high < 0
    assert all(recall.champion is None for recall in first.recalls)
    assert not _compare(None, good, labels, floors={1: 1.01}).promote
