"""The map of a pool whose kinds are known."""

import numpy as np

from ml.projection import project


def kinds(count, seed=0):
    rng = np.random.default_rng(seed)
    middles = np.random.default_rng(9).normal(size=(4, 32))
    kind = rng.integers(0, 4, count)
    return (middles[kind] + 0.3 * rng.normal(size=(count, 32))).astype(np.float32), kind


def test_alike_samples_lie_together_also_those_that_are_placed_later():
    embeddings, kind = kinds(400)
    found = project(embeddings, seed=1, landmarks=250)
    middles = np.stack([found.points[kind == one].mean(axis=0) for one in range(4)])
    nearest = np.linalg.norm(found.points[:, None] - middles, axis=2).argmin(axis=1)
    assert (nearest == kind).mean() > 0.97
    assert found.kept > 0.8
    assert np.abs(found.points).max() <= 1
    assert np.array_equal(found.points, project(embeddings, seed=1, landmarks=250).points)


def test_a_few_samples_are_a_map_too():
    for count in (1, 4, 6):
        assert project(kinds(count)[0], seed=1).points.shape == (count, 2)
