"""An ensemble of learning curves, bootstrapped over the versions, and what its draws say.

Each draw weighs the versions anew (Bayesian bootstrap), supposes how far a version may lie from its curve, and takes
one curve of one family with the probability that it explains what was measured. Beyond the newest version each draw
bends by a slope of its own, so that doubt grows with how far one looks.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.errors import require_finite
from ml.forecast.families import CELLS, PRIOR, Floats, fit, shapes

FEWEST_POINTS = 3
DRAWS = 400

PRIOR_WOBBLE = 0.6
"""Before versions show it: how far training anew moves the metric, in standard errors of the gold set."""
PRIOR_POINTS = 2.0
"""So many versions is that guess worth."""
BEND = 0.5
"""Standard deviation of the slope, on logarithmic axes, by which reality leaves the curve."""


_EARLIEST, _STEPS = 0.01, 600


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """(n,) each: money spent, the metric measured then (lower is better, never below 0), its standard error."""

    spent: Floats
    value: Floats
    error: Floats

    def __post_init__(self) -> None:
        if not len(self.spent) == len(self.value) == len(self.error):
            raise ValueError("Each point has a spending, a value and a standard error.")
        for name in ("spent", "value", "error"):
            require_finite(name, getattr(self, name))

    @property
    def enough(self) -> bool:
        """Whether a curve can be told from a line: three different spendings."""
        return len(np.unique(self.spent[self.spent > 0])) >= FEWEST_POINTS


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """(draws,) each: a curve, its bend beyond `now`, and the wobble of a measured version around it, which goes with
    the root of the metric as the error of a mean of rare losses does.
    """

    now: float
    cells: npt.NDArray[np.int64]
    a: Floats
    b: Floats
    bend: Floats
    wobble: Floats

    def at(self, spent: Floats) -> Floats:
        """(m,) -> (draws, m): the metric that the curve passes through."""
        x = np.asarray(spent, np.float64) / self.now
        curves = self.a[:, None] + self.b[:, None] * shapes(x)[self.cells]
        bends = np.maximum(x, 1.0)[None] ** self.bend[:, None]
        return np.asarray(np.maximum(curves, 0.0) * bends)

    def measured_at(self, spent: Floats, rng: np.random.Generator) -> Floats:
        """(m,) -> (draws, m): what a version trained then will measure on the same gold."""
        curves = self.at(spent)
        # The same luck all along a draw keeps the quantiles smooth.
        luck = self.wobble * rng.standard_normal(len(self.wobble))
        return np.asarray(np.maximum(curves + luck[:, None] * np.sqrt(curves), 0.0))

    def gain(self, amounts: Floats) -> Floats:
        """(m,) -> (draws, m): by how much the metric falls when so much more is spent."""
        return self.at(np.array([self.now])) - self.at(self.now + np.asarray(amounts, np.float64))

    def spending_to(self, target: Floats | float, *, horizon: float) -> Floats:
        """(draws,): where each curve first reaches its target; inf where not up to the horizon."""
        grid = np.asarray(np.geomspace(self.now * _EARLIEST, max(horizon, self.now), _STEPS), np.float64)
        reached = self.at(grid) <= np.broadcast_to(np.asarray(target, np.float64), len(self.a))[:, None]
        return np.asarray(np.where(reached.any(axis=1), grid[reached.argmax(axis=1)], np.inf))


def fit_ensemble(points: Points, *, rng: np.random.Generator, draws: int = DRAWS) -> Ensemble:
    """O(draws x cells x n), vectorised. Raises ValueError unless `points.enough`."""
    if not points.enough:
        raise ValueError("A learning curve needs three versions at different spendings.")
    now = float(points.spent.max())
    shape = shapes(points.spent / now)
    # Half of the way to the mean: a version that was lucky is not known any better.
    level = np.sqrt((points.value + points.value.mean()) / 2).clip(min=1e-9)
    wobble = _wobbles(points, shape, level, rng, draws)
    n = len(points.spent)
    weights = rng.exponential(size=(draws, n))
    weights = weights / weights.mean(axis=1, keepdims=True) / (wobble[:, None] * level) ** 2
    fits = fit(shape, np.broadcast_to(points.value, (draws, n)), weights)
    cells = _drawn(fits.error, rng)
    rows = np.arange(draws)
    return Ensemble(
        now=now,
        cells=cells,
        a=fits.a[rows, cells],
        b=fits.b[rows, cells],
        bend=BEND * rng.standard_normal(draws),
        wobble=wobble,
    )


def _wobbles(points: Points, shape: Floats, level: Floats, rng: np.random.Generator, draws: int) -> Floats:
    """(draws,): how far versions lie from their curve, in units of `level`: as seen, and as guessed beforehand."""
    left = float(fit(shape, points.value[None], 1 / level[None] ** 2).error.min())
    guess = PRIOR_WOBBLE * max(float(np.mean(points.error / level)), 1e-9)
    freedom = PRIOR_POINTS + max(len(points.spent) - 2, 1)
    return np.sqrt((PRIOR_POINTS * guess**2 + left) / rng.chisquare(freedom, size=draws))


def _drawn(error: Floats, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """(draws, cells) -> (draws,): a cell by its likelihood."""
    surplus = error - error.min(axis=1, keepdims=True)
    chance = PRIOR * np.exp(-surplus / 2)
    steps = chance.cumsum(axis=1)
    return np.asarray((rng.random((len(error), 1)) * steps[:, -1:] > steps).sum(axis=1), np.int64).clip(
        max=len(CELLS) - 1
    )
