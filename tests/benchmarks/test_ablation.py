"""What the ablation deals out and how it compares: the figures themselves are not tested."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from benchmarks import ablation


@pytest.fixture
def pool() -> ablation.Pool:
    labels = np.arange(2_300) % 3 == 0
    return ablation.Pool(torch.empty(0), np.empty((0, 0), np.float32), labels.astype(np.int64))


def test_no_cell_is_dealt_twice_and_the_shares_are_as_stated(pool):
    draw = ablation._draw(pool, 3)
    dealt = np.concatenate([draw.experts, draw.cheap, draw.gold, draw.judged])
    assert len(set(dealt.tolist())) == len(dealt)
    assert pool.labels[draw.judged].mean() == pytest.approx(ablation.SHARE)
    assert (draw.said == pool.labels[draw.cheap]).mean() == pytest.approx(ablation.ACCURACY, abs=0.05)


def test_arms_differ_in_what_they_learn_from_and_when(pool):
    draw = ablation._draw(pool, 3)
    sizes = {
        labeling: [
            len(stage.labels) for stage in ablation._stages(replace(ablation.BASE, labeling=labeling), pool, draw)
        ]
        for labeling in ("experts", "together", "in turn")
    }
    assert sizes == {"experts": [120], "together": [820], "in turn": [700, 120]}
    names = [arm.name for arm in ablation.ARMS]
    assert len(set(names)) == len(names)
    assert set(ablation.COURSES) < set(names)


def test_an_arm_is_compared_seed_by_seed():
    base = [{"cost": 1.0}, {"cost": 3.0}, {"cost": 2.0}]
    found = [{"cost": 0.5}, {"cost": 2.5}, {"cost": 1.5}]
    assert ablation._difference(found, base, "cost", 2) == "-0.50 (-0.50 to -0.50)"
    assert ablation._difference(base, base, "cost", 2) is None
