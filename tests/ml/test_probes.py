"""Which backbone suits a pool, judged on samples that no head has learned from."""

import numpy as np
import pytest

from ml.evaluation.probes import advised, capped, probe

COSTS = np.array([[0.0, 5.0], [100.0, 0.0]])


def said(labels, *, right, seed):
    """Probabilities that point to the right class in that share of the samples."""
    hit = np.random.default_rng(seed).random(len(labels)) < right
    bad = np.where(hit, labels, 1 - labels) * 0.98 + 0.01
    return np.stack([1 - bad, bad], axis=1)


@pytest.fixture
def labels(rng):
    return (rng.random(300) < 0.3).astype(np.int64)


def found(labels, current="slow", **right):
    answers = {name: said(labels, right=share, seed=seed) for seed, (name, share) in enumerate(right.items())}
    return probe(answers, labels, COSTS, current=current, focus=1, rng=np.random.default_rng(1), n_bootstrap=500)


def test_a_backbone_that_costs_less_beyond_its_interval_is_advised(labels):
    probes = found(labels, slow=0.8, better=0.9, best=0.99)
    assert probes["slow"].difference is None
    assert probes["best"].cheaper
    assert probes["best"].difference.value == pytest.approx(
        probes["best"].expected_cost.value - probes["slow"].expected_cost.value
    )
    assert advised(probes, current="slow") == "best"


def test_what_does_not_differ_beyond_its_interval_changes_nothing(labels):
    probes = found(labels, slow=0.9, other=0.9)
    assert not probes["other"].cheaper
    assert not probes["other"].dearer
    assert advised(probes, current="slow") == "slow"


def test_the_more_backbones_the_wider_the_intervals_of_their_differences(labels):
    few = found(labels, slow=0.9, other=0.92)["other"].difference
    many = found(labels, slow=0.9, other=0.92, **{f"x{place}": 0.9 for place in range(9)})["other"].difference
    assert many.high - many.low > 1.2 * (few.high - few.low)


def test_backbones_that_are_alike_are_seldom_told_apart():
    """95%, together: of 40 draws of five that are alike, two are expected to look different."""
    wrong = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        labels = (rng.random(120) < 0.3).astype(np.int64)
        answers = {name: said(labels, right=0.9, seed=[seed, 7, place]) for place, name in enumerate("abcde")}
        probes = probe(answers, labels, COSTS, current="a", focus=1, rng=rng, n_bootstrap=300)
        wrong += any(one.cheaper or one.dearer for one in probes.values())
    assert wrong <= 5


def test_of_too_many_labels_the_rare_ones_stay(rng):
    labels = np.repeat([0, 1, 2], [900, 80, 20])
    rows = capped(labels, 120, rng)
    assert len(rows) == 120
    assert len(np.unique(rows)) == 120
    counts = np.bincount(labels[rows])
    assert counts[2] == 20
    assert counts[1] >= 20
    assert capped(labels[:50], 120, rng).tolist() == list(range(50))
