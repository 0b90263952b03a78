"""What the weak stage of a run was worth: measured on gold, and in the expert money that it replaced.

The money is read off the project's own curve of expected cost against spending, as it is forecast now: what lies
between the spending at which the curve is as good as the model is, and that at which it is as good as the same model
was without its weak stage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from heedful.projects.models import Project
from heedful.registry.advice import MoneyBand, money_of
from heedful.registry.models import Forecast, ModelVersion

NO_CURVE = "What that is in money can be said once there is a forecast: after three versions at different spendings."
NOTHING = "It replaced no expert money: the model is no better for it."
NOT_KEPT = "They replaced no expert money: the version does not use them."
CHEAP = "cheaper tiers and weak sources"
BEYOND = "The project's curve does not reach this quality yet, so that it cannot be said in money."

Row = Sequence[float]


@dataclass(frozen=True, slots=True)
class TriedCourse:
    """Of a deep run. held_out_loss: in nats, of experts' labels that no course learned from; it decides. expected_cost:
    a sample on gold, with bounds; None where the run did not record it."""

    name: str
    kept: bool
    held_out_loss: float
    expected_cost: Mapping[str, float] | None


@dataclass(frozen=True, slots=True)
class WeakWorth:
    """without, staged: expected cost a sample on gold, with bounds. replaced: expert money, else `reason` says why
    not. courses: what a deep run tried, by `held_out` labels. spent: on the cheap answers themselves; None where they
    cost nothing, or the run did not record it."""

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
    courses: Sequence[TriedCourse] = ()
    held_out: int | None = None
    spent: Decimal | None = None


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
    replaced, reason = _in_money(fan, without, staged) if said["trust"] else (None, said["unused"])
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
        courses=_courses(said),
        held_out=said.get("held_out"),
        spent=money_of(said["spent"]) if Decimal(said.get("spent", 0)) else None,
    )


def _reported(report: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """A quick run's weak stage; or what a deep run made of cheap labels, which it keeps or not."""
    if weak := report.get("weak_stage"):
        return {**weak, "trust": report["head"]["trust"], "unused": NOTHING}
    if cheap := report.get("cheap_labels"):
        of = {"samples": cheap["labels"], "trust": float(cheap["kept"]), "unused": NOT_KEPT}
        return {"sources": [CHEAP], "contradicting": [], **cheap, **of}
    return None


def _courses(said: Mapping[str, Any]) -> list[TriedCourse]:
    losses = said.get("held_out_loss", {})
    costs, best = said.get("expected_cost", {}), min(losses, key=losses.__getitem__, default="")
    return [TriedCourse(name, name == best, loss, costs.get(name)) for name, loss in losses.items()]


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
