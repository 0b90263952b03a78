"""What is compared: the arms, the terms that they share, and how each came out. Passed between programs as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from heedful.demo.people import StatedTier
from heedful.projects.models import Tier

ROUTED = "routed"
EXPERTS, OTHERS = 3, 5
"""People in a tier, where several may be asked about one sample."""
ROUND, SMALLEST_ROUND, LARGEST_ROUND = 24, 8, 48


@dataclass(frozen=True, slots=True)
class Terms:
    """What every arm of a seed shares. `gold`: samples that the models are gated by. `repeated` adds the arms in which
    a cheap tier is asked as often as is worth it."""

    tiers: Sequence[StatedTier]
    budget: Decimal
    gold: int
    seed: int
    repeated: bool = False

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Terms":
        tiers = [StatedTier(one["kind"], one["accuracy"], Decimal(one["price"])) for one in said["tiers"]]
        return cls(tiers, Decimal(said["budget"]), said["gold"], said["seed"], said["repeated"])

    def line(self) -> str:
        return json.dumps(asdict(self), default=str)


@dataclass(frozen=True, slots=True)
class Arm:
    """`people` by tier kind; one person in a tier means one answer a sample."""

    name: str
    people: Mapping[str, int]
    round_size: int


def arms(terms: Terms) -> list[Arm]:
    """Each tier alone, every sample asked once; all of them, as often as is worth it; the cheap ones alone likewise."""
    once = [Arm(only(tier.kind), {tier.kind: 1}, _round_size(tier, terms)) for tier in terms.tiers]
    cheap = [tier for tier in terms.tiers if not _expert(tier)] if terms.repeated else []
    several = [Arm(f"{tier.kind}, repeated", {tier.kind: OTHERS}, ROUND) for tier in cheap]
    everybody = {tier.kind: EXPERTS if _expert(tier) else OTHERS for tier in terms.tiers}
    return [*once, Arm(ROUTED, everybody, ROUND), *several]


def only(kind: str) -> str:
    return f"{kind} only"


def _expert(tier: StatedTier) -> bool:
    return tier.kind == Tier.Kind.EXPERT


def _round_size(tier: StatedTier, terms: Terms) -> int:
    """Smaller rounds where one takes much of the money, so that its curve has ten points at least."""
    return max(min(int(terms.budget / 10 / tier.price), LARGEST_ROUND), SMALLEST_ROUND)


@dataclass(frozen=True, slots=True)
class Outcome:
    """points: (spent, expected cost a sample) after each version. answers: by tier kind. differences: of the audit."""

    arm: str
    points: list[tuple[float, float]]
    answers: Mapping[str, int]
    differences: list[str]
    seconds: float

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Outcome":
        points = [(spent, cost) for spent, cost in said["points"]]
        return cls(said["arm"], points, said["answers"], said["differences"], said["seconds"])

    def line(self) -> str:
        return json.dumps(asdict(self))
