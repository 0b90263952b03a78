"""What fools a model, and what is foreign to it."""

from itertools import pairwise

import numpy as np
import pytest

from ml.evaluation.outliers import auroc, energy, fitted
from ml.evaluation.robustness.attacks import fgsm, pgd, random_noise
from ml.evaluation.robustness.corruptions import CORRUPTIONS, SEVERITIES, corrupted
from ml.evaluation.robustness.nonsense import of_nothing, of_other_things, scrambled
from ml.inference.preprocessing import normalised
from tests.ml.planted import PREPARED, SIZE, opened, pictures


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("planted"))


def worse(pixels, name, severity, seed=2):
    return corrupted(pixels, name, severity, np.random.default_rng(seed)).astype(float)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_is_worse_with_each_severity_and_the_same_for_the_same_seed(name):
    # Something at every scale: a texture alone is as far from itself however far it is moved.
    rows, columns = np.mgrid[:SIZE, :SIZE]
    cone = np.clip(np.hypot(rows - 30, columns - 30) * 4, 0, 255)[:, :, None]
    pixels = (0.7 * cone + 0.3 * pictures(1, seed=3).pixels[0]).astype(np.uint8)
    apart = [
        np.mean([np.abs(worse(pixels, name, severity, seed) - pixels).mean() for seed in range(12)])
        for severity in SEVERITIES
    ]
    assert all(one < other for one, other in pairwise(apart))
    assert apart[0] > 0
    assert np.array_equal(worse(pixels, name, 3), worse(pixels, name, 3))
    made = corrupted(pixels, name, 5, np.random.default_rng(2))
    assert (made.shape, made.dtype) == (pixels.shape, np.uint8)


def test_an_attack_stays_within_its_bound_and_does_more_than_chance(model):
    shown = pictures(24, seed=5)
    epsilon = 8 / 255
    loss = []
    for changed in (
        random_noise(model, shown.images, epsilon, np.random.default_rng(0)),
        fgsm(model, shown.images, shown.labels, epsilon),
        pgd(model, shown.images, shown.labels, epsilon),
    ):
        bound = epsilon / PREPARED.std + 1e-5
        assert np.abs(changed - shown.images).max() <= bound
        said = model.scores(changed, "probabilities")[np.arange(24), shown.labels]
        loss.append(-np.log(np.maximum(said, 1e-12)).mean())
    assert loss[0] < loss[1] <= loss[2] + 1e-6
    assert np.array_equal(pgd(model, shown.images, shown.labels, 0.0), shown.images)


def test_nonsense_is_foreign_and_the_threshold_passes_its_share(model):
    known, held, ours = (embedded(model, pictures(n, seed=seed).images) for n, seed in ((240, 1), (200, 2), (200, 3)))
    foreign = fitted(known, held, rng=np.random.default_rng(0))
    assert (foreign.scores(ours) <= foreign.threshold(0.95)).mean() > 0.88
    assert (foreign.ordinary <= foreign.threshold(0.95)).mean() == pytest.approx(0.95, abs=0.006)
    rng = np.random.default_rng(4)
    odd = [one for _ in range(4) for one in of_nothing(SIZE, rng).values()]
    odd = embedded(model, np.stack([normalised(one, PREPARED) for one in odd]))
    assert auroc(foreign.scores(ours), foreign.scores(odd)) > 0.9


def embedded(model, images):
    return model.feature_maps(images).mean(axis=(2, 3))


def test_energy_and_auroc():
    assert energy(np.array([[0.0, 0.0], [5.0, 0.0]])) == pytest.approx([-np.log(2), -5.0067], abs=1e-3)
    assert auroc(np.array([1.0, 2.0]), np.array([3.0, 4.0])) == 1
    assert auroc(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == 0.5


def test_other_things_are_pictures_and_no_two_alike():
    rng = np.random.default_rng(3)
    made = [of_other_things(64, rng) for _ in range(3)]
    for name in ("handwritten digit", "photograph"):
        pictures = [one[name] for one in made]
        assert all(one.shape == (64, 64, 3) and one.dtype == np.uint8 and np.ptp(one) > 100 for one in pictures)
        assert not np.array_equal(pictures[0], pictures[1])


def test_scrambled_pictures_hold_the_same_parts():
    pixels = pictures(1, seed=1).pixels[0]
    mixed = scrambled(pixels, np.random.default_rng(0))
    assert mixed.shape == pixels.shape
    assert sorted(mixed.ravel().tolist()) == sorted(pixels.ravel().tolist())
    assert not np.array_equal(mixed, pixels)
