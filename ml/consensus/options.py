"""The ways to ask about a sample, and what each is expected to come to: every outcome counted, none simulated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb, factorial, prod

import numpy as np

from ml.arrays import Costs, Indices
from ml.consensus.answers import Matrix
from ml.errors import require_finite

STOP = -1
# How many outcomes times decisions are still counted, and how many further answers are looked ahead to.
_MOST_COLUMNS = 100_000
_FARTHEST = 2


@dataclass(frozen=True, slots=True)
class AskableTier:
    """confusion: (true, given), rows summing to 1. price: of an answer, in the unit of the costs.
    most: answers that one sample may get from it."""

    confusion: Matrix
    price: float
    most: int

    def __post_init__(self) -> None:
        require_finite("confusion", self.confusion)
        if self.confusion.min() < 0 or np.abs(self.confusion.sum(axis=1) - 1).max() > 1e-3:
            raise ValueError("The rows of a tier's confusion must be probabilities that sum to 1.")
        if not 0 <= self.price < np.inf or self.most < 0:
            raise ValueError("A tier's price and its most answers cannot be negative.")


@dataclass(frozen=True, slots=True)
class Option:
    """Ask the tier `first` so many `times`; then the tier `then`, the same or a dearer one, up to `again` times, one
    by one, while the answers leave so much doubt that it is worth its price. STOP, 0 times: ask nobody."""

    first: int
    times: int
    then: int | None = None
    again: int = 0

    def most(self, n_tiers: int) -> Indices:
        """(n_tiers,): the most answers of each tier that it comes to."""
        answers = np.zeros(n_tiers, np.int64)
        if self.times:
            answers[self.first] += self.times
        if self.then is not None:
            answers[self.then] += self.again
        return answers


NOBODY = Option(STOP, 0)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an option comes to. price: of its sure answers; further: of one more.

    chance, stay: one array for 0, 1, … further answers, of shape (classes, …, n, outcomes of the sure ones) with the
    newest answer first: how likely these answers are, and the risk of leaving it at that, times their chance. last:
    that of a last further answer to the last of them, summed over what it may say.
    """

    option: Option
    price: float
    further: float
    chance: tuple[Matrix, ...]
    stay: tuple[Matrix, ...]
    last: Matrix

    def at(self, dearness: float) -> tuple[Matrix, Matrix]:
        """Expected price and risk left, (n,) each, if one goes on where that saves `dearness` times its price."""
        price, risk = np.zeros_like(self.last), self.last
        for chance, stay in zip(reversed(self.chance), reversed(self.stay), strict=True):
            price = price + self.further * chance
            goes = stay - risk > dearness * price
            price, risk = (np.where(goes, price, 0.0), np.where(goes, risk, stay))
            if stay.ndim > 2:
                price, risk = price.sum(axis=0), risk.sum(axis=0)
        return self.price + price.sum(axis=1), risk.sum(axis=1)


def outlooks(believed: Matrix, costs: Costs, tiers: Sequence[AskableTier]) -> list[Outlook]:
    """(n, c) beliefs -> every option's, that of asking nobody first. For the samples of a round, not for a pool:
    time O(n x c^2 x outcomes), memory O(n x outcomes)."""
    return [_outlook(believed, costs, tiers, option) for option in _options(tiers, believed.shape[1])]


def _options(tiers: Sequence[AskableTier], n_classes: int) -> Iterator[Option]:
    """Nobody first; then the fewest answers first, without what has too many outcomes to count."""
    yield NOBODY
    for times in range(1, max((tier.most for tier in tiers), default=0) + 1):
        columns = comb(times + n_classes - 1, times) * n_classes
        for first, tier in enumerate(tiers):
            if times > tier.most or columns > _MOST_COLUMNS:
                continue
            yield Option(first, times)
            for then, other in enumerate(tiers):
                left = min(_FARTHEST, other.most - (times if then == first else 0))
                for again in range(1, left + 1):
                    if other.price >= tier.price and columns * n_classes**again <= _MOST_COLUMNS:
                        yield Option(first, times, then, again)


def _outlook(believed: Matrix, costs: Costs, tiers: Sequence[AskableTier], option: Option) -> Outlook:
    said: Matrix = np.ones((1, believed.shape[1]))
    price = 0.0
    if option != NOBODY:
        said = _likelihoods(tiers[option.first].confusion, option.times)
        price = tiers[option.first].price * option.times
    if option.then is None:
        return Outlook(option, price, 0.0, (), (), _risks(believed, said, costs))
    further = tiers[option.then]
    chance, stay = [], []
    for answered in range(option.again):
        if answered:
            said = np.stack([said * share for share in further.confusion.T])
        chance.append(believed @ said.swapaxes(-1, -2))
        stay.append(_risks(believed, said, costs))
    last = sum((_risks(believed, said * share, costs) for share in further.confusion.T), np.zeros_like(stay[-1]))
    return Outlook(option, price, further.price, tuple(chance), tuple(stay), last)


def _likelihoods(confusion: Matrix, times: int) -> Matrix:
    """(outcomes, true): how likely each count of answers is, for each class that may be true."""
    drawn = np.array(list(combinations_with_replacement(range(len(confusion)), times)), np.int64)
    counts = (drawn[:, :, None] == np.arange(len(confusion))).sum(axis=1)
    orders = [factorial(times) / prod(factorial(count) for count in row) for row in counts.tolist()]
    return np.asarray(np.array(orders)[:, None] * confusion.T[drawn].prod(axis=1))


def _risks(believed: Matrix, said: Matrix, costs: Costs) -> Matrix:
    """(…, n, outcomes) for (…, outcomes, true): what the cheapest decision after each outcome is expected to cost,
    times the outcome's chance.

    Decision by decision: a minimum over whole matrices is several times faster than one over a short axis.
    """
    least = believed @ (said * costs[:, 0]).swapaxes(-1, -2)
    for decided in range(1, costs.shape[1]):
        np.minimum(least, believed @ (said * costs[:, decided]).swapaxes(-1, -2), out=least)
    return np.asarray(least)
