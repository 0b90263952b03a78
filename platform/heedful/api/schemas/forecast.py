"""What more money is expected to buy, whether the next round is worth it, and how good earlier forecasts were."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from ninja import Schema

from heedful.api.schemas.common import Interval


class MoneyBand(Schema):
    """With 10, 50 and 90% probability no more than this; None where it is more than can be said."""

    p10: Decimal | None
    p50: Decimal | None
    p90: Decimal | None


class CostBand(Schema):
    """An expected cost a sample, or its fall, in the project's currency: 10, 50 and 90% of the draws are below."""

    p10: float
    p50: float
    p90: float


class ForecastPoint(Schema):
    """What was measured on gold. `spent` holds the gold set's price, also where the labels were drawn by chance."""

    model_number: int
    promoted: bool
    labels: int
    spent: Decimal
    expected_cost: Interval


class FanPoint(CostBand):
    """What a version is expected to measure that is trained once so much is spent."""

    spent: Decimal


class CurveForecast(Schema):
    """`fan` is empty while there are too few points; `reason` says so."""

    points: list[ForecastPoint]
    fan: list[FanPoint]
    reason: str | None


class ToTarget(Schema):
    """`total`: the spending at which the target is reached; `further`: beyond what is spent now. `probability`: that
    it is reached at all, as far as the forecast looks (`horizon`)."""

    target: Decimal
    total: MoneyBand
    further: MoneyBand
    probability: float
    horizon: Decimal


class Purchase(Schema):
    """What so much more buys: the fall of the expected cost a sample, and what that is worth in a year."""

    amount: Decimal
    gain: CostBand
    value_a_year: MoneyBand | None


class NextRound(Schema):
    """`unknown` while no yearly volume is stated."""

    purchase: Purchase
    recommendation: Literal["continue", "stop", "unknown"]
    sentence: str


class SavingsOut(Schema):
    """What labels drawn by chance would have cost for the quality of the champion, and how much less was spent."""

    expected_cost: float
    spent: Decimal
    needed: MoneyBand
    saved: MoneyBand


class CalibrationRow(Schema):
    """What the forecast at one version said of a later one, and what that measured."""

    made_at_model: int
    model_number: int
    spent: Decimal
    forecast: CostBand
    measured: float
    inside: bool


class CalibrationOut(Schema):
    """`share` of the rows lies between P10 and P90; of a well calibrated forecast about 0.8."""

    rows: list[CalibrationRow]
    inside: int
    share: float | None


class ForecastOut(Schema):
    """`reason` says why there is no forecast yet; then only points and calibration are there."""

    reason: str | None
    made_at: datetime | None
    made_at_model: int | None
    currency: str
    spent: Decimal
    limit: Decimal
    yearly_volume: int | None
    target_cost: Decimal | None
    target_reached: bool
    active: CurveForecast
    control: CurveForecast
    to_target: ToTarget | None
    next_round: NextRound | None
    purchase: Purchase | None
    savings: SavingsOut | None
    savings_reason: str | None
    calibration: CalibrationOut
