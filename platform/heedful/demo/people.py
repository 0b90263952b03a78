"""Simulated annotators as a person states them: `expert:0.97:$25,weak:0.80:$1`."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from heedful.core.errors import InvalidInput
from heedful.projects.models import Tier

FIELD = "annotators"


@dataclass(frozen=True, slots=True)
class StatedTier:
    """How often somebody of the tier names the true class, and what an answer of theirs costs in dollars."""

    kind: str
    accuracy: float
    price: Decimal


def parse_annotators(text: str) -> list[StatedTier]:
    """The experts first. Raises InvalidInput, which says what is wrong and how it should look."""
    stated = [_tier(part.strip()) for part in text.split(",") if part.strip()]
    kinds = [tier.kind for tier in stated]
    if len(set(kinds)) < len(kinds):
        raise InvalidInput("Name each tier once.", field=FIELD)
    if Tier.Kind.EXPERT not in kinds or len(kinds) < 2:
        raise InvalidInput("Name the experts and at least one other tier: expert:0.97:$25,weak:0.80:$1.", field=FIELD)
    return sorted(stated, key=lambda tier: tier.kind != Tier.Kind.EXPERT)


def _tier(part: str) -> StatedTier:
    match = re.fullmatch(r"([^:]*):([^:]*):\$?([^:]*)", part)
    if match is None:
        raise InvalidInput(f"“{part}” should look like weak:0.80:$1 (tier, accuracy, price).", field=FIELD)
    kind, accuracy, price = match.groups()
    if kind not in Tier.Kind.values:
        raise InvalidInput(f"There is no tier “{kind}”; choose {', '.join(Tier.Kind.values)}.", field=FIELD)
    return StatedTier(kind, _accuracy(kind, accuracy), parse_dollars(price, what=f"price of {kind}", field=FIELD))


def _accuracy(kind: str, text: str) -> float:
    try:
        accuracy = float(text)
    except ValueError:
        accuracy = -1.0
    if not 0 < accuracy < 1:
        raise InvalidInput(f"The accuracy of {kind} must lie between 0 and 1, not “{text}”.", field=FIELD)
    return accuracy


def parse_dollars(text: str, *, what: str, field: str) -> Decimal:
    try:
        amount = Decimal(text.removeprefix("$"))
    except InvalidOperation:
        amount = Decimal(0)
    if not (amount.is_finite() and amount > 0):
        raise InvalidInput(f"The {what} must be an amount above 0, not “{text}”.", field=field)
    return amount
