"""The forecast of a project: from versions through a worker to what a manager reads."""

from decimal import Decimal

import pytest

from heedful.budgets.models import Budget
from heedful.jobs import services as jobs
from heedful.jobs.models import Job
from heedful.notifications.models import Notification
from heedful.registry.forecasts import ground_of, next_price, request_forecast, standing
from heedful.registry.models import Forecast
from tests.factories import hear, queue
from tests.registry.versions import learn, make_version
from workers.runner import run_job

FALLING = [2.0, 1.2, 0.9, 0.75]


def forecast(project) -> None:
    """What a worker does when a forecast is asked for."""
    request_forecast(project.pk)
    job = Job.objects.get(kind=Job.Kind.FORECAST, project_id=project.pk)
    run_job.apply(kwargs={"job_id": job.pk})
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    project.refresh_from_db()


def want(project, **changes) -> None:
    type(project).objects.filter(pk=project.pk).update(**changes)
    project.refresh_from_db()


def over_limit(project) -> list[str]:
    kind = Notification.Kind.FORECAST_OVER_LIMIT
    return list(project.notifications.filter(kind=kind).values_list("sentence", flat=True))


def test_before_any_version_there_is_no_forecast_and_it_says_why(project):
    now = standing(project)
    assert "three model versions" in now.reason
    assert (now.next_round, now.to_target, now.savings, now.calibration.share) == (None, None, None, None)
    forecast(project)
    assert not Forecast.objects.exists()


def test_two_versions_are_too_few_and_it_says_how_many_there_are(project):
    learn(project, FALLING[:2])
    forecast(project)
    now = standing(project, amount=Decimal(10))
    assert "so far there are 2" in now.reason
    assert (now.active.fan, now.purchase, now.to_target) == ([], None, None)
    assert len(now.active.points) == 2


def test_a_version_for_the_same_money_is_no_third_point(project):
    learn(project, FALLING[:2])
    make_version(project, spent=40, cost=1.1, labels=41)
    forecast(project)
    assert "so far there are 2" in standing(project).reason


def test_what_the_next_money_buys_is_between_nothing_and_all_that_is_left(project):
    learn(project, FALLING)
    want(project, yearly_volume=10_000)
    forecast(project)
    bought = standing(project, amount=Decimal(20)).purchase
    assert 0 < bought.gain.p50 < FALLING[-1]
    assert bought.gain.p10 <= bought.gain.p50 <= bought.gain.p90
    assert float(bought.value_a_year.p50) == pytest.approx(bought.gain.p50 * 10_000, abs=1e-3)
    assert standing(project, amount=Decimal(40)).purchase.gain.p50 > bought.gain.p50


def test_further_than_it_looks_a_forecast_says_nothing(project):
    learn(project, FALLING)
    forecast(project)
    assert standing(project, amount=Decimal(1_000_000)).purchase is None


@pytest.mark.parametrize(("volume", "word"), [(None, "unknown"), (1, "stop"), (1_000_000, "continue")])
def test_the_next_round_is_weighed_against_its_price(project, volume, word):
    learn(project, FALLING)
    want(project, yearly_volume=volume)
    forecast(project)
    advice = standing(project).next_round
    assert advice.recommendation == word
    assert "10.00 USD" in advice.sentence
    assert advice.purchase.amount == next_price(project) == Decimal(10)


def test_where_the_target_is_reached_it_says_stop_whatever_the_volume(project):
    learn(project, FALLING)
    want(project, yearly_volume=1_000_000, target_cost=Decimal("0.8"))
    forecast(project)
    now = standing(project)
    assert now.target_reached
    assert now.next_round.recommendation == "stop"
    assert "750.00 USD per 1000" in now.next_round.sentence


def test_the_price_of_the_next_round_is_that_of_the_last_ones(project, pool):
    for item in queue(project, pool[:4]):
        hear(item, "good")
    project.rounds.update(state="closed")
    assert next_price(project) == Decimal(4)


def test_a_target_is_said_to_take_more_the_lower_it_is(project):
    learn(project, FALLING)
    totals = []
    for target in ("0.7", "0.6"):
        want(project, target_cost=Decimal(target))
        forecast(project)
        reach = standing(project).to_target
        assert reach.target == Decimal(target)
        totals.append((reach.total.p50, reach.probability))
    assert totals[0][1] >= totals[1][1]
    assert totals[1][0] is None or totals[0][0] < totals[1][0]


def test_a_target_beyond_the_limit_is_told_once_a_limit_and_target(project):
    learn(project, FALLING)
    want(project, target_cost=Decimal("0.05"))
    for _ in range(2):
        forecast(project)
    assert len(over_limit(project)) == 1
    assert "100.00 USD" in over_limit(project)[0]
    Budget.objects.filter(project=project).update(limit=Decimal(120))
    forecast(project)
    assert len(over_limit(project)) == 2


def test_a_target_within_the_limit_is_no_news(project):
    learn(project, FALLING)
    want(project, target_cost=Decimal("1.0"))
    forecast(project)
    assert over_limit(project) == []


def test_what_was_saved_is_needed_less_spent_and_wide(project):
    learn(project, FALLING)
    forecast(project)
    saved = standing(project).savings
    assert saved.spent == Decimal(80)
    assert saved.needed.p90 is None or saved.needed.p10 < saved.needed.p90
    if saved.needed.p10 is not None:
        assert saved.saved.p10 == saved.needed.p10 - saved.spent


def test_without_three_measurements_of_chance_nothing_is_said_of_savings(project):
    for spent, cost in zip((20, 40, 60, 80), FALLING, strict=True):
        make_version(project, spent=spent, cost=cost, labels=spent, control=(2, 2.0, 1.5))
    forecast(project)
    now = standing(project)
    assert now.savings is None
    assert "1 different spendings" in now.savings_reason
    assert len(now.control.points) == 1
    assert now.active.fan


def test_what_gold_has_cost_teaches_nothing_and_counts_for_both(project, pool):
    for item in queue(project, pool[:5], kind="gold"):
        hear(item, "good")
    learn(project, FALLING)
    ground = ground_of(project)
    assert ground.base == Decimal(5)
    assert [point.spent for point in ground.control] == [Decimal(5 + 2 * place) for place in (1, 2, 3, 4)]


def test_earlier_forecasts_are_held_against_what_came(project):
    learn(project, FALLING[:3])
    forecast(project)
    early = Forecast.objects.get().body["fan"]
    make_version(project, spent=80, cost=0.75, labels=80)
    make_version(project, spent=100, cost=40.0, labels=100, promoted=False)
    forecast(project)
    rows = standing(project).calibration
    assert [(row.made_at_model, row.model_number, row.inside) for row in rows.rows] == [(3, 4, True), (3, 5, False)]
    assert (rows.inside, rows.share) == (1, 0.5)
    assert Forecast.objects.get(model__number=3).body["fan"] == early


def test_a_forecast_is_made_anew_for_the_same_version_and_says_the_same(project):
    learn(project, FALLING)
    forecast(project)
    first = Forecast.objects.get().body
    forecast(project)
    assert Forecast.objects.get().body == first
    assert jobs.QUEUES[Job.Kind.FORECAST] == "explain"


def test_versions_that_were_judged_before_classes_were_merged_are_set_aside(project):
    old = learn(project, FALLING)
    made_cheaper = make_version(project, spent=100, cost=0.2, labels=100)
    made_cheaper.run.terms = {"imbalance": {}, "training": [], "evaluation": [[0, 1]]}
    made_cheaper.run.save()
    assert [point.model_number for point in ground_of(project).active] == [made_cheaper.number]
    made_cheaper.delete()
    assert len(ground_of(project).active) == len(old)
