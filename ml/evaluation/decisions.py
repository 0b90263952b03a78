"""From probabilities to decisions: call a sample by the name that is cheapest to be wrong about."""

import numpy as np

from ml.arrays import Costs, Indices, Probabilities


def expected_costs(probabilities: Probabilities, costs: Costs) -> Costs:
    """(n, c): what calling each sample by each class is expected to cost, in the unit of `costs`."""
    return np.asarray(probabilities, np.float64) @ costs


def decide(probabilities: Probabilities, costs: Costs) -> Indices:
    """(n,): the class of least expected cost; on a tie the lower index.

    costs[true, decided] >= 0 with a zero diagonal.
    """
    decided: Indices = expected_costs(probabilities, costs).argmin(axis=1)
    return decided
