"""Where a model is worse, in samples of which that is known."""

import numpy as np
import pytest

from ml.evaluation.mistakes import clusters_of, in_common, nearest, suspected
from ml.evaluation.reliability import reliability
from ml.evaluation.slices import LEAST, binned, share, slices_of, worst


def samples(rng, worse):
    """400 of two cameras, at three sites; wrong in one of twenty, or in every second of `worse`."""
    columns = {"camera": rng.choice(["A", "B"], 400).tolist(), "site": rng.choice(["x", "y", "z"], 400).tolist()}
    bad = np.array([worse(*one) for one in zip(*columns.values(), strict=True)])
    wrong = rng.random(400) < np.where(bad, 0.5, 0.05)
    return columns, wrong, wrong * 10.0


def test_a_slice_that_is_worse_is_found_with_its_size_and_interval():
    columns, wrong, costs = samples(np.random.default_rng(1), lambda camera, site: camera == "B" and site == "z")
    found = worst(slices_of(columns, wrong, costs))
    assert found[0].conditions == (("camera", "B"), ("site", "z"))
    both = np.array([c == "B" and s == "z" for c, s in zip(*columns.values(), strict=True)])
    assert (found[0].size, found[0].error.value) == (both.sum(), wrong[both].mean())
    assert found[0].error.low < 0.5 < found[0].error.high
    assert found[0].cost.low > found[0].rest


def test_where_no_slice_is_worse_none_is_found():
    reported = 0
    for seed in range(20):
        columns, wrong, costs = samples(np.random.default_rng(seed), lambda camera, site: False)
        reported += len(worst(slices_of(columns, wrong, costs))) > 0
    assert reported <= 2


def test_small_slices_are_not_tried():
    columns = {"camera": ["A"] * (LEAST - 1) + ["B"] * 50}
    wrong = np.zeros(LEAST + 49, bool)
    assert slices_of(columns, wrong, wrong * 1.0) == []


def test_numbers_are_cut_into_quarters_and_names_are_no_kind():
    cut = binned([str(number) for number in range(100)])
    assert sorted(set(cut)) == ["0 to 24.75", "24.75 to 49.5", "49.5 to 74.25", "74.25 to 99"]
    assert cut.count("0 to 24.75") == 25
    assert binned([f"file-{number}" for number in range(100)]) is None
    assert binned(["A"] * 9) is None
    assert binned(["A", None, "B"]) == ["A", "none", "B"]


def test_a_share_has_wilsons_interval():
    assert (share(0, 0).low, share(0, 0).high) == (0, 1)
    found = share(1, 10)
    assert (found.low, found.high) == (pytest.approx(0.0179, abs=1e-4), pytest.approx(0.4042, abs=1e-4))


def test_reliability_counts_what_was_right():
    probabilities = np.array([[0.95, 0.05]] * 4 + [[0.35, 0.65]] * 2)
    bins = reliability(probabilities, np.array([0, 0, 0, 1, 1, 0]))
    assert [(one.low, one.size, one.right.value) for one in bins] == [(0.6, 2, 0.5), (0.9, 4, 0.75)]
    assert bins[1].said == pytest.approx(0.95)


def test_mistakes_that_are_alike_are_put_together():
    rng = np.random.default_rng(3)
    middles = np.eye(3, 16, dtype=np.float32)
    points = np.concatenate(
        [middle + rng.normal(0, 0.05, (n, 16)) for middle, n in zip(middles, (12, 9, 6), strict=True)]
    )
    found = clusters_of(points.astype(np.float32), rng)
    assert [len(one.rows) for one in found] == [12, 9, 6]
    assert all(one.representative in one.rows for one in found)
    assert len(clusters_of(points[:5].astype(np.float32), rng)) == 1
    assert clusters_of(points[:0].astype(np.float32), rng) == []


def test_the_nearest_are_found_as_a_loop_finds_them():
    rng = np.random.default_rng(4)
    points, among = (rng.normal(size=(n, 8)).astype(np.float32) for n in (5, 30))
    rows, distances = nearest(points, among, 3)
    for row, point in enumerate(points):
        apart = [1 - point @ one / np.linalg.norm(point) / np.linalg.norm(one) for one in among]
        assert rows[row].tolist() == np.argsort(apart)[:3].tolist()
        assert np.allclose(distances[row], np.sort(apart)[:3], atol=1e-5)


def test_planted_label_errors_are_suspected():
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 3, 200)
    probabilities = np.full((200, 3), 0.05)
    probabilities[np.arange(200), labels] = 0.9
    said = labels.copy()
    said[:6] = (said[:6] + 1) % 3
    assert sorted(suspected(probabilities, said)) == list(range(6))
    assert suspected(probabilities, labels) == []
    assert suspected(probabilities[:1], np.zeros(1, np.int64)) == []


def test_what_mistakes_have_in_common():
    values = ["night"] * 4 + ["day"] * 16
    assert in_common(values, [0, 1, 2, 10]) == ("night", 0.75, 0.2)
    assert in_common(values, [10, 11, 12]) is None
