"""Whether more labels are worth their price, from what a forecast says and what the manager has stated."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from heedful.core.money import rounded, worded


@dataclass(frozen=True, slots=True)
class MoneyBand:
    """P10, P50 and P90 of money; None where it is more than the forecast can say."""

    p10: Decimal | None
    p50: Decimal | None
    p90: Decimal | None

    def less(self, amount: Decimal) -> "MoneyBand":
        return MoneyBand(*(None if one is None else one - amount for one in (self.p10, self.p50, self.p90)))

    def at_least_nothing(self) -> "MoneyBand":
        return MoneyBand(*(None if one is None else max(one, Decimal(0)) for one in (self.p10, self.p50, self.p90)))


@dataclass(frozen=True, slots=True)
class CostBand:
    """P10, P50 and P90 of an expected cost a sample, or of its fall."""

    p10: float
    p50: float
    p90: float

    def holds(self, value: float) -> bool:
        return self.p10 <= value <= self.p90


@dataclass(frozen=True, slots=True)
class Purchase:
    amount: Decimal
    gain: CostBand
    value_a_year: MoneyBand | None


@dataclass(frozen=True, slots=True)
class NextRound:
    purchase: Purchase
    recommendation: Literal["continue", "stop", "unknown"]
    sentence: str


def money_of(value: Any) -> Decimal:
    return rounded(Decimal(str(value)))


def money_band(stored: Sequence[float | None]) -> MoneyBand:
    return MoneyBand(*(None if one is None else money_of(one) for one in stored))


def interpolated(rows: Sequence[Sequence[float]], at: float) -> CostBand | None:
    """Of rows (x, p10, p50, p90) in order of x, what they say at `at`; None outside them."""
    if not rows or not rows[0][0] <= at <= rows[-1][0]:
        return None
    right = min(max(bisect_right([row[0] for row in rows], at), 1), len(rows) - 1)
    left = right - 1
    width = rows[right][0] - rows[left][0]
    share = (at - rows[left][0]) / width if width else 0.0
    return CostBand(*(a + share * (b - a) for a, b in zip(rows[left][1:], rows[right][1:], strict=True)))


def purchase(amount: Decimal, rows: Sequence[Sequence[float]], yearly_volume: int | None) -> Purchase | None:
    """What `amount` more buys; None where that is further than the forecast looks."""
    gain = interpolated(rows, float(amount))
    if gain is None:
        return None
    value = None
    if yearly_volume is not None:
        value = MoneyBand(*(money_of(one * yearly_volume) for one in (gain.p10, gain.p50, gain.p90)))
    return Purchase(amount=amount, gain=gain, value_a_year=value)


def advise(bought: Purchase, *, cost: float, target: Decimal | None, currency: str) -> NextRound:
    """Stop where the target is reached, or the round is expected to save less in a year than it costs."""
    price = worded(bought.amount, currency)
    value = bought.value_a_year
    if target is not None and cost <= target:
        now, wanted = worded(money_of(1000 * cost), currency), worded(1000 * target, currency)
        return NextRound(
            bought, "stop", f"Stop: the champion costs {now} per 1000 samples, and the target is {wanted}."
        )
    if value is None or value.p50 is None:
        ask = "State how many samples a year the model decides on, to weigh this against what it saves."
        return NextRound(bought, "unknown", f"The next round costs {price}. {ask}")
    low, middle, high = (worded(one or Decimal(0), currency) for one in (value.p10, value.p50, value.p90))
    saves = f"it is expected to save {middle} a year ({low} to {high}) and costs {price}"
    if value.p50 < bought.amount:
        return NextRound(bought, "stop", f"Stop before the next round: {saves}.")
    return NextRound(bought, "continue", f"Go on with the next round: {saves}.")
