import numpy as np
import pytest

from ml.errors import NotFinite
from ml.evaluation.priors import adjusted, compare_priors, em_priors

NAMES = ("good", "cracked", "soiled")


def _answers(rng, n, shares, learned_at):
    """Exact posteriors of a model that learned at `learned_at`, on a pool with `shares` of three Gaussian classes."""
    labels = rng.choice(3, n, p=shares)
    seen = rng.normal(size=(n, 2)) + np.array([[0, 0], [2, 0], [0, 2]])[labels]
    centres = np.array([[0, 0], [2, 0], [0, 2]])
    likelihood = np.exp(-((seen[:, None] - centres) ** 2).sum(axis=2) / 2)
    weighed = likelihood * learned_at
    return weighed / weighed.sum(axis=1, keepdims=True)


def _plain_em(probabilities, before, steps):
    priors = list(before)
    for _ in range(steps):
        totals = [0.0, 0.0, 0.0]
        for row in probabilities:
            weighed = [p * prior / old for p, prior, old in zip(row, priors, before, strict=True)]
            for c in range(3):
                totals[c] += weighed[c] / sum(weighed)
        priors = [total / len(probabilities) for total in totals]
    return priors


def test_em_is_the_loop_of_the_paper(rng):
    before = np.array([0.4, 0.3, 0.3])
    answers = _answers(rng, 60, [0.8, 0.15, 0.05], before)
    assert np.allclose(em_priors(answers, before), _plain_em(answers, before, 500), atol=1e-4)


@pytest.mark.parametrize("shares", [[0.9, 0.07, 0.03], [0.34, 0.33, 0.33], [0.2, 0.1, 0.7]])
def test_em_finds_how_frequent_the_classes_are_in_the_pool(rng, shares):
    before = np.array([0.5, 0.3, 0.2])
    found = em_priors(_answers(rng, 8000, shares, before), before)
    assert np.abs(found - shares).max() < 0.02


def test_adjusting_is_bayes_rule(rng):
    before, after = np.array([0.5, 0.3, 0.2]), np.array([0.9, 0.07, 0.03])
    assert np.allclose(
        adjusted(_answers(np.random.default_rng(2), 50, after, before), before, after),
        _answers(np.random.default_rng(2), 50, after, after),
    )


def test_scores_that_are_not_finite_are_refused():
    with pytest.raises(NotFinite):
        em_priors(np.array([[np.nan, 1.0]]), np.array([0.5, 0.5]))


def test_chosen_labels_that_are_rarer_than_the_pool_are_told_of():
    found = compare_priors(np.array([60, 30, 10]), np.array([180, 12, 8]), np.array([0.9, 0.06, 0.04]), NAMES)
    assert found.warning is not None
    assert found.warning.startswith("cracked is 30% of the labels trained on, 6.0% of gold")
    assert "about 6.0% of the pool" in found.warning
    assert "calibrated on gold" in found.warning


def test_labels_by_chance_are_not(rng):
    quiet = 0
    for _ in range(200):
        labels = np.bincount(rng.choice(3, 100, p=[0.85, 0.1, 0.05]), minlength=3)
        gold = np.bincount(rng.choice(3, 200, p=[0.85, 0.1, 0.05]), minlength=3)
        quiet += compare_priors(labels, gold, np.array([0.85, 0.1, 0.05]), NAMES).warning is None
    assert quiet >= 190


def test_a_pool_that_differs_from_the_labels_is_told_of_though_gold_does_not():
    found = compare_priors(np.array([300, 100, 100]), np.array([9, 1, 0]), np.array([0.96, 0.02, 0.02]), NAMES)
    assert found.warning is not None


def test_scores_that_gold_speaks_against_raise_no_alarm():
    found = compare_priors(np.array([180, 12, 8]), np.array([180, 12, 8]), np.array([0.6, 0.3, 0.1]), NAMES)
    assert found.warning is None
    chosen = compare_priors(np.array([60, 30, 10]), np.array([180, 12, 8]), np.array([0.6, 0.3, 0.1]), NAMES)
    assert chosen.warning is not None
    assert "by the scores" not in chosen.warning
