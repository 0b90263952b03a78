"""Shapes that learning curves take: each falls with spending, from one bound towards another.

A curve is a + b × shape(x) with b >= 0. For one scale or exponent that is linear, so the scales and exponents form a
grid of cells, and each cell is solved exactly.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_EXPONENTS = tuple(float(one) for one in np.geomspace(0.1, 2.0, 10))
_SCALES = tuple(float(one) for one in np.geomspace(0.1, 4.0, 10))
_LEAST = 1e-3


@dataclass(frozen=True, slots=True)
class Cell:
    """One family at one scale (in units of what was spent at the newest point) or exponent."""

    family: str
    parameter: float

    def shape(self, x: Floats) -> Floats:
        x = np.maximum(x, _LEAST)
        if self.family == "power":
            return np.asarray(x**-self.parameter)
        if self.family == "logarithmic":
            return np.asarray(-np.log(x))
        scaled = x / self.parameter
        if self.family == "exponential":
            return np.asarray(np.exp(-scaled))
        if self.family == "arctan":
            return np.asarray(1 - np.arctan(scaled) * 2 / np.pi)
        return np.asarray(1 - scaled / np.sqrt(1 + scaled**2))


CELLS = (
    Cell("logarithmic", 1.0),
    *(Cell("power", one) for one in _EXPONENTS),
    *(Cell("exponential", one) for one in _SCALES),
    *(Cell("arctan", one) for one in _SCALES),
    *(Cell("algebraic", one) for one in _SCALES),
)
FAMILIES = tuple(dict.fromkeys(cell.family for cell in CELLS))
PRIOR = np.array([1 / sum(other.family == cell.family for other in CELLS) for cell in CELLS])
PRIOR = PRIOR / PRIOR.sum()
"""(cells,): each family as likely as another before anything is measured."""


def shapes(x: Floats) -> Floats:
    """(n,) -> (cells, n)"""
    return np.stack([cell.shape(x) for cell in CELLS])


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """(draws, cells) each: the best curve of every cell for every draw, and its sum of weighted squared errors."""

    a: Floats
    b: Floats
    error: Floats


def fit(shape: Floats, values: Floats, weights: Floats) -> Fits:
    """Least squares with a, b >= 0, given shape (cells, n), values and weights (draws, n)."""
    w = weights.sum(axis=1, keepdims=True)
    g, gg = weights @ shape.T, weights @ (shape**2).T
    weighed = weights * values
    y, yy = weighed.sum(axis=1, keepdims=True), (weighed * values).sum(axis=1, keepdims=True)
    gy = weighed @ shape.T
    spread = w * gg - g**2
    b = np.where(spread > 1e-12 * w * gg, (w * gy - g * y) / np.maximum(spread, 1e-300), 0.0)
    b = np.maximum(b, 0.0)
    a = (y - b * g) / w
    # A cost below nothing cannot be the limit; the logarithm has none, and is cut off at nothing instead.
    bounded = np.array([cell.family != "logarithmic" for cell in CELLS])
    through_zero = bounded & (a < 0)
    b = np.where(through_zero, np.maximum(gy / np.maximum(gg, 1e-300), 0.0), b)
    a = np.where(through_zero, 0.0, a)
    error = yy - 2 * a * y - 2 * b * gy + a**2 * w + 2 * a * b * g + b**2 * gg
    return Fits(a, b, np.maximum(error, 0.0))
