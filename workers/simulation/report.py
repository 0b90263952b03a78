"""The table: what each arm had to spend for what the experts buy with the whole budget, and what routing saves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean, median

import numpy as np
import numpy.typing as npt

from heedful.projects.models import Tier
from workers.simulation.outcome import ROUTED, Outcome, only

WANTED_SAVING = 0.3
RESAMPLES = 10_000

Money = npt.NDArray[np.float64]
Outcomes = Mapping[int, Sequence[Outcome]]
"""By seed."""


@dataclass(frozen=True, slots=True)
class Saving:
    """Share of the money that routing needs less than another arm: over all seeds, and its 95% bootstrap interval."""

    against: str
    share: float
    low: float
    high: float


def target_cost(outcomes: Outcomes) -> float:
    """What experts alone reach with the whole budget, on average over the seeds."""
    experts = _of(outcomes, only(Tier.Kind.EXPERT))
    return mean(one.points[-1][1] for one in experts if one.points)


def money_to(target: float, outcome: Outcome) -> float | None:
    """What had been spent when the target was first reached for good; None if it was not, within the budget."""
    reached = None
    for spent, cost in outcome.points:
        reached = (spent if reached is None else reached) if cost <= target else None
    return reached


def savings(outcomes: Outcomes, target: float, budget: Decimal) -> list[Saving]:
    """Of routing against each other arm. An arm that does not get there has needed the budget: it is at least that."""
    needed = {arm: _needed(outcomes, arm, target, budget) for arm in _arms(outcomes)}
    return [_saving(arm, needed[ROUTED], needed[arm]) for arm in needed if arm != ROUTED]


def _saving(arm: str, routed: Money, other: Money) -> Saving:
    drawn = np.random.default_rng(0).integers(len(routed), size=(RESAMPLES, len(routed)))
    draws = 1 - routed[drawn].sum(axis=1) / other[drawn].sum(axis=1)
    low, high = np.quantile(draws, (0.025, 0.975))
    return Saving(arm, float(1 - routed.sum() / other.sum()), float(low), float(high))


def _needed(outcomes: Outcomes, arm: str, target: float, budget: Decimal) -> Money:
    found = [money_to(target, one) for one in _of(outcomes, arm)]
    return np.array([float(budget) if one is None else one for one in found])


def table(outcomes: Outcomes, *, target: float, without_model: float, budget: Decimal) -> str:
    head = ("arm", "money to target", "range", "answers a seed", "final cost")
    rows = [head, *(_row(arm, _of(outcomes, arm), target, budget) for arm in _arms(outcomes))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "-" * len(lines[0]))
    title = (
        f"Target: {target:.2f} USD expected cost a sample, what experts alone reach with ${budget:,.0f} on average"
        f" over {len(outcomes)} seeds; without a model it is {without_model:.2f}."
        "\nMoney to target: median over the seeds."
    )
    saved = [
        f"routed against {one.against}: {one.share:.0%} less money (95% interval {one.low:.0%} to {one.high:.0%})"
        for one in savings(outcomes, target, budget)
    ]
    return "\n".join([title, "", *lines, "", *saved])


def _row(arm: str, outcomes: Sequence[Outcome], target: float, budget: Decimal) -> tuple[str, ...]:
    needed = sorted(float("inf") if (one := money_to(target, each)) is None else one for each in outcomes)
    kinds = sorted({kind for each in outcomes for kind in each.answers})
    answers = ", ".join(f"{mean(each.answers.get(kind, 0) for each in outcomes):.0f} {kind}" for kind in kinds)
    final = mean(each.points[-1][1] for each in outcomes if each.points) if any(e.points for e in outcomes) else None
    return (
        arm,
        _dollars(median(needed), budget),
        f"{_dollars(needed[0], budget)} – {_dollars(needed[-1], budget)}",
        answers,
        "no model" if final is None else f"{final:.2f}",
    )


def _dollars(amount: float, budget: Decimal) -> str:
    return f"> ${budget:,.0f}" if amount == float("inf") else f"${amount:,.0f}"


def _arms(outcomes: Outcomes) -> list[str]:
    return list(dict.fromkeys(one.arm for each in outcomes.values() for one in each))


def _of(outcomes: Outcomes, arm: str) -> list[Outcome]:
    return [one for each in outcomes.values() for one in each if one.arm == arm]
