"""What holds for every strategy there is, whatever it looks for."""

import tracemalloc
from importlib.metadata import EntryPoint, EntryPoints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.errors import BrokenStrategy, NotFinite
from ml.strategies import catalogue
from ml.strategies.catalogue import STRATEGIES, find
from ml.strategies.strategy import Need, Strategy
from tests.ml.given import picking, scoring

seeds = st.integers(0, 2**32 - 1)
SCORES = [one for one in STRATEGIES.values() if one.score]
PICKS = [one for one in STRATEGIES.values() if one.pick]
BY_CHANCE = {"uniform", "dropout"}
AROUND = {"contrastive"}
"""What lies around a sample is of its shard."""


def _named(strategies):
    return {"argvalues": strategies, "ids": lambda one: one.name}


def test_each_is_called_what_it_is_and_cites_its_paper():
    for name, strategy in STRATEGIES.items():
        assert strategy.name == name
        assert (strategy.score is None) != (strategy.pick is None)
        assert strategy.paper
        assert strategy.cost.startswith("O(")
        assert strategy.sentence


@pytest.mark.parametrize("strategy", **_named(SCORES))
@given(n=st.integers(1, 50), seed=seeds)
@settings(max_examples=10, deadline=None)
def test_a_score_is_one_finite_number_a_sample_and_the_same_again(strategy, n, seed):
    first, again = strategy.scores(scoring(n, seed)), strategy.scores(scoring(n, seed))
    assert first.shape == (n,)
    assert np.isfinite(first).all()
    assert np.array_equal(first, again)


@pytest.mark.parametrize("strategy", **_named([one for one in SCORES if one.name not in {*BY_CHANCE, *AROUND}]))
@given(n=st.integers(1, 40), seed=seeds)
@settings(max_examples=10, deadline=None)
def test_a_sample_scores_alike_in_any_company_and_order(strategy, n, seed):
    """So that shards can be cut anywhere."""
    order = np.random.default_rng(seed).permutation(n)
    whole = strategy.scores(scoring(n, seed))
    assert np.allclose(strategy.scores(scoring(n, seed, rows=order)), whole[order], atol=1e-5)
    alone = [strategy.scores(scoring(n, seed, rows=[row]))[0] for row in range(min(n, 5))]
    assert np.allclose(alone, whole[:5], atol=1e-5)


@pytest.mark.parametrize("strategy", **_named([one for one in SCORES if one.name != "uniform"]))
def test_numbers_that_are_none_are_refused(strategy):
    broken = scoring(20, 1)
    for array in (broken.probabilities, broken.embeddings, broken.members):
        array[3] = np.nan
    if strategy.name == "bald":
        broken.members[:, 3] = np.nan
    with pytest.raises(NotFinite):
        strategy.scores(broken)


def _points(n, d, seed, *, whole):
    """Whole numbers in a small range make many ties and equal points."""
    rng = np.random.default_rng(seed)
    return (rng.integers(-2, 3, (n, d)) if whole else rng.normal(size=(n, d))).astype(np.float32)


@pytest.mark.parametrize("strategy", **_named(PICKS))
@given(n=st.integers(1, 60), size=st.integers(0, 70), m=st.integers(0, 6), whole=st.booleans(), seed=seeds)
@settings(max_examples=25, deadline=None)
def test_a_pick_gives_exactly_the_distinct_rows_asked_for(strategy, n, size, m, whole, seed):
    points = _points(n, 5, seed, whole=whole)
    labeled = _points(m, 5, seed + 1, whole=whole) if m else None
    rows, scores = strategy.pick(picking(points, size, seed, labeled=labeled))
    again, _ = strategy.pick(picking(points, size, seed, labeled=labeled))
    assert len(rows) == len(set(rows.tolist())) == len(scores) == min(n, size)
    assert all(0 <= row < n for row in rows)
    assert rows.tolist() == again.tolist()


@pytest.mark.parametrize("strategy", **_named(PICKS))
def test_equal_points_are_still_told_apart(strategy):
    rows, _ = strategy.pick(picking(np.ones((300, 4), np.float32), 120, 0))
    assert len(set(rows.tolist())) == 120


@pytest.mark.parametrize("strategy", **_named(PICKS))
def test_a_pick_refuses_numbers_that_are_none(strategy):
    points = _points(30, 4, 0, whole=False)
    given_points = picking(points, 5, 0)
    points[3, 2] = np.nan
    with pytest.raises(NotFinite):
        strategy.pick(given_points)


@pytest.mark.parametrize("strategy", **_named(SCORES))
def test_a_score_keeps_no_copy_of_the_shard(strategy):
    """A few numbers a sample, beyond a block of fixed size: never samples times labels, nor samples times width."""
    shard = scoring(40_000, 0, width=64)
    strategy.scores(scoring(10, 0, width=64))
    tracemalloc.start()
    strategy.scores(shard)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 80 * 2**20


@pytest.mark.parametrize("strategy", **_named([one for one in PICKS if one.name != "typicality"]))
def test_a_pick_holds_no_distances_of_all_pairs(strategy):
    """8,000 samples would need 256 MB for theirs."""
    points = np.random.default_rng(0).normal(size=(8_000, 32)).astype(np.float32)
    request = picking(points, 20, 0)
    tracemalloc.start()
    strategy.pick(request)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * 2**20


def test_what_is_missing_is_named():
    without = scoring(5, 0)
    without = type(without)(n=5, probabilities=None, target=None, rng=without.rng)
    for strategy in SCORES:
        if strategy.needs:
            with pytest.raises(ValueError, match="Missing: "):
                strategy.scores(without)


OWN = Strategy(
    name="own", paper="ours", cost="O(n)", needs=frozenset({Need.PROBABILITIES}), score=lambda s: np.zeros(s.n)
)
MISNAMED = Strategy(name="other", paper="ours", cost="O(n)", needs=frozenset(), score=lambda s: np.zeros(s.n))
NO_STRATEGY = 3


@pytest.fixture
def installed(monkeypatch):
    """As if a package with these entry points were installed."""
    points = [
        EntryPoint(name, f"tests.ml.test_strategy_catalogue:{value}", catalogue.ENTRY_POINTS)
        for name, value in (("own", "OWN"), ("misnamed", "MISNAMED"), ("none", "NO_STRATEGY"), ("gone", "MISSING"))
    ]
    monkeypatch.setattr(catalogue, "entry_points", lambda group: EntryPoints(points).select(group=group))
    find.cache_clear()
    yield
    find.cache_clear()


def test_an_installed_package_brings_a_strategy(installed):
    assert find("own") is OWN
    assert find("margin") is STRATEGIES["margin"]


@pytest.mark.parametrize("name", ["misnamed", "none", "gone", "nowhere"])
def test_a_broken_strategy_says_what_is_wrong(installed, name):
    with pytest.raises(BrokenStrategy, match=name if name == "nowhere" else "tests.ml.test_strategy_catalogue"):
        find(name)


def test_a_strategy_either_scores_or_picks():
    with pytest.raises(ValueError, match="either score or pick"):
        Strategy(name="both", paper="", cost="O(n)", needs=frozenset())
