"""`auto`: the shares of the next round, learned from what the money of past rounds bought.

Each recipe is an arm of a bandit. What a round bought is how much cheaper the model's mistakes became for how much more
was spent: the elasticity -d log(cost) / d log(money). Costs fall about as a power of the money, so early and late
rounds are comparable. A round mixes arms, so what it bought is explained by their shares of its money: a Bayesian
linear regression, which also learns how far off gold is. A round that adds little to the money tells little beside that
noise. Each quarter of the next round then goes to the arm that is best in one draw of what is believed (Thompson,
1933): rounds differ in their mix, which is what tells the arms apart. TAILOR (Zhang et al., 2023) chooses among
strategies likewise. The random control is drawn before all slots and keeps its share, whatever is learned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CONTROL_ARM = "control"

# What `auto` chooses among; where its evidence is not there yet, an arm waits.
ARMS = (
    "spread-margin",
    "rare-class",
    "class-threshold",
    "contrastive",
    "badge",
    "bald",
    "spread-cost",
    "contradicted",
    "look-alike",
    "neighbours",
)

# Before any round: what published comparisons, and runs of our own on rare classes (`benchmarks.savings`, on seeds that
# it does not report), let expect of an arm, and how sure that is.
PRIOR = 0.3
PRIOR_DEVIATION = 0.1
PRIORS: Mapping[str, float] = {
    "class-threshold": 0.45,
    "contrastive": 0.45,
    "spread-margin": 0.45,
    "rare-class": 0.35,
    "badge": 0.35,
    "neighbours": 0.2,
    "random": 0.15,
    CONTROL_ARM: 0.15,
}
# How far off gold of some hundred samples is on how a round changed the logarithm of the cost; believed as firmly as so
# many rounds would show it.
NOISE, NOISE_ROUNDS = 0.15, 1
SETTLED = 10
# So many arms at most take part in a round.
PARTS = 4
# What each round back counts for: what helped a weak model need not help a good one.
FADING = 0.9

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RoundOutcome:
    """spent: by arm, in money, the control's under CONTROL_ARM. money: what was spent in all before and after the
    round. cost: expected cost a sample on gold before and after it."""

    spent: Mapping[str, float]
    money: tuple[float, float]
    cost: tuple[float, float]

    @property
    def teaches(self) -> bool:
        """Not where nothing was spent, or a cost of 0 has no logarithm."""
        return min(*self.money, *self.cost) > 0 and self.money[1] > self.money[0] and sum(self.spent.values()) > 0


@dataclass(frozen=True, slots=True)
class ArmState:
    """mean, deviation: of the elasticity believed of an arm. share: of the next round. rounds: it took part in."""

    name: str
    mean: float
    deviation: float
    share: float
    rounds: int


def shares(arms: Sequence[str], history: Sequence[RoundOutcome], rng: np.random.Generator) -> list[ArmState]:
    """The arms in their order, with shares that sum to 1; the same history and seed give the same. history: oldest
    first; arms in it that are no longer there still explain its rounds.

    O(rounds x arms^2).
    """
    if not arms:
        raise ValueError("No arm to choose from.")
    names = list(dict.fromkeys([*arms, CONTROL_ARM, *(name for one in history for name in one.spent)]))
    mean, covariance, used = _posterior(names, history)
    drawn = rng.multivariate_normal(mean, covariance, PARTS, method="cholesky")[:, : len(arms)]
    wins = np.bincount(drawn.argmax(axis=1), minlength=len(arms)) / PARTS
    return [
        ArmState(name, float(mean[place]), float(np.sqrt(covariance[place, place])), float(share), int(used[place]))
        for place, (name, share) in enumerate(zip(arms, wins, strict=True))
    ]


def _posterior(names: Sequence[str], history: Sequence[RoundOutcome]) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
    """Mean (k,) and covariance (k, k) of the arms' elasticities, and (k,) in how many rounds each took part."""
    seen = [one for one in history if one.teaches]
    mixes = np.array([[one.spent.get(name, 0.0) for name in names] for one in seen]).reshape(len(seen), len(names))
    mixes = mixes / np.maximum(mixes.sum(axis=1, keepdims=True), 1e-12)
    grown = np.log([one.money[1] / one.money[0] for one in seen])
    cheaper = np.log([one.cost[0] / one.cost[1] for one in seen])
    known = mixes * grown[:, None]
    counts = FADING ** np.arange(len(seen))[::-1]
    prior = np.array([PRIORS.get(name, PRIOR) for name in names])
    mean, covariance, variance = prior, np.eye(len(names)), NOISE**2
    for _ in range(SETTLED):
        weighed = known.T * (counts / variance)
        covariance = np.linalg.inv(np.eye(len(names)) / PRIOR_DEVIATION**2 + weighed @ known)
        mean = prior + covariance @ weighed @ (cheaper - known @ prior)
        off = (cheaper - known @ mean) ** 2
        variance = (NOISE_ROUNDS * NOISE**2 + counts @ off) / (NOISE_ROUNDS + counts.sum())
    return np.asarray(mean), np.asarray((covariance + covariance.T) / 2), np.asarray((mixes > 0).sum(axis=0))
