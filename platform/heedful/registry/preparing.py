"""How pictures are to be prepared for a model that somebody brings, as far as that can be told without running it."""

import math
from collections.abc import Sequence

from heedful.core.errors import InvalidInput


def check_preparing(*, size: int, mean: Sequence[float], std: Sequence[float], sizes: tuple[int, int]) -> None:
    """mean, std: of red, green and blue. sizes: the least and the most that are allowed. Raises InvalidInput, which
    names the field and the fix."""
    if not sizes[0] <= size <= sizes[1]:
        raise InvalidInput(f"Pictures are read at {sizes[0]} to {sizes[1]:,} pixels a side.", field="size")
    for field, values in (("mean", mean), ("std", std)):
        if len(values) != 3 or not all(math.isfinite(one) for one in values):
            raise InvalidInput("Give three numbers, of red, green and blue.", field=field)
    if min(std) <= 0:
        raise InvalidInput("A standard deviation is more than 0; 1 leaves the values as they are.", field="std")
