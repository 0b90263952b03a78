"""The gold set: samples set apart at random before anything is learned, to judge every model by."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Indices


@dataclass(frozen=True, slots=True, eq=False)
class GoldDraw:
    """rows: ascending. inclusion_probability: the chance that any one sample had of being drawn."""

    rows: Indices
    inclusion_probability: float


def draw_gold(groups: npt.NDArray[np.generic], size: int, rng: np.random.Generator) -> GoldDraw:
    """Take whole groups in random order until `size` samples are reached; the last group may go beyond.

    groups: (n,) one name a sample, its own where it stands alone. The inclusion probability is groups taken
    over
    groups there are: exact when groups are of one size, otherwise off by about one group's share of the pool.
    """
    names, member = np.unique(groups, return_inverse=True)
    if size <= 0 or len(names) == 0:
        return GoldDraw(np.empty(0, np.int64), 0.0)
    order = rng.permutation(len(names))
    reached = np.bincount(member)[order].cumsum()
    taken = order[: int(np.searchsorted(reached, size)) + 1]
    rows = np.flatnonzero(np.isin(member, taken))
    return GoldDraw(rows, len(taken) / len(names))
