"""What a strategy hands over: one chosen sample, and all that is known of why."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChosenSample:
    """What a strategy says of one sample it chose; `probabilities` in class order, None at a cold start.

    `tier_id` is who is to answer, so many different people as `answers` says; the experts unless another is named.
    `slot` is the part of the query plan that chose it, `places` and `target` how many that part had and the class it
    looked for, `neighbour_id` the labeled sample that the reason names.
    """

    sample_id: int
    strategy: str
    score: float
    selection_probability: float
    reason: str
    probabilities: Sequence[float] | None
    tier_id: int | None = None
    answers: int = 1
    honeypot: bool = False
    blind: bool = False
    slot: str = ""
    places: int = 1
    target: int | None = None
    neighbour_id: int | None = None
