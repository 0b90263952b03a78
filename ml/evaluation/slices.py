"""Where a model is worse than elsewhere: slices of samples that share a value of a column, or of two.

After SliceFinder (Chung et al., 2019): each slice is held against all other samples by Welch's test of their losses.
Many are tried, so that some look bad by chance; Benjamini and Hochberg's procedure holds the share of those down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import stats

from ml.evaluation.bootstrap import Interval

LEAST = 10
"""Samples of a slice, and outside of it."""
MOST_VALUES = 24
"""Of a column: one with more, such as a file's name, tells samples apart, not kinds of samples."""
_BINS = 4
FALSE_DISCOVERIES = 0.05
_Z = 1.959964

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Slice:
    """conditions: column and value, one or two. error: share of wrong decisions; cost: mean, a sample; rest: mean cost
    of all others; worse: how much more a sample costs here than there. p: of the test that it does, one-sided. found:
    it holds after correction for all tried.
    """

    conditions: tuple[tuple[str, str], ...]
    size: int
    error: Interval
    cost: Interval
    rest: float
    worse: Interval
    p: float
    found: bool


def binned(values: Sequence[object]) -> list[str] | None:
    """A column as kinds: quartiles where it holds numbers of many values; None where nothing can be grouped by it."""
    texts = ["" if value is None else str(value).strip() for value in values]
    kinds = set(texts)
    if len(kinds) < 2:
        return None
    if len(kinds) <= MOST_VALUES:
        return [text or "none" for text in texts]
    try:
        numbers = np.array([float(text) for text in texts])
    except ValueError:
        return None
    edges = np.unique(np.quantile(numbers, np.linspace(0, 1, _BINS + 1)))
    if len(edges) < 3 or not np.isfinite(numbers).all():
        return None
    place = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(edges) - 2)
    return [f"{edges[one]:.4g} to {edges[one + 1]:.4g}" for one in place]


def slices_of(
    columns: Mapping[str, Sequence[str]], wrong: npt.NDArray[np.bool_], costs: Floats, *, pairs: bool = True
) -> list[Slice]:
    """Every slice by one column, and by two where pairs are wanted: first those that cost most beyond the others at
    least (by the lower bound). wrong: (n,); costs: (n,), of each decision."""
    singles = {
        (column, value): np.array([one == value for one in values])
        for column, values in columns.items()
        for value in sorted(set(values))
    }
    masks: dict[tuple[tuple[str, str], ...], npt.NDArray[np.bool_]] = {(key,): mask for key, mask in singles.items()}
    for (first, one), (second, other) in combinations(singles.items(), 2) if pairs else ():
        if first[0] != second[0]:
            masks[first, second] = one & other
    kept = {conditions: mask for conditions, mask in masks.items() if mask.sum() >= LEAST and (~mask).sum() >= LEAST}
    tested = [_worse(costs[mask], costs[~mask]) for mask in kept.values()]
    corrected = stats.false_discovery_control([p for p, _ in tested]) if tested else []
    made = [
        Slice(
            conditions=conditions,
            size=int(mask.sum()),
            error=share(int(wrong[mask].sum()), int(mask.sum())),
            cost=_mean(costs[mask]),
            rest=float(costs[~mask].mean()),
            worse=worse,
            p=p,
            found=bool(adjusted <= FALSE_DISCOVERIES),
        )
        for (conditions, mask), (p, worse), adjusted in zip(kept.items(), tested, corrected, strict=True)
    ]
    return sorted(made, key=lambda one: (-one.worse.low, one.p, -one.size))


def worst(slices: Sequence[Slice]) -> list[Slice]:
    """Those that were found, without a pair that says no more than one of its parts."""
    found = [one for one in slices if one.found]
    named = {one.conditions[0]: one for one in found if len(one.conditions) == 1}
    return [
        one
        for one in found
        if len(one.conditions) == 1
        or all(part not in named or one.cost.low > named[part].cost.value for part in one.conditions)
    ]


def share(count: int, of: int) -> Interval:
    """A share with its Wilson interval of 95%; Wilson, 1927."""
    if of == 0:
        return Interval(0.0, 0.0, 1.0)
    p, z = count / of, _Z
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * np.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return Interval(p, float(max(middle - half, 0.0)), float(min(middle + half, 1.0)))


def _mean(values: Floats) -> Interval:
    half = _Z * float(values.std(ddof=1)) / np.sqrt(len(values))
    return Interval(float(values.mean()), float(values.mean() - half), float(values.mean() + half))


def _worse(inside: Floats, outside: Floats) -> tuple[float, Interval]:
    """How likely so much more would be by chance, and how much it is."""
    apart = float(inside.mean() - outside.mean())
    if np.ptp(inside) == 0 and np.ptp(outside) == 0:
        return (0.0 if apart > 0 else 1.0), Interval(apart, apart, apart)
    tested = stats.ttest_ind(inside, outside, equal_var=False, alternative="greater")
    both = stats.ttest_ind(inside, outside, equal_var=False).confidence_interval(0.95)
    return float(tested.pvalue), Interval(apart, float(both.low), float(both.high))
