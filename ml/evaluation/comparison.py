"""The gate: does a challenger replace the champion?

Both models decide on the same gold samples. A paired, stratified bootstrap of the difference in expected
cost says how sure we can be that the challenger is cheaper; the floors say what no class may pay for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Costs, Indices, Labels, Probabilities
from ml.errors import require_finite
from ml.evaluation.bootstrap import Interval, interval, resamples
from ml.evaluation.decisions import decide

_N_BOOTSTRAP = 2000


@dataclass(frozen=True, slots=True)
class ClassRecall:
    """Share of a class that is called by its name; `champion` is None when there is no champion. A merged group goes by
    its first class."""

    class_index: int
    champion: float | None
    challenger: float
    floor: float

    @property
    def holds(self) -> bool:
        return self.challenger >= self.floor


@dataclass(frozen=True, slots=True)
class Verdict:
    """cost_difference: challenger minus champion, a sample; below zero = cheaper, at the confidence of the
    gate.

    probability_cheaper: share of resamples in which the challenger costs strictly less. Without a champion
    both are against the cheapest single answer given to every sample. `recalls` holds the classes that gold
    holds. `flipped`: rows of gold on which the two decide differently.
    """

    promote: bool
    probability_cheaper: float
    cost_difference: Interval
    recalls: tuple[ClassRecall, ...]
    flipped: tuple[int, ...]
    sentences: tuple[str, ...]


def compare(
    champion: Probabilities | None,
    challenger: Probabilities,
    labels: Labels,
    costs: Costs,
    *,
    confidence: float,
    recall_floors: Mapping[int, float],
    rng: np.random.Generator,
    classes: Sequence[str] = (),
    group: Indices | None = None,
) -> Verdict:
    """(n, c) probabilities of both models for the same n gold samples.

    confidence: how probable it must be that the challenger is cheaper, 0.5..1; also that of the interval.
    recall_floors: least recall by class index; a class that is not named has no floor.
    group: (c,), where classes are one in evaluation: recalls and flips are of groups. `costs` then say so, too.
    champion None: the first model is promoted when the floors hold, since anything that ranks the pool
    beats nothing.
    """
    require_finite("challenger's probabilities", challenger)
    names = [classes[c] if classes else f"class {c}" for c in range(len(costs))]
    first = np.arange(len(costs)) if group is None else _first_of_group(group)
    after = decide(challenger, costs)
    if champion is None:
        before: Indices = np.full(len(labels), costs[labels].sum(axis=0).argmin(), np.int64)
    else:
        require_finite("champion's probabilities", champion)
        before = decide(champion, costs)
    difference, cheaper = _cost_difference(before, after, labels, costs, confidence, rng)
    said_before, said_after, truth = first[before], first[after], first[labels]
    recalls = tuple(
        ClassRecall(
            class_index=c,
            champion=None if champion is None else float((said_before[truth == c] == c).mean()),
            challenger=float((said_after[truth == c] == c).mean()),
            floor=max(recall_floors.get(member, 0.0) for member in np.flatnonzero(first == c).tolist()),
        )
        for c in np.unique(truth).tolist()
    )
    if group is not None:
        names = [" or ".join(names[member] for member in np.flatnonzero(first == first[c])) for c in range(len(names))]
    beaten = champion is None or cheaper >= confidence
    promote = beaten and all(recall.holds for recall in recalls)
    cost_sentence = (
        _against_nothing(difference, names[before[0]])
        if champion is None
        else _against_champion(difference, cheaper, confidence)
    )
    return Verdict(
        promote=promote,
        probability_cheaper=cheaper,
        cost_difference=difference,
        recalls=recalls,
        flipped=tuple(np.flatnonzero(said_before != said_after).tolist()),
        sentences=(cost_sentence, *_recall_sentences(recalls, names), _conclusion(promote, champion is None)),
    )


def _first_of_group(group: Indices) -> Indices:
    """(c,): the lowest class of each class's group, which stands for all of it."""
    return np.array([np.flatnonzero(group == one)[0] for one in group.tolist()], np.int64)


def _cost_difference(
    before: Indices,
    after: Indices,
    labels: Labels,
    costs: Costs,
    confidence: float,
    rng: np.random.Generator,
) -> tuple[Interval, float]:
    """The mean difference (after minus before) with its interval, and how often it is below zero."""
    per_sample: npt.NDArray[np.float64] = costs[labels, after] - costs[labels, before]
    if not per_sample.any():
        return Interval(0.0, 0.0, 0.0), 0.0
    draws = np.concatenate([w @ per_sample / len(labels) for w in resamples(labels, _N_BOOTSTRAP, rng)])
    # Half a rounding step: sums of equal costs in another order must not count as cheaper.
    cheaper = float((draws < -1e-12 * np.abs(per_sample).max()).mean())
    return interval(float(per_sample.mean()), draws, confidence), cheaper


def _against_champion(difference: Interval, cheaper: float, confidence: float) -> str:
    if difference.value == 0:
        return "Costs exactly as much as the champion on gold."
    word = "less" if difference.value < 0 else "more"
    return (
        f"Costs {abs(difference.value):.3g} {word} a sample than the champion "
        f"({difference.low:+.3g} to {difference.high:+.3g}); "
        f"cheaper with probability {cheaper:.0%}, {confidence:.0%} is needed."
    )


def _against_nothing(difference: Interval, answer: str) -> str:
    word = "less" if difference.value < 0 else "more"
    return (
        f"There is no champion yet. Costs {abs(difference.value):.3g} {word} a sample than "
        f"calling everything {answer} ({difference.low:+.3g} to {difference.high:+.3g})."
    )


def _recall_sentences(recalls: Sequence[ClassRecall], names: Sequence[str]) -> list[str]:
    sentences = []
    for recall in recalls:
        was = "" if recall.champion is None else f", was {recall.champion:.0%}"
        floor = ""
        if recall.floor > 0:
            floor = f"; the floor of {recall.floor:.0%} {'holds' if recall.holds else 'is broken'}"
        sentences.append(f"Finds {recall.challenger:.0%} of {names[recall.class_index]}{was}{floor}.")
    return sentences


def _conclusion(promote: bool, first: bool) -> str:
    if promote:
        return "Promoted as the first champion." if first else "Promoted."
    return "Not promoted."
