"""Which backbone suits a pool, from what a head on each of them says of samples that it has not learned from.

All are held against the one in use, on the same samples: what separates two backbones is often less than what separates
two draws of the samples, and that part cancels.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Costs, Indices, Labels, Probabilities
from ml.evaluation.bootstrap import Interval, interval, resamples
from ml.evaluation.decisions import decide
from ml.evaluation.metrics import evaluate


@dataclass(frozen=True, slots=True)
class Probe:
    """expected_cost, average_precision (of the class in question; None where no sample is of it): as in
    `ml.evaluation.metrics`. difference: in expected cost a sample to the backbone in use, below zero = cheaper; None of
    that one itself.
    """

    expected_cost: Interval
    average_precision: Interval | None
    difference: Interval | None

    @property
    def cheaper(self) -> bool:
        """Beyond its interval."""
        return self.difference is not None and self.difference.high < 0

    @property
    def dearer(self) -> bool:
        return self.difference is not None and self.difference.low > 0


def probe(
    said: Mapping[str, Probabilities],
    labels: Labels,
    costs: Costs,
    *,
    current: str,
    focus: int,
    rng: np.random.Generator,
    group: Indices | None = None,
    n_bootstrap: int = 2000,
    confidence: float = 0.95,
) -> dict[str, Probe]:
    """said: of each backbone, the (n, c) probabilities of samples that its head had not learned from. focus: the class
    whose average precision is asked for. group: as for `evaluate`.

    The intervals of the differences hold together with `confidence` (Bonferroni): with ten backbones one would
    otherwise look better by chance.
    """
    tail = (1 - confidence) / max(len(said) - 1, 1)
    decided = {name: costs[labels, decide(one, costs)] for name, one in said.items()}
    more = np.stack([paid - decided[current] for paid in decided.values()], axis=1)
    draws = np.concatenate([counts @ more / len(labels) for counts in resamples(labels, n_bootstrap, rng)])
    found = {}
    for place, (name, one) in enumerate(said.items()):
        metrics = evaluate(one, labels, costs, rng=rng, group=group, n_bootstrap=n_bootstrap, confidence=confidence)
        difference = interval(float(more[:, place].mean()), draws[:, place], 1 - tail)
        found[name] = Probe(
            expected_cost=metrics.expected_cost,
            average_precision=metrics.average_precision[focus],
            difference=None if name == current else difference,
        )
    return found


def advised(found: Mapping[str, Probe], *, current: str) -> str:
    """The one in use, unless another is cheaper beyond its interval; of several, the one that costs least."""
    cheaper = {name: one.expected_cost.value for name, one in found.items() if one.cheaper}
    return min(cheaper, key=lambda name: cheaper[name]) if cheaper else current


def capped(labels: Labels, most: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """At most `most` rows of (n,) labels, in order: drawn at random, but of each class up to half an even share."""
    if len(labels) <= most:
        return np.arange(len(labels))
    drawn = rng.permutation(len(labels))
    own = max(most // (2 * len(np.unique(labels))), 1)
    # How many of its class were drawn before it.
    before = np.array([(labels[drawn[:place]] == labels[row]).sum() for place, row in enumerate(drawn)])
    first = np.argsort(before >= own, kind="stable")
    return np.sort(drawn[first[:most]])
