"""The forecast at the newest version: curves through what was measured, for the labels chosen and those by chance."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from heedful.projects.models import Project
from heedful.registry.forecasts import Ground, Point, ground_of, store_forecast
from ml.forecast.curves import Ensemble, Points, fit_ensemble
from ml.forecast.outlook import fan, gains, needed
from workers.running import RunningJob

LOOKS_AHEAD = 4.0
"""So many times what was spent on learning, or as far as the budget goes."""
CONTROL_LOOKS_AHEAD = 20.0
"""Chance has had but a share of the money, and what it is compared with had all of it."""
OF_INTERVAL = 2 * 1.96
"""So many standard errors wide is a 95% interval."""

TOO_FEW = (
    "A forecast needs three model versions, each trained after more was spent on the pool; so far there are {count}."
)
CONTROL_TOO_FEW = (
    "Labels drawn by chance were measured after {count} different spendings; three are needed to say what they buy."
)


def forecast(running: RunningJob) -> None:
    project = Project.objects.select_related("budget").get(pk=running.project_id)
    ground = ground_of(project)
    if not ground.active:
        return
    newest = ground.active[-1].model_number
    body = forecast_body(
        ground,
        limit=float(project.budget.limit),
        target=None if project.target_cost is None else float(project.target_cost),
        rng=np.random.default_rng((project.seed, newest)),
    )
    store_forecast(project=project, model_number=newest, body=body)


def forecast_body(ground: Ground, *, limit: float, target: float | None, rng: np.random.Generator) -> dict[str, Any]:
    """In the form of `registry.forecasts`."""
    base = float(ground.base)
    active, control = _points(ground.active, base), _points(ground.control, base)
    body: dict[str, Any] = {"spent": float(ground.active[-1].spent), "base": base, "target": target}
    if not active.enough:
        return body | {"reason": TOO_FEW.format(count=_spendings(active)), "control_reason": _of_control(control)}
    curve = fit_ensemble(active, rng=rng)
    horizon = max(limit - base, LOOKS_AHEAD * curve.now)
    body |= {
        "reason": None,
        "fan": _with_base(fan(curve, first=_first(active), horizon=horizon, rng=rng), base),
        "gains": gains(curve, horizon=horizon),
    }
    if target is not None:
        reached = needed(curve, target, horizon=horizon)
        body |= {"to_target": _plus(reached.band, base), "probability": reached.probability}
    return body | _by_chance(ground, curve, control, horizon, rng)


def _by_chance(
    ground: Ground, curve: Ensemble, control: Points, horizon: float, rng: np.random.Generator
) -> dict[str, Any]:
    """What labels drawn by chance buy, and what of them the champion's quality would have taken."""
    if not control.enough:
        return {"control_reason": _of_control(control)}
    base = float(ground.base)
    by_chance = fit_ensemble(control, rng=rng)
    horizon = max(horizon, CONTROL_LOOKS_AHEAD * by_chance.now)
    said: dict[str, Any] = {
        "control_reason": None,
        "control_fan": _with_base(fan(by_chance, first=_first(control), horizon=horizon, rng=rng), base),
    }
    if ground.champion:
        # Draw by draw, so that the doubt about the champion's own curve is in it.
        spent = float(ground.champion.spent)
        quality = curve.at(np.array([max(spent - base, 0.0)]))[:, 0]
        said["needed"] = _plus(needed(by_chance, quality, horizon=horizon).band, base)
        said["needed_for"] = {"spent": spent, "expected_cost": ground.champion.expected_cost["value"]}
    return said


def _points(points: Sequence[Point], base: float) -> Points:
    """A version that has learned from nothing but what was free says nothing of what money buys."""
    paid = [one for one in points if float(one.spent) > base]
    intervals = [one.expected_cost for one in paid]
    return Points(
        spent=np.array([float(one.spent) - base for one in paid]),
        value=np.array([one["value"] for one in intervals], np.float64),
        error=np.array([(one["high"] - one["low"]) / OF_INTERVAL for one in intervals], np.float64),
    )


def _spendings(points: Points) -> int:
    return len(np.unique(points.spent))


def _of_control(control: Points) -> str | None:
    return None if control.enough else CONTROL_TOO_FEW.format(count=_spendings(control))


def _first(points: Points) -> float:
    return float(points.spent.min())


def _with_base(rows: Sequence[tuple[float, ...]], base: float) -> list[tuple[float, ...]]:
    return [(at + base, *band) for at, *band in rows]


def _plus(band: Sequence[float | None], base: float) -> list[float | None]:
    return [None if one is None else one + base for one in band]
