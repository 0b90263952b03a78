"""A cascade: a cheap model decides what it is sure of, and a dear one the rest (Viola & Jones, 2001; Wang et al., 2018,
for deep networks). How sure is said in money: the gap between the best decision's expected cost and the next best's.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Costs, Indices, Labels, Probabilities
from ml.evaluation.decisions import decide, expected_costs
from ml.training.splits import stratified_group_folds

_FOLDS = 5

Gaps = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Terms:
    """What asking the dear model as well takes, a sample: its seconds and what a second is worth, in the unit of the
    costs.
    """

    dear_seconds: float
    second_price: float


@dataclass(frozen=True, slots=True)
class Cascade:
    """Samples whose gap is below `threshold` go on to the dear model; `share` of those it was chosen on did.
    `price`: expected cost and the dear model's time, a sample.
    """

    threshold: float
    share: float
    price: float


def gaps(probabilities: Probabilities, costs: Costs) -> Gaps:
    """(n,): how much dearer the second best decision is expected to be; lower = less sure."""
    two = np.partition(expected_costs(probabilities, costs), 1, axis=1)[:, :2]
    return np.asarray(two[:, 1] - two[:, 0], np.float64)


def choose_threshold(
    cheap: Probabilities, dear: Probabilities, labels: Labels, costs: Costs, *, terms: Terms
) -> Cascade:
    """The threshold of the lowest price over every one that parts the n samples otherwise; on a tie the one that asks
    the dear model less. (n, c) probabilities of both models. O(n log n).
    """
    gap = gaps(cheap, costs)
    order = np.argsort(gap, kind="stable")
    by_cheap, by_dear = (costs[labels, decide(one, costs)][order] for one in (cheap, dear))
    change = np.concatenate([[0.0], np.cumsum(by_dear - by_cheap)]) / len(labels)
    asked = np.arange(len(labels) + 1) / len(labels)
    prices = by_cheap.mean() + change + asked * terms.dear_seconds * terms.second_price
    ordered = gap[order]
    # Samples of equal gap stay together.
    prices[1:-1][ordered[1:] == ordered[:-1]] = np.inf
    best = int(np.flatnonzero(prices <= prices.min() + 1e-12 * max(float(costs.max()), 1.0))[0])
    # No gap is wider than the highest cost.
    edges = np.concatenate([[-ordered[0]], ordered, [2 * costs.max() + 1]])
    return Cascade(float(edges[best : best + 2].mean()), float(asked[best]), float(prices[best]))


def cascaded(cheap: Probabilities, dear: Probabilities, costs: Costs, *, threshold: float) -> Probabilities:
    """(n, c): the dear model's rows where the cheap one's gap is below the threshold."""
    return np.where((gaps(cheap, costs) < threshold)[:, None], dear, cheap)


def cross_chosen(
    cheap: Probabilities,
    dear: Probabilities,
    labels: Labels,
    groups: npt.NDArray[np.generic],
    costs: Costs,
    *,
    terms: Terms,
    rng: np.random.Generator,
) -> Indices:
    """(n,) decisions for judging a cascade on the samples its threshold is chosen on: each under the threshold of the
    other folds, which keep groups whole.
    """
    folds = min(_FOLDS, len(np.unique(groups)))
    if folds < 2:
        return decide(dear, costs)
    decided = np.empty(len(labels), np.int64)
    fold = stratified_group_folds(labels, groups, folds, rng)
    for number in range(folds):
        inside = fold == number
        chosen = choose_threshold(cheap[~inside], dear[~inside], labels[~inside], costs, terms=terms)
        parted = cascaded(cheap[inside], dear[inside], costs, threshold=chosen.threshold)
        decided[inside] = decide(parted, costs)
    return decided
