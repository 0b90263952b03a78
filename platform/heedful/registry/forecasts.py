"""Forecasts: what they are made from, what was said, what it means for the next round, and what came.

A worker computes; here is what it needs and what it leaves behind. Spending is counted from the first label on, the
gold set's price included: labels drawn by chance would have needed the same gold. A forecast's `body` holds

    spent, base         at its newest version; of that, for gold
    fan, control_fan    rows (spent, P10, P50, P90) of the expected cost that a version will measure
    gains               rows (more money, P10, P50, P90) of the fall of the expected cost
    target, to_target, probability    P10, P50, P90 of the spending that reaches the target, null where it is not
    needed, needed_for  the same of labels drawn by chance for the champion's expected cost
    reason, control_reason            why there is none
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from heedful.acquisition.models import QueryRound
from heedful.budgets.models import LedgerEntry
from heedful.budgets.rates import current_rate, expert_tier
from heedful.core.money import ZERO, rounded, worded
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.notifications.models import Notification
from heedful.notifications.services import notify
from heedful.projects.models import Project
from heedful.registry.advice import (
    CostBand,
    MoneyBand,
    NextRound,
    Purchase,
    advise,
    interpolated,
    money_band,
    money_of,
    purchase,
)
from heedful.registry.models import Forecast, ModelVersion

ROUNDS_LOOKED_AT = 3
"""The price of the next round is that of so many rounds before."""
NOT_YET = "There is no forecast yet: it needs three model versions, each trained after more was spent."
NO_CONTROL = "Labels drawn by chance were measured less than three times; until then nothing can be said of savings."


@dataclass(frozen=True, slots=True)
class Point:
    """The expected cost of one version on gold, with its 95% interval, at the spending it was trained after."""

    model_number: int
    promoted: bool
    labels: int
    spent: Decimal
    expected_cost: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a forecast is made from."""

    active: Sequence[Point]
    control: Sequence[Point]
    base: Decimal
    champion: Point | None


def request_forecast(project_id: int) -> None:
    """Have a worker say what more money buys, as things stand now."""
    enqueue(Job.Kind.FORECAST, key=str(project_id), project_id=project_id)


def ground_of(project: Project) -> Ground:
    models = _judged_alike(list(project.models.select_related("run__snapshot", "evaluation").order_by("number")))
    active = [_point(one, one.run.spent, one.run.snapshot.count, one.evaluation.metrics) for one in models]
    base = _gold_money(project)
    if active:
        base = min(base, active[0].spent)
    drawn: dict[int, Point] = {}
    for one in models:
        if control := one.evaluation.control:
            # As long as chance brings no new label, nothing new is measured.
            spent = base + Decimal(control["spent"])
            drawn[control["labels"]] = _point(one, spent, control["labels"], control["metrics"])
    champions = [point for point, one in zip(active, models, strict=True) if one.state == ModelVersion.State.CHAMPION]
    return Ground(active, list(drawn.values()), base, champions[0] if champions else None)


def _judged_alike(models: list[ModelVersion]) -> list[ModelVersion]:
    """Those that were judged on the same classes as the newest: merging some makes every version look cheaper."""
    merged = [one.run.terms.get("evaluation", []) for one in models]
    return [one for one, groups in zip(models, merged, strict=True) if groups == merged[-1]]


def _point(model: ModelVersion, spent: Decimal, labels: int, metrics: Mapping[str, Any]) -> Point:
    return Point(
        model_number=model.number,
        promoted=model.state != ModelVersion.State.REJECTED,
        labels=labels,
        spent=rounded(spent),
        expected_cost=metrics["expected_cost"],
    )


def _gold_money(project: Project) -> Decimal:
    gold = LedgerEntry.objects.filter(project=project, item__round__kind=QueryRound.Kind.GOLD)
    return gold.total("spent")


@transaction.atomic
def store_forecast(*, project: Project, model_number: int, body: Mapping[str, Any]) -> Forecast:
    """Keep what is said at the newest version, and tell when the target is expected to cost more than the limit."""
    model = project.models.get(number=model_number)
    forecast, _ = Forecast.objects.update_or_create(model=model, defaults={"body": body})
    _tell_if_over_limit(project, body)
    return forecast


def _tell_if_over_limit(project: Project, body: Mapping[str, Any]) -> None:
    if not body.get("to_target"):
        return
    budget = project.budget
    needed = money_band(body["to_target"]).p50
    if needed is not None and needed <= budget.limit:
        return
    total = "more than can be forecast" if needed is None else worded(needed, budget.currency)
    notify(
        project_id=project.pk,
        kind=Notification.Kind.FORECAST_OVER_LIMIT,
        sentence=f"The target is expected to take {total}; the budget ends at {worded(budget.limit, budget.currency)}.",
        path=f"/projects/{project.pk}/money",
        key=f"{budget.limit} {body['target']}",
    )


# --- what it means now


@dataclass(frozen=True, slots=True)
class FanPoint:
    spent: Decimal
    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class Curve:
    points: Sequence[Point]
    fan: Sequence[FanPoint]
    reason: str | None


@dataclass(frozen=True, slots=True)
class ToTarget:
    target: Decimal
    total: MoneyBand
    further: MoneyBand
    probability: float
    horizon: Decimal


@dataclass(frozen=True, slots=True)
class Savings:
    expected_cost: float
    spent: Decimal
    needed: MoneyBand
    saved: MoneyBand


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the forecast at one version said of a later one, and what came."""

    made_at_model: int
    model_number: int
    spent: Decimal
    forecast: CostBand
    measured: float
    inside: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    rows: Sequence[Outcome]
    inside: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest forecast, read with what is spent, priced and wanted now."""

    reason: str | None
    made_at: datetime | None
    made_at_model: int | None
    currency: str
    spent: Decimal
    limit: Decimal
    yearly_volume: int | None
    target_cost: Decimal | None
    target_reached: bool
    active: Curve
    control: Curve
    to_target: ToTarget | None
    next_round: NextRound | None
    purchase: Purchase | None
    savings: Savings | None
    savings_reason: str | None
    calibration: Calibration


def standing(project: Project, *, amount: Decimal | None = None) -> Standing:
    """Where the forecast stands; `amount`: what so much more buys."""
    ground, budget, target = ground_of(project), project.budget, project.target_cost
    forecast = Forecast.objects.filter(model__project=project).select_related("model").order_by("model__number").last()
    body: Mapping[str, Any] = forecast.body if forecast else {}
    cost = ground.champion.expected_cost["value"] if ground.champion else None
    reason = body.get("reason") if forecast else NOT_YET
    control_reason = body.get("control_reason") if forecast else NO_CONTROL
    gains = body.get("gains", [])
    next_round = purchase(next_price(project), gains, project.yearly_volume)
    return Standing(
        reason=reason,
        made_at=forecast.made_at if forecast else None,
        made_at_model=forecast.model.number if forecast else None,
        currency=budget.currency,
        spent=budget.spent,
        limit=budget.limit,
        yearly_volume=project.yearly_volume,
        target_cost=target,
        target_reached=target is not None and cost is not None and cost <= target,
        active=Curve(ground.active, _fan(body.get("fan", [])), reason),
        control=Curve(ground.control, _fan(body.get("control_fan", [])), control_reason),
        to_target=_to_target(body, budget.spent) if target is not None else None,
        next_round=(
            advise(next_round, cost=cost, target=target, currency=budget.currency)
            if next_round and cost is not None
            else None
        ),
        purchase=purchase(amount, gains, project.yearly_volume) if amount else None,
        savings=_savings(body),
        savings_reason=control_reason,
        calibration=calibration(project, ground.active),
    )


def next_price(project: Project) -> Decimal:
    """The plan's, where one waits; else what the last rounds have cost on average, or so many expert labels."""
    planned = project.rounds.filter(state=QueryRound.State.PLANNED).first()
    if planned:
        return sum((one.price * one.answers_wanted for one in planned.items.all()), ZERO)
    closed = project.rounds.filter(kind=QueryRound.Kind.QUERY, state=QueryRound.State.CLOSED).order_by("-number")
    last = list(closed[:ROUNDS_LOOKED_AT])
    if last:
        spent = LedgerEntry.objects.filter(item__round__in=last).total("spent")
        return rounded(spent / len(last))
    return rounded(project.round_size * current_rate(expert_tier(project.pk)).expected_price())


def _fan(rows: Sequence[Sequence[float]]) -> list[FanPoint]:
    return [FanPoint(money_of(spent), p10, p50, p90) for spent, p10, p50, p90 in rows]


def _to_target(body: Mapping[str, Any], spent: Decimal) -> ToTarget | None:
    if not body.get("to_target"):
        return None
    total = money_band(body["to_target"])
    return ToTarget(
        target=money_of(body["target"]),
        total=total,
        further=total.less(spent).at_least_nothing(),
        probability=body["probability"],
        horizon=money_of(body["fan"][-1][0]),
    )


def _savings(body: Mapping[str, Any]) -> Savings | None:
    if not body.get("needed"):
        return None
    needed, spent = money_band(body["needed"]), money_of(body["needed_for"]["spent"])
    return Savings(
        expected_cost=body["needed_for"]["expected_cost"], spent=spent, needed=needed, saved=needed.less(spent)
    )


def calibration(project: Project, points: Sequence[Point]) -> Calibration:
    """Each forecast against every later version that it looks as far as."""
    made = Forecast.objects.filter(model__project=project).select_related("model").order_by("model__number")
    rows = [
        Outcome(
            made_at_model=forecast.model.number,
            model_number=point.model_number,
            spent=point.spent,
            forecast=band,
            measured=point.expected_cost["value"],
            inside=band.holds(point.expected_cost["value"]),
        )
        for forecast in made
        for point in points
        if point.model_number > forecast.model.number
        and (band := interpolated(forecast.body.get("fan", []), float(point.spent)))
    ]
    inside = sum(row.inside for row in rows)
    return Calibration(rows, inside, inside / len(rows) if rows else None)
