"""Drift: what has not changed is rarely taken for changed, what has is found, whoever is called new."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, kstest

from ml.drift.measure import LEAST, Seen, measure_drift, one_a_group
from ml.drift.mmd import mmd, squared_distances
from ml.drift.permutation import permutation_tests
from ml.drift.psi import psi
from ml.errors import NotFinite

WIDTH = 24


def seen(rng: np.random.Generator, n: int, *, shift: float = 0.0, rare: float = 0.1) -> Seen:
    """Two clouds, of which the rarer is scored higher."""
    members = rng.random(n) < rare
    embeddings = rng.normal(size=(n, WIDTH)) + 2.0 * members[:, None] + shift
    scores = 1 / (1 + np.exp(-(embeddings.mean(axis=1) - 1)))
    return Seen(embeddings.astype(np.float32), np.stack([1 - scores, scores], axis=1))


def chosen(rng: np.random.Generator, n: int) -> Seen:
    """Half of it from the rare cloud, as a strategy that looks for it chooses."""
    return seen(rng, n, rare=0.5)


def ps(drift) -> list[float]:
    tests = (drift.embeddings_pool, drift.scores_pool, drift.embeddings_training, drift.scores_training)
    return [one.p for one in tests]


def test_two_hundred_imports_like_the_pool_are_false_alarms_no_oftener_than_stated():
    found = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        drift = measure_drift(seen(rng, 60), seen(rng, 120), chosen(rng, 50), rng=rng, permutations=1999)
        found.append(ps(drift))
    levels = np.array(found)
    for test in levels.T:
        # Of p-values that mean what they say, one in twenty is below 0.05; and 0.05/200 in none of two hundred looks.
        assert binomtest(int((test <= 0.05).sum()), 200, 0.05, alternative="greater").pvalue > 0.01
        assert kstest(test, "uniform", alternative="greater").pvalue > 0.01
        assert (test <= 0.05 / 200).mean() <= 0.05


def test_a_shift_of_the_embeddings_is_found_by_both_of_their_tests():
    rng = np.random.default_rng(3)
    drift = measure_drift(seen(rng, 80, shift=1.0), seen(rng, 300), chosen(rng, 100), rng=rng)
    assert drift.embeddings_pool.p <= 0.05 / 200
    assert drift.scores_pool.p <= 0.05 / 200


def test_what_lies_away_from_the_training_samples_is_told_from_what_moved_towards_them():
    rng = np.random.default_rng(4)
    old, training = seen(rng, 200), chosen(rng, 100)
    away = measure_drift(seen(rng, 100, shift=-1.0), old, training, rng=rng, permutations=4999)
    towards = measure_drift(chosen(rng, 100), old, training, rng=rng, permutations=4999)
    assert away.embeddings_training.p < 0.001 < 0.5 < towards.embeddings_training.p
    assert towards.embeddings_pool.p < 0.001


def test_training_samples_that_were_chosen_raise_no_alarm_themselves():
    rng = np.random.default_rng(5)
    drift = measure_drift(seen(rng, 200), seen(rng, 200), chosen(rng, 100), rng=rng, permutations=1999)
    assert min(ps(drift)) > 0.01
    assert drift.chosen_embeddings > 3 * drift.embeddings_pool.value
    assert drift.chosen_scores > 0.25


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(3, 40), m=st.integers(3, 40))
def test_distance_is_symmetric_never_negative_and_none_from_itself(seed, n, m):
    rng = np.random.default_rng(seed)
    one, other = seen(rng, n), seen(rng, m, shift=rng.normal())
    assert mmd(one.embeddings, other.embeddings) == pytest.approx(mmd(other.embeddings, one.embeddings), abs=1e-5)
    assert psi(one.scores, other.scores) == pytest.approx(psi(other.scores, one.scores))
    assert min(mmd(one.embeddings, other.embeddings), psi(one.scores, other.scores)) > -1e-6
    assert mmd(one.embeddings, one.embeddings) == pytest.approx(0, abs=1e-5)
    assert psi(one.scores, one.scores) == pytest.approx(0)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_neither_order_nor_a_move_of_everything_changes_the_distance(seed):
    rng = np.random.default_rng(seed)
    one, other = seen(rng, 30), seen(rng, 50, shift=0.5)
    far = mmd(one.embeddings, other.embeddings)
    order = rng.permutation(50)
    assert mmd(one.embeddings, other.embeddings[order]) == pytest.approx(far, abs=1e-5)
    assert mmd(one.embeddings + 100, other.embeddings + 100) == pytest.approx(far, abs=1e-3)


def test_mmd_is_the_mean_of_the_kernel_within_less_that_between():
    rng = np.random.default_rng(6)
    one, other = seen(rng, 20).embeddings, seen(rng, 30, shift=1.0).embeddings
    both = np.concatenate([one, other]).astype(np.float64)
    apart = ((both[:, None] - both[None]) ** 2).sum(axis=2)
    kernel = np.exp(-apart / np.median(apart[np.triu_indices(50, k=1)]))
    expected = kernel[:20, :20].mean() + kernel[20:, 20:].mean() - 2 * kernel[:20, 20:].mean()
    assert mmd(one, other) == pytest.approx(expected, rel=1e-3)
    assert np.allclose(squared_distances(one, other), apart[:20, 20:], rtol=1e-3, atol=1e-3)


def test_stopping_early_gives_the_same_level_as_all_permutations():
    """The mean of four coins against that of four others: p is known by counting."""
    values = np.array([1, 1, 1, 0, 1, 0, 0, 0], np.float64)
    tests = [
        permutation_tests(
            lambda members: (values @ members)[None], n_new=4, n_old=4, permutations=n, rng=np.random.default_rng(7)
        )[0].p
        for n in (200, 40_000)
    ]
    # 17 of the 70 ways to choose four have three ones or more.
    assert tests == pytest.approx([17 / 70] * 2, abs=0.12)


def test_one_of_each_group_is_taken_and_each_has_its_chance():
    groups = np.repeat(np.arange(30), 4)
    rng = np.random.default_rng(8)
    taken = [one_a_group(groups, 10, rng) for _ in range(200)]
    assert all(len(set(groups[one])) == len(one) == 10 for one in taken)
    counts = np.bincount(np.concatenate(taken), minlength=120)
    assert counts.min() > 0


def test_the_same_seed_measures_the_same():
    def drift():
        rng = np.random.default_rng(9)
        return measure_drift(seen(rng, 40), seen(rng, 40), None, rng=rng, permutations=499)

    assert drift() == drift()
    assert drift().embeddings_training is None


def test_too_few_samples_and_nan_are_refused():
    rng = np.random.default_rng(10)
    with pytest.raises(ValueError, match=f"at least {LEAST}"):
        measure_drift(seen(rng, LEAST - 1), seen(rng, 50), None, rng=rng)
    broken = seen(rng, 30)
    broken.embeddings[3, 3] = np.nan
    with pytest.raises(NotFinite, match="embeddings"):
        measure_drift(broken, seen(rng, 50), None, rng=rng)


def test_samples_that_are_all_alike_have_not_drifted():
    flat = Seen(np.ones((30, 4), np.float32), np.full((30, 2), 0.5))
    drift = measure_drift(flat, flat, None, rng=np.random.default_rng(11), permutations=99)
    assert (drift.embeddings_pool.p, drift.scores_pool.p) == (1.0, 1.0)
