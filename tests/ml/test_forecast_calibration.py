"""Is the forecast as sure as it may be? Real learning runs, forecast at 30–60% of their spending, and what came.

The ensemble's two widths were chosen on runs of other seeds than these.
"""

import numpy as np

from ml.forecast.curves import Points, fit_ensemble
from ml.forecast.outlook import QUANTILES
from tests.ml.learning_runs import TASKS, Run, learn

SEED = 20_000


def forecasts(run: Run, seed: int):
    """Of the last version, from those up to 30–60% of the spending: the band, and the last value known by then."""
    for known in range(3, len(run.spent)):
        if 0.3 <= run.spent[known - 1] / run.spent[-1] <= 0.6:
            rng = np.random.default_rng((seed, known))
            points = Points(run.spent[:known], run.cost[:known], run.error[:known])
            end = fit_ensemble(points, rng=rng).measured_at(run.spent[-1:], rng)[:, 0]
            yield np.quantile(end, QUANTILES), run.cost[known - 1]


def test_four_of_five_forecasts_hold_what_came_and_beat_no_forecast_at_all():
    inside, missed, standing_still = [], [], []
    for number, (name, active) in enumerate((name, active) for name in TASKS for active in (True, False)):
        run = learn(name, seed=SEED + number, active=active, rounds=10)
        for (low, middle, high), now in forecasts(run, number):
            inside.append(low <= run.cost[-1] <= high)
            missed.append(abs(middle - run.cost[-1]))
            standing_still.append(abs(now - run.cost[-1]))
    assert len(inside) >= 40
    assert 0.75 <= np.mean(inside) <= 0.90, f"{np.mean(inside):.1%} of {len(inside)} forecasts"
    assert np.mean(missed) < np.mean(standing_still)
