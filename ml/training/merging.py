"""Classes that are one while a model learns: what tells them apart is too rare, or too doubtful, to be learned.

The labels of a group become one class. Afterwards the head's row of a group stands for each of its members, at the
share of the group's labels that are the member's, so that probabilities still cover every class.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ml.arrays import Costs, Indices, Labels
from ml.heads import LinearHead

Floats = npt.NDArray[np.float64]


def group_of_class(groups: Sequence[Sequence[int]], n_classes: int) -> Indices:
    """(n_classes,): the number of each class's group, 0..g-1, in the order of their first classes. `groups` names the
    members of those that are merged; every other class is a group of its own. Raises ValueError when a class stands in
    two.
    """
    first = np.arange(n_classes)
    members = [c for group in groups for c in group]
    if len(set(members)) < len(members):
        raise ValueError("A class can be merged into one group only.")
    for group in groups:
        first[list(group)] = min(group)
    _, numbered = np.unique(first, return_inverse=True)
    return np.asarray(numbered, np.int64)


def merged_sureness(sureness: Floats, labels: Labels, group: Indices) -> Floats:
    """(n,): how likely the label's group is to be right. What a label lacks goes to all other classes alike, and some
    of them are in its group.
    """
    others = np.bincount(group)[group[labels]] - 1
    return np.asarray(sureness + (1 - sureness) * others / max(len(group) - 1, 1), np.float64)


def shares_in_group(labels: Labels, group: Indices) -> Floats:
    """(n_classes,): the share of each class among the labels of its group; a class without any counts as one half of a
    label (Krichevsky & Trofimov, 1981).
    """
    counts = np.bincount(labels, minlength=len(group)) + 0.5 * (np.bincount(group)[group] > 1)
    return np.asarray(counts / np.bincount(group, weights=counts)[group], np.float64)


def merged_costs(costs: Costs, group: Indices) -> Costs:
    """(g, g): the mean cost between the members of each two groups; 0 on the diagonal."""
    member = np.eye(int(group.max()) + 1)[group]
    sizes = member.sum(axis=0)
    means = member.T @ costs @ member / np.outer(sizes, sizes)
    np.fill_diagonal(means, 0.0)
    return np.asarray(means, np.float64)


def free_within(costs: Costs, group: Indices) -> Costs:
    """The costs with every confusion inside a group at 0: what is counted when a group is one class in evaluation."""
    return np.where(group[:, None] == group[None], 0.0, costs)


def unfolded(head: LinearHead, group: Indices, shares: Floats) -> LinearHead:
    """A head over groups as a head over classes: a group's probability is shared among its members."""
    bias = head.bias[group] + head.temperature * np.log(shares)
    return LinearHead(head.weights[group].copy(), np.asarray(bias, np.float32), head.temperature)
