"""What an ensemble says in numbers: fans, what more money buys, and what a target or random labels would need."""

from dataclasses import dataclass

import numpy as np

from ml.forecast.curves import Ensemble
from ml.forecast.families import Floats

QUANTILES = (0.1, 0.5, 0.9)
_POINTS = 40

Band = tuple[float | None, float | None, float | None]
"""P10, P50, P90; None where it lies beyond the horizon."""
Row = tuple[float, float, float, float]
"""Money, then P10, P50 and P90 of the metric there."""


@dataclass(frozen=True, slots=True)
class Needed:
    """Spending that reaches a target; `probability`: in how many of the draws that is before the horizon."""

    band: Band
    probability: float


def fan(ensemble: Ensemble, *, first: float, horizon: float, rng: np.random.Generator) -> list[Row]:
    """What a version measures, from `first` to `horizon`."""
    grid = np.union1d(np.geomspace(first, horizon, _POINTS), ensemble.now)
    return _rows(grid, ensemble.measured_at(grid, rng))


def gains(ensemble: Ensemble, *, horizon: float) -> list[Row]:
    """By how much the metric falls for so much more, up to the horizon."""
    most = horizon - ensemble.now
    amounts = np.concatenate([[0.0], np.geomspace(most / 1000, most, _POINTS)])
    return _rows(amounts, ensemble.gain(amounts))


def needed(ensemble: Ensemble, target: Floats | float, *, horizon: float) -> Needed:
    spending = ensemble.spending_to(target, horizon=horizon)
    quantiles = np.quantile(spending, QUANTILES, method="inverted_cdf")
    low, middle, high = (float(one) if np.isfinite(one) else None for one in quantiles)
    return Needed((low, middle, high), float(np.isfinite(spending).mean()))


def _rows(money: Floats, draws: Floats) -> list[Row]:
    bands = np.quantile(draws, QUANTILES, axis=0).T
    return [(float(at), float(p10), float(p50), float(p90)) for at, (p10, p50, p90) in zip(money, bands, strict=True)]
