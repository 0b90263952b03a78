"""baal takes probabilities and returns the whole pool in order, which is all that its loop uses."""

from collections.abc import Callable
from typing import Any

from baal.active import heuristics  # type: ignore[import-not-found]

from benchmarks.selection.pool import Pool


def margin(pool: Pool, size: int) -> Callable[[], Any]:
    heuristic, probabilities = heuristics.Margin(), pool.probabilities
    return lambda: heuristic(probabilities)[:size]
