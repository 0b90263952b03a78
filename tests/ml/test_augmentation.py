"""What augmentation does to pictures: always a picture, always the same one by seed, nothing without transforms."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from ml.training.augmentation import NONE, SAFE, TRANSFORMS, Augmentation, candidates
from ml.training.features import frozen_features
from ml.training.held_out import HeldOut, gain
from ml.training.processes import alone
from tests.ml.conftest import SMALL


def picture(size=24, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (size, size, 3), np.uint8)


@given(
    size=st.integers(1, 40),
    names=st.sets(st.sampled_from(sorted(TRANSFORMS))),
    strength=st.floats(1e-3, 1.0),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=80, deadline=None)
def test_a_version_is_a_picture_like_the_one_it_is_of_and_the_same_by_seed(size, names, strength, seed):
    before = picture(size)
    made, again = (Augmentation(tuple(names), strength).view(before, [seed, 1]) for _ in range(2))
    assert (made.shape, made.dtype) == (before.shape, np.uint8)
    assert np.array_equal(made, again)
    assert np.array_equal(before, picture(size))


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_transform_changes_something_and_hangs_on_its_seed(name):
    before, one = picture(), Augmentation((name,), 1.0)
    versions = [one.view(before, [0, number]) for number in range(12)]
    assert any(not np.array_equal(made, before) for made in versions)
    assert any(not np.array_equal(made, versions[0]) for made in versions)


@pytest.mark.parametrize("name", SAFE)
def test_what_is_safe_changes_little(name):
    """A smooth picture: of noise, a shift by one pixel changes everything."""
    ramp = np.linspace(40, 200, 64)
    smooth = np.stack([ramp[:, None] + 0 * ramp, 0 * ramp[:, None] + ramp, 120 + 0 * ramp[:, None] + 0 * ramp], axis=2)
    before = smooth.astype(np.uint8)
    for number in range(10):
        made = Augmentation((name,), 1.0).view(before, [number])
        assert np.abs(made.astype(int) - before).mean() < 40


def test_turns_and_mirrors_only_move_pixels_and_hue_leaves_grey_alone():
    before = picture()
    turned = Augmentation(("mirror", "upside_down", "quarter_turns")).view(before, [5])
    assert np.array_equal(np.sort(turned.reshape(-1, 3), axis=0), np.sort(before.reshape(-1, 3), axis=0))
    grey = np.repeat(picture()[..., :1], 3, axis=2)
    assert np.array_equal(Augmentation(("hue",), 1.0).view(grey, [1]), grey)


def test_without_transforms_there_is_the_picture_alone():
    before = picture()
    assert np.array_equal(NONE.view(before, [3]), before)
    assert NONE.views_of(10) == 1


def test_versions_are_fewer_where_they_would_fill_the_memory():
    one = Augmentation(SAFE)
    assert [one.views_of(n) for n in (1, 1_000, 3_000, 10**6)] == [8, 8, 2, 2]


@pytest.mark.parametrize("wrong", [{"transforms": ("melt",)}, {"strength": 0.0}, {"strength": 1.1}, {"views": 0}])
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r"melt|Strength"):
        Augmentation(**wrong)


def test_a_search_tries_what_may_break_labels_only_where_it_is_allowed():
    risky = {name for name, one in TRANSFORMS.items() if one.may_break}
    assert not any(risky & set(one.transforms) for one in candidates([]).values())
    assert [set(one.transforms) & risky for one in candidates(["mirror"]).values()] == [set(), set(), {"mirror"}]


def test_views_begin_with_the_picture_itself_and_hang_on_its_place_alone(make_pictures):
    paths, frozen = make_pictures(20), nn.Sequential(nn.Identity())
    plain = frozen_features(frozen, SMALL, paths, team=alone("cpu"))
    mirrors = Augmentation(("mirror",), views=3)
    made, again, other = (
        frozen_features(frozen, SMALL, paths, team=alone("cpu"), augmentation=mirrors, seed=seed)
        for seed in ((1, 4), (1, 4), (2, 4))
    )
    assert made.shape == (3, *plain.shape[1:])
    assert torch.equal(made[0], plain[0])
    assert torch.equal(made, again)
    assert not torch.equal(made, other)
    mirrored = [bool(torch.equal(made[1, row], plain[0, row].flip(2))) for row in range(20)]
    assert 0 < sum(mirrored) < 20


def held_out(losses, labels, groups=None):
    return HeldOut(np.asarray(labels), np.arange(len(labels)) if groups is None else groups, np.asarray(losses))


def test_a_difference_that_every_group_shows_is_beyond_noise_and_chance_is_not(rng):
    labels = np.arange(40) % 4 // 3
    before = held_out(np.ones(40), labels)
    better = gain(before, held_out(np.full(40, 0.8), labels), rng)
    assert better.difference.value == pytest.approx(-0.2)
    assert better.probability_better == 1
    chance = gain(before, held_out(1 + rng.normal(size=40), labels), rng)
    assert chance.difference.low < 0 < chance.difference.high


def test_pictures_of_one_group_are_one_piece_of_evidence(rng):
    labels = np.zeros(40, np.int64)
    apart = rng.normal(-0.2, 1, 4)
    losses = np.repeat(1 + apart, 10)
    alone_, grouped = (
        gain(held_out(np.ones(40), labels, groups), held_out(losses, labels, groups), np.random.default_rng(0))
        for groups in (np.arange(40), np.repeat(np.arange(4), 10))
    )
    assert alone_.difference.value == pytest.approx(grouped.difference.value)
    width = [one.difference.high - one.difference.low for one in (alone_, grouped)]
    assert width[1] > 1.5 * width[0]
