"""How a round divides its places: slots with shares, and a random control share.

A slot is a chain of strategies: all but the last narrow the pool to a few times the places there are, the
last one chooses. "Margin, then k-center" asks where the model cannot tell, but not the same question twenty
times.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from ml.errors import BrokenStrategy
from ml.strategies.catalogue import find
from ml.strategies.strategy import Need, Strategy

CONTROL = "control"


@dataclass(frozen=True, slots=True)
class Slot:
    """`share`: of the places that the control leaves. `target`: the costly class, where one is needed."""

    name: str
    strategies: tuple[str, ...]
    share: float
    target: int | None = None

    def __post_init__(self) -> None:
        if not self.strategies:
            raise ValueError(f"Slot {self.name} names no strategy.")
        try:
            chain = self.chain
        except BrokenStrategy as error:
            raise ValueError(f"Slot {self.name}: {error}") from error
        if any(one.score is None for one in chain[:-1]):
            raise ValueError(f"Slot {self.name}: only a strategy that scores can narrow the pool.")
        if Need.TARGET_CLASS in self.needs and self.target is None:
            raise ValueError(f"Slot {self.name} needs a target class.")

    @property
    def chain(self) -> tuple[Strategy, ...]:
        return tuple(find(name) for name in self.strategies)

    @property
    def needs(self) -> frozenset[Need]:
        return frozenset().union(*(one.needs for one in self.chain))

    @property
    def uses(self) -> frozenset[Need]:
        """What is needed, and what is used where it is there."""
        return self.needs.union(*(one.uses for one in self.chain))


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """slots: filled in this order, shares summing to 1; without any, all is drawn at random. control_share: of all
    places, drawn at random first. oversample: how many candidates a slot's narrowing keeps for each place.
    """

    slots: tuple[Slot, ...]
    control_share: float = 0.1
    oversample: int = 10

    def __post_init__(self) -> None:
        if self.slots and abs(sum(slot.share for slot in self.slots) - 1) > 1e-6:
            raise ValueError("The shares of the slots must sum to 1.")
        if not 0 <= self.control_share < 1 or self.oversample < 1:
            raise ValueError("The control share must be in [0, 1) and oversample at least 1.")

    @property
    def uses(self) -> frozenset[Need]:
        return frozenset().union(*(slot.uses for slot in self.slots))

    def with_what_is_there(self, have: Collection[Need]) -> "QueryPlan | None":
        """Without the slots that lack something; the others share their places. None if no slot is left."""
        if not self.slots:
            return self
        kept = [slot for slot in self.slots if slot.needs <= set(have)]
        total = sum(slot.share for slot in kept)
        if total <= 0:
            return None
        shared = tuple(replace(slot, share=slot.share / total) for slot in kept)
        return replace(self, slots=shared)

    def places(self, size: int) -> tuple[int, tuple[int, ...]]:
        """Control places and each slot's, summing to size (largest remainder, earlier slots first)."""
        control = min(size, round(size * self.control_share)) if self.slots else size
        if self.control_share > 0 and size > 1:
            control = max(control, 1)
        exact = [slot.share * (size - control) for slot in self.slots]
        places = [int(share) for share in exact]
        by_remainder = sorted(range(len(exact)), key=lambda i: (places[i] - exact[i], i))
        for index in by_remainder[: size - control - sum(places)]:
            places[index] += 1
        return control, tuple(places)


def cold_start_plan(control_share: float = 0.1) -> QueryPlan:
    """For a pool without a model: typical samples of every region."""
    return QueryPlan((Slot("typicality", ("typicality",), 1.0),), control_share)


def searching_plan(control_share: float = 0.1) -> QueryPlan:
    """For a pool in which some class has not been found yet: typical samples rarely belong to a rare class, those
    that lie far from everything seen often do."""
    slots = (Slot("k-center", ("k-center",), 0.5), Slot("typicality", ("typicality",), 0.5))
    return QueryPlan(slots, control_share)


def default_plan(target: int, control_share: float = 0.1) -> QueryPlan:
    """Half where the model cannot tell, spread out; half where it sees the costly rare class `target`."""
    return QueryPlan(
        (
            Slot("spread-margin", ("margin", "k-center"), 0.5),
            Slot("rare-class", ("rare-class",), 0.5, target=target),
        ),
        control_share,
    )
