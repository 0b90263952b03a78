"""Reading a forecast's rows, and weighing the next round against its price."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heedful.registry.advice import CostBand, MoneyBand, advise, interpolated, money_band, purchase

ROWS = [(0.0, 0.0, 0.0, 0.0), (10.0, -0.1, 0.2, 0.5), (30.0, 0.0, 0.4, 1.5)]


def test_between_two_rows_it_is_a_line_and_outside_nothing_is_said():
    assert interpolated(ROWS, 20.0) == CostBand(-0.05, pytest.approx(0.3), 1.0)
    assert interpolated(ROWS, 30.0) == CostBand(0.0, 0.4, 1.5)
    assert interpolated(ROWS, 30.1) is None
    assert interpolated([], 1.0) is None
    assert interpolated(ROWS[:1], 0.0) == CostBand(0.0, 0.0, 0.0)


@given(st.floats(0, 30))
def test_a_band_stays_in_order_between_rows(at):
    band = interpolated(ROWS, at)
    assert band.p10 <= band.p50 <= band.p90


def weighed(volume: int | None, *, amount: str = "10", cost: float = 1.0, target: str | None = None):
    bought = purchase(Decimal(amount), ROWS, volume)
    assert bought is not None
    return advise(bought, cost=cost, target=Decimal(target) if target else None, currency="USD")


def test_the_median_value_of_a_year_decides():
    assert weighed(51).recommendation == "continue"
    assert weighed(49).recommendation == "stop"
    saves = "it is expected to save 10.20 USD a year (-5.10 USD to 25.50 USD)"
    assert weighed(51).sentence == f"Go on with the next round: {saves} and costs 10.00 USD."


def test_without_a_volume_it_asks_for_one():
    assert weighed(None).recommendation == "unknown"
    assert "how many samples a year" in weighed(None).sentence


def test_a_target_that_is_reached_ends_it_at_any_value():
    assert weighed(10_000, cost=0.5, target="0.5").recommendation == "stop"
    assert weighed(10_000, cost=0.51, target="0.5").recommendation == "continue"


def test_what_cannot_be_said_stays_unsaid():
    band = money_band([12.5, 40.0, None])
    assert band.less(Decimal(20)) == MoneyBand(Decimal("-7.5"), Decimal(20), None)
    assert band.less(Decimal(20)).at_least_nothing() == MoneyBand(Decimal(0), Decimal(20), None)
