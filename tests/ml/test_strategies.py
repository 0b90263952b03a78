"""Scores and diversity, each against a slow version that says the same thing plainly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ml.errors import NotFinite
from ml.strategies.catalogue import STRATEGIES
from ml.strategies.k_center import k_center
from ml.strategies.scores import margin, rare_class_score
from ml.strategies.top import TopM
from ml.strategies.typicality import typicality

seeds = st.integers(0, 2**32 - 1)


def _probabilities(n, c, seed):
    return np.random.default_rng(seed).dirichlet(np.ones(c), n).astype(np.float32)


def _points(n, d, seed):
    """Whole numbers in a small range: many ties and equal points."""
    return np.random.default_rng(seed).integers(-4, 5, (n, d)).astype(np.float32)


def _plain_k_center(points, size, centres):
    picked: list[int] = []
    distances: list[float] = []
    cover = list(centres)
    for _ in range(min(size, len(points))):
        if cover:
            nearest = np.min([((points - c) ** 2).sum(axis=1) for c in cover], axis=0)
        else:
            nearest = -((points - points.mean(axis=0)) ** 2).sum(axis=1)
        nearest[picked] = -np.inf
        picked.append(int(nearest.argmax()))
        distances.append(float(np.sqrt(nearest[picked[-1]])) if cover else np.inf)
        cover.append(points[picked[-1]])
    return picked, distances


@given(n=st.integers(1, 40), c=st.integers(2, 6), seed=seeds)
def test_margin_is_one_minus_the_gap_of_the_two_likeliest(n, c, seed):
    probabilities = _probabilities(n, c, seed)
    plain = [1 - (sorted(row)[-1] - sorted(row)[-2]) for row in probabilities.tolist()]
    assert np.allclose(margin(probabilities), plain, atol=1e-6)


def test_margin_is_highest_where_two_classes_tie():
    scores = margin(np.array([[0.9, 0.1, 0.0], [0.45, 0.45, 0.1], [0.4, 0.3, 0.3]], np.float32))
    assert scores.argmax() == 1


def test_rare_class_score_is_the_probability_of_that_class():
    probabilities = _probabilities(5, 3, 0)
    assert np.array_equal(rare_class_score(probabilities, 2), probabilities[:, 2])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_scores_refuse_numbers_that_are_none(bad):
    probabilities = _probabilities(5, 3, 0)
    probabilities[2, 0] = bad
    for score in (margin, lambda p: rare_class_score(p, 1)):
        with pytest.raises(NotFinite):
            score(probabilities)


@given(n=st.integers(1, 60), d=st.integers(1, 5), size=st.integers(0, 70), m=st.integers(0, 6), seed=seeds)
@settings(max_examples=60, deadline=None)
def test_each_pick_of_k_center_is_the_farthest_left(n, d, size, m, seed):
    points, centres = _points(n, d, seed), _points(m, d, seed + 1)
    rows, distances = k_center(points, size, centres=centres)
    assert len(rows) == len(set(rows.tolist())) == len(distances) == min(n, size)
    assert _is_farthest_first(points, centres, rows)


def _is_farthest_first(points, centres, rows):
    """Every pick was as far from what was covered as any row left; ties and rounding may fall either way."""
    cover = list(centres)
    left = np.ones(len(points), bool)
    for row in rows:
        if cover:
            nearest = np.min([((points - c) ** 2).sum(axis=1) for c in cover], axis=0)
            if nearest[row] < nearest[left].max() - 1e-2:
                return False
        left[row] = False
        cover.append(points[row])
    return True


@pytest.mark.parametrize("seed", [1, 2])
def test_k_center_among_many_equals_the_plain_version(seed):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(1200, 8)).astype(np.float32)
    centres = rng.normal(size=(30, 8)).astype(np.float32)
    rows, _ = k_center(points, 90, centres=centres)
    assert rows.tolist() == _plain_k_center(points.astype(np.float64), 90, centres.astype(np.float64))[0]


def test_k_center_of_equal_points_is_still_distinct():
    rows, _ = k_center(np.ones((1500, 4), np.float32), 700)
    assert len(set(rows.tolist())) == 700


@given(n=st.integers(1, 80), d=st.integers(1, 6), size=st.integers(0, 90), m=st.integers(0, 10), seed=seeds)
@settings(max_examples=40, deadline=None)
def test_typicality_gives_exactly_the_distinct_rows_asked_for(n, d, size, m, seed):
    points, labeled = _points(n, d, seed), _points(m, d, seed + 1)
    rows, scores = typicality(points, size, rng=np.random.default_rng(seed), labeled=labeled)
    again, _ = typicality(points, size, rng=np.random.default_rng(seed), labeled=labeled)
    assert len(rows) == len(set(rows.tolist())) == len(scores) == min(n, size)
    assert all(0 <= row < n for row in rows)
    assert rows.tolist() == again.tolist()


def _blobs(rng, sizes):
    """Clusters far apart in direction, so that k-means cannot but find them."""
    centres = np.eye(len(sizes), 8) * 10
    return np.concatenate([c + rng.normal(scale=0.3, size=(n, 8)) for c, n in zip(centres, sizes, strict=True)])


def test_typicality_takes_the_densest_of_each_cluster_largest_first(rng):
    points = _blobs(rng, (60, 40, 25)).astype(np.float32)
    rows, _ = typicality(points, 3, rng=rng)
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    expected = []
    for members in (range(60), range(60, 100), range(100, 125)):
        apart = [np.sort(np.linalg.norm(unit[members] - unit[i], axis=1))[1:21].mean() for i in members]
        expected.append(members[int(np.argmin(apart))])
    assert rows.tolist() == expected


def test_typicality_passes_over_clusters_that_have_a_label(rng):
    points = _blobs(rng, (60, 40, 25)).astype(np.float32)
    labeled = points[:1]
    rows, _ = typicality(points[1:], 2, rng=rng, labeled=labeled)
    assert rows[0] + 1 >= 60
    assert rows[1] + 1 >= 60


@given(
    scores=hnp.arrays(np.float64, st.integers(0, 60), elements=st.integers(0, 8).map(float)),
    m=st.integers(0, 20),
    cuts=st.integers(1, 7),
    seed=seeds,
)
def test_merging_shards_equals_sorting_the_pool(scores, m, cuts, seed):
    ids = np.random.default_rng(seed).permutation(1000)[: len(scores)]
    total = TopM(m)
    for part in np.array_split(np.random.default_rng(seed + 1).permutation(len(ids)), cuts):
        shard = TopM(m)
        shard.add(ids[part], scores[part])
        total.merge(shard)
        total.merge(shard)  # a shard that reports twice changes nothing
    expected = sorted(zip(-scores, ids, strict=True))[:m]
    found, kept = total.result()
    assert list(zip(-kept, found, strict=True)) == expected


def test_each_strategy_says_how_it_is_run():
    for name, strategy in STRATEGIES.items():
        assert strategy.name == name
        assert (strategy.score is None) != (strategy.pick is None)
