import numpy as np
import pytest

from ml.heads import LinearHead
from ml.training.losses import soft_targets
from ml.training.merging import (
    free_within,
    group_of_class,
    merged_costs,
    merged_sureness,
    shares_in_group,
    unfolded,
)

COSTS = np.array([[0.0, 1.0, 2.0, 3.0], [4.0, 0.0, 5.0, 6.0], [7.0, 8.0, 0.0, 9.0], [10.0, 11.0, 12.0, 0.0]])
GROUP = group_of_class([[3, 1]], 4)


def test_groups_are_numbered_by_their_first_class_and_the_others_stay_alone():
    assert GROUP.tolist() == [0, 1, 2, 1]
    assert group_of_class([], 3).tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="one group only"):
        group_of_class([[0, 1], [1, 2]], 3)


def test_confusing_members_costs_nothing_and_all_else_what_it_did():
    free = free_within(COSTS, GROUP)
    assert free[1, 3] == free[3, 1] == 0
    others = np.ones_like(COSTS, bool)
    others[[1, 3], [3, 1]] = False
    assert (free == COSTS)[others].all()


def test_costs_between_groups_are_the_mean_over_their_members():
    found = merged_costs(COSTS, GROUP)
    assert found[0, 1] == np.mean([COSTS[0, 1], COSTS[0, 3]])
    assert found[1, 2] == np.mean([COSTS[1, 2], COSTS[3, 2]])
    assert (np.diag(found) == 0).all()


def test_shares_are_those_of_the_labels_and_a_member_without_any_keeps_a_little():
    shares = shares_in_group(np.array([0, 0, 1, 1, 1, 2]), GROUP)
    assert np.allclose(shares, [1.0, 3.5 / 4, 1.0, 0.5 / 4])


def test_a_group_s_probability_is_shared_among_its_members(rng):
    head = LinearHead(rng.normal(size=(3, 5)).astype(np.float32), rng.normal(size=3).astype(np.float32), 1.7)
    embeddings = rng.normal(size=(9, 5)).astype(np.float32)
    shares = np.array([1.0, 0.8, 1.0, 0.2])
    plain = head.probabilities(embeddings)[:, GROUP] * shares
    assert np.allclose(unfolded(head, GROUP, shares).probabilities(embeddings), plain, atol=1e-6)


def test_sureness_of_a_group_is_the_sum_over_its_members(rng):
    labels, sureness = np.array([0, 1, 3, 2]), np.array([0.7, 0.7, 0.4, 1.0])
    plain = soft_targets(labels, sureness, 4)
    expected = [plain[row, GROUP[label] == GROUP].sum() for row, label in enumerate(labels)]
    assert np.allclose(merged_sureness(sureness, labels, GROUP), expected)
