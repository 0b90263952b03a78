"""What the weak stage of a run was worth: measured on gold, and in the expert money that it replaced.

The money is read off the project's own curve of expected cost against spending, as it is forecast now: what lies
between the spending at which the curve is as good as the model is, and that at which it is as good as the same model
was without its weak stage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heedful.projects.models import Project
from heedful.registry.advice import MoneyBand, money_of
from heedful.registry.models import Forecast, ModelVersion

NO_CURVE = "What that is in money can be said once there is a forecast: after three versions at different spendings."
NOTHING = "It replaced no expert money: the model is no better for it."
CHEAP = "cheaper tiers and weak sources"
BEYOND = "The project's curve does not reach this quality yet, so that it cannot be said in money."

Row = Sequence[float]


@dataclass(frozen=True, slots=True)
class WeakWorth:
    """without, staged: expected cost a sample on gold, with bounds. replaced: expert money, else `reason` says why
    not."""

    samples: int
    sources: Sequence[str]
    contradicting: Sequence[str]
    trust: float
    without: Mapping[str, float]
    staged: Mapping[str, float]
    difference: Mapping[str, float]
    probability_cheaper: float
    replaced: MoneyBand | None
    reason: str | None


def fan_now(project: Project) -> Sequence[Row]:
    """Rows (spent, P10, P50, P90) of the newest forecast."""
    newest = Forecast.objects.filter(model__project=project).order_by("model__number").last()
    return newest.body.get("fan", []) if newest else []


def weak_worth(model: ModelVersion, fan: Sequence[Row]) -> WeakWorth | None:
    """None for a version that began from no weak labels."""
    said = _reported(model.run.report)
    if said is None:
        return None
    without, staged = said["without"]["value"], said["with"]["value"]
    replaced, reason = _in_money(fan, without, staged) if said["trust"] else (None, NOTHING)
    return WeakWorth(
        samples=said["samples"],
        sources=said["sources"],
        contradicting=said["contradicting"],
        trust=said["trust"],
        without=said["without"],
        staged=said["with"],
        difference=said["cost_difference"],
        probability_cheaper=said["probability_cheaper"],
        replaced=replaced,
        reason=reason,
    )


def _reported(report: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """A quick run's weak stage; or a deep run's, which learns from cheaper tiers too, and keeps all or nothing."""
    if weak := report.get("weak_stage"):
        return {**weak, "trust": report["head"]["trust"]}
    if cheap := report.get("cheap_stage"):
        of = {"samples": cheap["labels"], "sources": [CHEAP], "contradicting": []}
        return {**cheap, **of, "trust": float(cheap["kept"])}
    return None


def _in_money(fan: Sequence[Row], without: float, staged: float) -> tuple[MoneyBand | None, str | None]:
    if staged >= without:
        return None, NOTHING
    if not fan:
        return None, NO_CURVE
    apart = [_between(fan, column, without, staged) for column in (1, 2, 3)]
    if apart[1] is None:
        return None, BEYOND
    # The curves of the three quantiles need not lie in the same order in money.
    known = sorted(one for one in apart if one is not None)
    return MoneyBand(money_of(known[0]), money_of(apart[1]), money_of(known[-1]) if None not in apart else None), None


def _between(fan: Sequence[Row], column: int, without: float, staged: float) -> float | None:
    end, begin = _reached(fan, column, staged), _reached(fan, column, without)
    return None if end is None or begin is None else max(end - begin, 0.0)


def _reached(fan: Sequence[Row], column: int, cost: float) -> float | None:
    """The spending at which a falling curve first costs no more than this; its beginning, where it does from there."""
    before = fan[0]
    for row in fan:
        if row[column] <= cost:
            fall = before[column] - row[column]
            share = (before[column] - cost) / fall if fall > 0 else 0.0
            return before[0] + min(max(share, 0.0), 1.0) * (row[0] - before[0])
        before = row
    return None
