"""From probabilities to decisions: call a sample by the name that is cheapest to be wrong about."""

import numpy as np

from ml.arrays import Costs, Indices, Probabilities

# Of the dearest mistake: sums of the same costs in another order are equal.
_ROUNDING = 1e-9


def expected_costs(probabilities: Probabilities, costs: Costs) -> Costs:
    """(n, c): what calling each sample by each class is expected to cost, in the unit of `costs`."""
    return np.asarray(probabilities, np.float64) @ costs


def decide(probabilities: Probabilities, costs: Costs) -> Indices:
    """(n,): the class of least expected cost; on a tie the likelier, which tells the members of a merged group apart,
    then the lower index.

    costs[true, decided] >= 0 with a zero diagonal.
    """
    expected = expected_costs(probabilities, costs)
    cheapest = expected <= expected.min(axis=1, keepdims=True) + _ROUNDING * costs.max()
    decided: Indices = np.where(cheapest, probabilities, -1.0).argmax(axis=1)
    return decided
