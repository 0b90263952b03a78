"""Where the object is in a picture, as the column `box` of a table of pictures says: left, top, right, bottom, in
pixels, or all from 0 to 1 in shares of the picture's sides."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from heedful.pool.pictures import Refused

COLUMN = "box"


@dataclass(frozen=True, slots=True)
class Box:
    """In shares of the picture's sides, from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


def box_of(metadata: Mapping[str, Any], width: int, height: int) -> Box | None:
    """None where nobody marked one. Raises Refused that says what is wrong with it."""
    text = str(metadata.get(COLUMN) or "").strip()
    if not text:
        return None
    try:
        left, top, right, bottom = values = [float(one) for one in text.strip("[]()").split(",")]
    except ValueError as error:
        raise Refused(f"Its box, “{text[:60]}”, is not four numbers: left, top, right, bottom.") from error
    if not all(isfinite(one) for one in values):
        raise Refused(f"Its box, “{text[:60]}”, holds a number that is not finite.")
    if left >= right or top >= bottom:
        raise Refused(f"Its box, “{text[:60]}”, holds nothing: it is left, top, right, bottom, in this order.")
    across, down = (1, 1) if max(values) <= 1 else (width, height)
    if min(left, top) < 0 or right > across or bottom > down:
        raise Refused(f"Its box, “{text[:60]}”, leaves the picture, which is {width} × {height} pixels.")
    return Box(left / across, top / down, right / across, bottom / down)
