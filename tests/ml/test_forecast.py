"""Learning curves: exact where the truth is a curve, wide where little is known, and never false about what is not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.errors import NotFinite
from ml.forecast.curves import Points, fit_ensemble
from ml.forecast.families import CELLS, FAMILIES, PRIOR, fit, shapes
from ml.forecast.outlook import fan, gains, needed


def points(spent, value, error=0.05) -> Points:
    spent = np.asarray(spent, float)
    return Points(spent, np.asarray(value, float), np.full(len(spent), error))


def power_law(spent, noise=0.0, seed=0):
    wobble = noise * np.random.default_rng(seed).standard_normal(len(spent))
    return 0.2 + 10 * np.asarray(spent, float) ** -0.6 + wobble


def ensemble(n=6, *, step=20.0, noise=0.01, seed=0):
    spent = step * np.arange(1, n + 1)
    return fit_ensemble(points(spent, power_law(spent, noise), 0.02), rng=np.random.default_rng(seed))


def width(rows):
    return np.array([p90 - p10 for _, p10, _, p90 in rows])


def test_there_are_at_least_four_families_and_each_falls():
    assert {"power", "logarithmic", "exponential", "arctan", "algebraic"} == set(FAMILIES)
    falls = np.diff(shapes(np.linspace(0.05, 5, 50)), axis=1)
    assert (falls <= 1e-12).all()
    assert pytest.approx(1) == PRIOR.sum()


@pytest.mark.parametrize("cell", range(0, len(CELLS), 4))
def test_a_curve_of_a_family_is_found_again(cell):
    x = np.linspace(0.2, 1, 6)
    values = 0.3 + 0.8 * CELLS[cell].shape(x)
    found = fit(shapes(x), values[None], np.ones((1, 6)))
    assert found.error[0, cell] == pytest.approx(0, abs=1e-9)
    assert (found.a[0, cell], found.b[0, cell]) == pytest.approx((0.3, 0.8), abs=1e-6)


@given(values=st.lists(st.floats(0, 100), min_size=3, max_size=12), seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_whatever_was_measured_bands_are_in_order_finite_and_not_below_nothing(values, seed):
    spent = 10.0 * np.arange(1, len(values) + 1)
    rng = np.random.default_rng(seed)
    curve = fit_ensemble(points(spent, values), rng=rng, draws=80)
    for at, p10, p50, p90 in fan(curve, first=10.0, horizon=4 * spent[-1], rng=rng):
        assert at > 0
        assert 0 <= p10 <= p50 <= p90 < np.inf
    assert gains(curve, horizon=4 * spent[-1])[0] == (0.0, 0.0, 0.0, 0.0)


@given(target=st.floats(0, 3), less=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_lower_target_takes_no_less_money(target, less):
    curve = ensemble()
    easy, hard = (curve.spending_to(one, horizon=2000) for one in (target, target * less))
    assert (easy <= hard).all()


def test_what_comes_of_a_power_law_lies_within_the_band():
    rows = fan(ensemble(), first=20.0, horizon=360.0, rng=np.random.default_rng(1))
    _, p10, p50, p90 = rows[-1]
    truth = power_law([360.0])[0]
    assert p10 <= truth <= p90
    assert p50 == pytest.approx(truth, rel=0.25)


def test_doubt_grows_with_how_far_one_looks():
    rng = np.random.default_rng(1)
    curve = ensemble()
    relative = [
        (p90 - p10) / p50 for at, p10, p50, p90 in fan(curve, first=20.0, horizon=4000.0, rng=rng) if at >= curve.now
    ]
    assert (np.diff(relative) > 0).all()
    assert relative[-1] > 2 * relative[0]


def test_more_versions_leave_less_doubt_at_the_same_spending():
    few, many = ensemble(4, step=60.0), ensemble(12)
    assert few.now == many.now
    at = np.array([600.0])
    spread = [np.diff(np.quantile(one.at(at), (0.1, 0.9)))[0] for one in (few, many)]
    assert spread[1] < spread[0]


@pytest.mark.parametrize("spent", [[], [10], [10, 20], [10, 20, 20], [0, 10, 20]])
def test_fewer_than_three_spendings_are_refused(spent):
    few = points(spent, np.ones(len(spent)))
    assert not few.enough
    with pytest.raises(ValueError, match="three versions"):
        fit_ensemble(few, rng=np.random.default_rng(0))


def test_what_is_no_number_is_refused():
    with pytest.raises(NotFinite):
        points([10, 20, 30], [1, np.nan, 1])


def test_where_nothing_is_learned_nothing_is_promised():
    spent = 20.0 * np.arange(1, 9)
    flat = fit_ensemble(points(spent, np.full(8, 1.0), 0.02), rng=np.random.default_rng(0))
    _, _, p50, _ = gains(flat, horizon=320.0)[-1]
    assert abs(p50) < 0.05
    reach = needed(flat, 0.2, horizon=640.0)
    assert reach.band[1] is None
    assert reach.probability < 0.1


def test_a_target_that_some_draws_miss_has_no_p90():
    curve = ensemble(noise=0.05)
    middle = float(np.median(curve.at(np.array([2000.0]))))
    reach = needed(curve, middle, horizon=2000.0)
    assert 0.3 < reach.probability < 0.8
    assert reach.band[0] is not None
    assert reach.band[2] is None


def test_the_same_seed_says_the_same():
    one, other = (fan(ensemble(), first=20, horizon=500, rng=np.random.default_rng(3)) for _ in range(2))
    assert one == other
    assert (width(one) > 0).all()
