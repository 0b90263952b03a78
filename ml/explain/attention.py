"""What a model looks at in the pictures of a class, taken together: is it the object?

Maps of one picture each convince; a shortcut shows in many. A class that is recognised by a mark, a frame or the
weather has its heat at the same spot in picture after picture, often at a border, and its probability falls when that
spot is hidden, whatever the picture shows elsewhere (Lapuschkin et al., 2019, on such models).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter

from ml.arrays import FloatMap, Images
from ml.explain.fills import fill_of
from ml.explain.model import ExplainedModel
from ml.explain.render import normalised
from ml.explain.trust import stretched

GRID = 16
"""Cells a side, in which maps of all methods are compared."""
BORDER = 2
"""Cells: an eighth of the side."""
CORNER = 4
LEAST_PICTURES = 8
_SPOT = 4
"""Cells a side of the spot that is suspected: a quarter of the picture's."""
_FALL = 0.15
"""Of the probability, on average and beyond that of other spots: less is no alarm."""
_AGREEMENT = 0.4
"""Of the maps of a class, below which they are of an object that moves. On planted pictures, 0.1 to 0.3 without a mark
and 0.99 with one."""
_NEAR = 1 / GRID
"""So near to an edge still counts as at it."""

Grids = npt.NDArray[np.float32]
"""(n, GRID, GRID), each sums to 1; all zeros where a map points at nothing."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A square of the picture, in shares of its sides. fall: how far the class's probability falls when it is hidden,
    on average; elsewhere: the same for as large spots elsewhere."""

    left: float
    top: float
    right: float
    bottom: float
    fall: float
    elsewhere: float

    @property
    def at_edge(self) -> bool:
        return min(self.left, self.top, 1 - self.right, 1 - self.bottom) <= _NEAR

    @property
    def place(self) -> str:
        """In words, such as “upper left corner”."""
        rows = "upper" if self.bottom <= 0.5 else "lower" if self.top >= 0.5 else ""
        columns = "left" if self.right <= 0.5 else "right" if self.left >= 0.5 else ""
        corner = min(self.left, 1 - self.right) <= _NEAR and min(self.top, 1 - self.bottom) <= _NEAR
        if rows and columns:
            return f"{rows} {columns} corner" if corner else f"{rows} {columns}"
        return f"{rows or columns} part" if rows or columns else "middle"


@dataclass(frozen=True, slots=True)
class ClassAttention:
    """One class's maps, taken together.

    mean: (GRID, GRID). border, corners: share of the heat there, which an even map would have in proportion to the
    area. agreement: mean correlation of two of its maps, -1..1, 1 = always the same spot. others: the same between its
    maps and those of other classes. inside, area: share of the heat inside what people marked, and of the area, where
    there are marks; else None.
    """

    pictures: int
    mean: FloatMap
    border: float
    corners: float
    agreement: float
    others: float
    inside: float | None
    area: float | None
    spot: Spot | None

    def alarm(self, name: str) -> str:
        """A sentence if the class is recognised by what is not the object; else empty."""
        spot = self.spot
        # What fills the middle of every picture is likely to be the object.
        fixed = self.agreement >= _AGREEMENT and self.agreement > self.others
        if spot is not None and spot.at_edge and fixed and spot.fall - spot.elsewhere > _FALL:
            return (
                f"{name} is recognised by the {spot.place} of the picture: hiding that spot lowers its probability by"
                f" {100 * spot.fall:.0f} points, hiding as much elsewhere by {100 * spot.elsewhere:.0f}, and the maps"
                f" of {self.pictures} pictures agree on it (correlation {self.agreement:.2f}). See whether a mark, a"
                " frame or a label lies there."
            )
        if self.inside is not None and self.area is not None and self.inside < self.area:
            return (
                f"{name} is recognised by what lies outside of its marked regions: they hold {self.inside:.0%} of the"
                f" heat and {self.area:.0%} of the area."
            )
        return ""


def as_grids(float_maps: Sequence[FloatMap]) -> Grids:
    grids = np.stack([stretched(normalised(one), GRID) for one in float_maps])
    total = grids.sum(axis=(1, 2), keepdims=True)
    return np.asarray(np.divide(grids, total, out=np.zeros_like(grids), where=total > 0), np.float32)


def attention_of(
    model: ExplainedModel,
    target: int,
    images: Images,
    grids: Grids,
    others: Grids,
    *,
    regions: npt.NDArray[np.bool_] | None,
    rng: np.random.Generator,
) -> ClassAttention:
    """images: (n, 3, s, s) of class `target`, grids: their maps for it; others: maps of pictures of other classes, for
    those. regions: (n, GRID, GRID), what people marked in each; all False where nothing is."""
    mean = grids.mean(axis=0)
    border = np.ones((GRID, GRID), bool)
    border[BORDER:-BORDER, BORDER:-BORDER] = False
    corners = np.zeros((GRID, GRID), bool)
    for rows in (slice(None, CORNER), slice(-CORNER, None)):
        for columns in (slice(None, CORNER), slice(-CORNER, None)):
            corners[rows, columns] = True
    marked = regions is not None and regions.any(axis=(1, 2))
    inside = area = None
    if regions is not None and np.any(marked):
        inside = float((grids * regions)[marked].sum(axis=(1, 2)).mean())
        area = float(regions[marked].mean())
    return ClassAttention(
        pictures=len(grids),
        mean=np.asarray(mean, np.float32),
        border=float(mean[border].sum()),
        corners=float(mean[corners].sum()),
        agreement=_agreement(grids, grids),
        others=_agreement(grids, others),
        inside=inside,
        area=area,
        spot=_suspected(model, target, images, grids, others, rng) if len(grids) >= LEAST_PICTURES else None,
    )


def _agreement(first: Grids, second: Grids) -> float:
    """Mean correlation of a map of the one with another map of the other."""
    if not len(first) or not len(second):
        return 0.0
    ours, theirs = (_standardised(one) for one in (first, second))
    correlations = ours @ theirs.T
    if first is second:
        if len(first) < 2:
            return 0.0
        correlations = correlations[~np.eye(len(first), dtype=bool)]
    return float(correlations.mean())


def _standardised(grids: Grids) -> npt.NDArray[np.float64]:
    flat = grids.reshape(len(grids), -1).astype(np.float64)
    flat -= flat.mean(axis=1, keepdims=True)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    return np.asarray(np.divide(flat, length, out=np.zeros_like(flat), where=length > 0))


def _suspected(
    model: ExplainedModel, target: int, images: Images, grids: Grids, others: Grids, rng: np.random.Generator
) -> Spot:
    """Where this class has more heat, picture after picture, than others do; and what hiding it does."""
    more = grids.mean(axis=0) - (others.mean(axis=0) if len(others) else 1 / GRID**2)
    sums = uniform_filter(more, _SPOT, mode="constant")[
        _SPOT // 2 : GRID - _SPOT // 2 + 1, _SPOT // 2 : GRID - _SPOT // 2 + 1
    ]
    row, column = (int(one) for one in np.unravel_index(sums.argmax(), sums.shape))
    before = _probability(model, images, target)
    fall = float((before - _probability(model, _hidden(model, images, row, column), target)).mean())
    places = [place for place in np.ndindex(sums.shape) if max(abs(place[0] - row), abs(place[1] - column)) >= _SPOT]
    drawn = rng.permutation(len(places))[:4]
    falls = [before - _probability(model, _hidden(model, images, *places[one]), target) for one in drawn]
    return Spot(
        left=column / GRID,
        top=row / GRID,
        right=(column + _SPOT) / GRID,
        bottom=(row + _SPOT) / GRID,
        fall=max(fall, 0.0),
        elsewhere=max(float(np.mean(falls)), 0.0),
    )


def _hidden(model: ExplainedModel, images: Images, row: int, column: int) -> Images:
    side = images.shape[-1]
    rows, columns = (slice(at * side // GRID, (at + _SPOT) * side // GRID) for at in (row, column))
    hidden = images.copy()
    for one in hidden:
        # With the picture's own mean: a square of another colour would be a mark of its own.
        one[:, rows, columns] = fill_of("mean", one, model.preprocessing)[:, rows, columns]
    return hidden


def _probability(model: ExplainedModel, images: Images, target: int) -> npt.NDArray[np.float64]:
    return model.scores(images, "probabilities")[:, target].astype(np.float64)
