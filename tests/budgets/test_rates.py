from decimal import Decimal

import pytest

from heedful.budgets.models import RateCard


def test_an_hourly_rate_pays_the_measured_time():
    rate = RateCard(kind="hourly", amount=Decimal(100), expected_seconds=36, cap_seconds=120)
    assert rate.price(36) == Decimal("1.0000")
    assert rate.price(45.5) == Decimal("1.2639")


@pytest.mark.parametrize(("seconds", "paid"), [(1e9, "3.3333"), (120, "3.3333"), (-5, "0.0000")])
def test_an_hourly_rate_never_pays_beyond_its_cap_or_below_nothing(seconds, paid):
    rate = RateCard(kind="hourly", amount=Decimal(100), expected_seconds=36, cap_seconds=120)
    assert rate.price(seconds) == Decimal(paid)


def test_a_rate_per_label_does_not_look_at_the_clock():
    rate = RateCard(kind="per_label", amount=Decimal("25"), expected_seconds=36, cap_seconds=120)
    assert rate.price(0) == rate.price(1e6) == Decimal(25)
