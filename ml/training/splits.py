"""Splits that keep groups whole: two pictures of one patient or panel never stand on both sides."""

import numpy as np
import numpy.typing as npt

from ml.arrays import Indices, Labels


def stratified_group_folds(
    labels: Labels, groups: npt.NDArray[np.generic], n_folds: int, rng: np.random.Generator
) -> Indices:
    """The fold (0..n_folds-1) of each sample; classes spread as evenly as whole groups allow.

    Greedy: groups in random order, those richest in the rarest classes first, each to the fold that has the
    smallest share of what the group brings. O(groups x folds x classes).
    """
    names, member = np.unique(groups, return_inverse=True)
    counts = np.zeros((len(names), int(labels.max()) + 1))
    np.add.at(counts, (member, labels), 1)
    shares = counts / np.maximum(counts.sum(axis=0), 1)

    shuffled = rng.permutation(len(names))
    order = shuffled[np.argsort(-shares[shuffled].max(axis=1), kind="stable")]
    fold_of_group = np.zeros(len(names), np.int64)
    filled = np.zeros((n_folds, shares.shape[1]))
    for group in order:
        load = filled @ shares[group] + 1e-6 * filled.sum(axis=1)
        fold_of_group[group] = int(load.argmin())
        filled[fold_of_group[group]] += shares[group]
    return fold_of_group[member]


def fewest_groups_of_a_class(labels: Labels, groups: npt.NDArray[np.generic]) -> int:
    """In how many groups the rarest class occurs: more folds than this leave some without it."""
    return min(len(np.unique(groups[labels == label])) for label in np.unique(labels))
