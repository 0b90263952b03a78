"""May a smaller or faster model stand in for the full one?

Two questions, both must be answered well: does it cost no more on gold than is allowed (paired bootstrap), and does it
decide as the full model does on pictures of the pool?
"""

from dataclasses import dataclass

import numpy as np

from ml.arrays import Costs, Indices, Labels
from ml.evaluation.bootstrap import Interval, interval, resamples

_N_BOOTSTRAP = 2000


@dataclass(frozen=True, slots=True)
class Gate:
    """tolerance: how much dearer it may be, as a share of what the full model costs, or of what it saves against the
    best single answer to every sample, whichever is more: a model that is nearly perfect costs nearly nothing, and one
    that is nearly useless saves nothing. confidence: how probable that must be. agreement: share of decisions that must
    be the same.
    """

    tolerance: float = 0.05
    confidence: float = 0.9
    agreement: float = 0.95


@dataclass(frozen=True, slots=True)
class Admission:
    """Costs are a sample's. `cost_difference`: smaller minus full, below zero = cheaper; `allowed`: how much above
    zero it may be, and `probability_within`: the share of resamples in which it is no more.
    """

    passed: bool
    expected_cost: Interval
    cost_difference: Interval
    allowed: float
    probability_within: float
    agreement: float
    sentences: tuple[str, ...]


def admit(
    full: Indices,
    smaller: Indices,
    labels: Labels,
    costs: Costs,
    *,
    same: tuple[int, int],
    gate: Gate,
    rng: np.random.Generator,
) -> Admission:
    """(n,) decisions of both on the same n > 0 gold samples. same: on how many pictures of the pool they decide alike,
    and of how many.
    """
    full_costs, smaller_costs = costs[labels, full], costs[labels, smaller]
    rows = [counts / len(labels) for counts in resamples(labels, _N_BOOTSTRAP, rng)]
    own, paired = (
        np.concatenate([row @ values for row in rows]) for values in (smaller_costs, smaller_costs - full_costs)
    )
    best_single = float(costs[labels].mean(axis=0).min())
    allowed = gate.tolerance * max(float(full_costs.mean()), best_single - float(full_costs.mean()))
    # Half a rounding step: equal costs summed in another order must not count as dearer.
    within = float((paired <= allowed + 1e-12 * max(float(costs.max()), 1.0)).mean())
    agreement = same[0] / same[1]
    reasons = _cost_reason(allowed, within, gate), _agreement_reason(same, gate)
    passed = within >= gate.confidence and agreement >= gate.agreement
    return Admission(
        passed=passed,
        expected_cost=interval(float(smaller_costs.mean()), own, 0.95),
        cost_difference=interval(float((smaller_costs - full_costs).mean()), paired, 0.95),
        allowed=allowed,
        probability_within=within,
        agreement=agreement,
        sentences=(*reasons, "Passed." if passed else "Refused."),
    )


def _cost_reason(allowed: float, within: float, gate: Gate) -> str:
    return (
        f"Costs at most {allowed:.2g} a sample more than the full model on gold ({gate.tolerance:.0%} of what that"
        f" costs or saves) with probability {within:.0%}; {gate.confidence:.0%} is needed."
    )


def _agreement_reason(same: tuple[int, int], gate: Gate) -> str:
    return (
        f"Decides as the full model on {same[0]} of {same[1]} pictures of the pool ({same[0] / same[1]:.1%}); "
        f"{gate.agreement:.0%} is needed."
    )
