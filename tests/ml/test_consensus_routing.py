"""Whom to ask, how often, and when to stop; each expectation against a slow version that says the same plainly."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.consensus.options import NOBODY, STOP, AskableTier, Option, outlooks
from ml.consensus.routing import going_rate, plan_answers
from ml.errors import NotFinite
from tests.ml.crowds import right_with

COSTS = np.array([[0.0, 20.0], [200.0, 0.0]])
WEAK, EXPERT = 0, 1
UNSURE = np.array([[0.7, 0.3]])
seeds = st.integers(0, 2**32 - 1)


def tiers(weak=0.8, expert=0.97, weak_price=1.0, expert_price=25.0, weak_most=3, expert_most=2, n_classes=2):
    return [
        AskableTier(right_with(weak, n_classes), weak_price, weak_most),
        AskableTier(right_with(expert, n_classes), expert_price, expert_most),
    ]


def beliefs(n, c, seed):
    return np.random.default_rng(seed).dirichlet(np.full(c, 0.6), n)


def option_of(plan, row=0):
    return plan.options[plan.chosen[row]]


def asked(plan, row=0):
    """(weak, expert): the most answers that a sample may get."""
    return tuple(option_of(plan, row).most(2).tolist())


def _plain(joint, costs, askable, option, dearness):
    """(price, risk) of one sample, answer by answer, each weighed by its chance."""
    if option.times:
        tier = askable[option.first]
        rest = Option(option.first, option.times - 1, option.then, option.again)
        parts = [_plain(joint * said, costs, askable, rest, dearness) for said in tier.confusion.T]
        return tier.price * joint.sum() + sum(p for p, _ in parts), sum(r for _, r in parts)
    stay = 0.0, (joint @ costs).min()
    if not option.again:
        return stay
    tier = askable[option.then]
    rest = Option(option.first, 0, option.then, option.again - 1)
    parts = [_plain(joint * said, costs, askable, rest, dearness) for said in tier.confusion.T]
    go = tier.price * joint.sum() + sum(p for p, _ in parts), sum(r for _, r in parts)
    return min(stay, go, key=lambda one: dearness * one[0] + one[1])


@given(c=st.integers(2, 3), dearness=st.sampled_from([1.0, 3.7]), seed=seeds)
@settings(max_examples=15, deadline=None)
def test_what_an_option_comes_to_is_the_sum_over_all_that_may_be_answered(c, dearness, seed):
    rng = np.random.default_rng(seed)
    askable = [AskableTier(rng.dirichlet(np.ones(c), c), price, 2) for price in (1.0, 4.0)]
    costs = rng.uniform(5, 100, (c, c)) * (1 - np.eye(c))
    believed = beliefs(3, c, seed)
    for outlook in outlooks(believed, costs, askable):
        price, risk = outlook.at(dearness)
        plain = [_plain(row, costs, askable, outlook.option, dearness) for row in believed]
        np.testing.assert_allclose(np.stack([price, risk], axis=1), plain, rtol=1e-9, atol=1e-9)


@given(n=st.integers(1, 30), c=st.integers(2, 4), limit=st.floats(0, 500), leverage=st.floats(0.1, 50), seed=seeds)
@settings(max_examples=40, deadline=None)
def test_a_plan_never_passes_its_limit_and_never_makes_things_worse(n, c, limit, leverage, seed):
    costs = np.random.default_rng(seed).uniform(5, 100, (c, c)) * (1 - np.eye(c))
    plan = plan_answers(beliefs(n, c, seed), costs, tiers(n_classes=c), leverage=leverage, limit=limit)
    assert plan.price.sum() <= limit + 1e-9
    assert (plan.risk_after <= plan.risk_before + 1e-9).all()
    assert (plan.price + plan.risk_after <= plan.risk_before + 1e-9).all()
    assert ((plan.price == 0) == (plan.tier() == STOP)).all()


@given(c=st.integers(2, 3), seed=seeds)
@settings(max_examples=15, deadline=None)
def test_the_order_of_samples_is_of_no_account(c, seed):
    believed, costs = beliefs(12, c, seed), 50 * (1 - np.eye(c))
    order = np.random.default_rng(seed).permutation(12)
    plan, other = (plan_answers(rows, costs, tiers(n_classes=c), limit=60.0) for rows in (believed, believed[order]))
    np.testing.assert_allclose(plan.risk_after[order], other.risk_after)
    np.testing.assert_allclose(plan.price[order], other.price)


def test_an_answer_is_bought_only_while_it_saves_more_than_it_costs():
    plan = plan_answers(np.array([[0.999, 0.001]]), COSTS, tiers())
    assert option_of(plan) == NOBODY
    assert plan.risk_after == plan.risk_before == pytest.approx(0.2)


def test_the_expert_is_asked_where_the_weak_know_nothing():
    plan = plan_answers(UNSURE, COSTS, tiers(weak=0.5), leverage=10.0)
    assert asked(plan)[WEAK] == 0
    assert plan.tier()[0] == EXPERT


def test_the_weak_are_asked_where_they_are_as_good_and_cheaper():
    plan = plan_answers(UNSURE, COSTS, tiers(weak=0.97), leverage=10.0)
    assert plan.tier()[0] == WEAK


def test_the_weak_go_first_and_an_expert_decides_what_they_leave_in_doubt():
    plan = plan_answers(UNSURE, COSTS, tiers(), leverage=5.0)
    option = option_of(plan)
    assert (option.first, option.then) == (WEAK, EXPERT)
    assert plan.price[0] < option.times * 1.0 + 25.0 * option.again


def test_a_second_expert_is_asked_where_errors_are_dear():
    alike = 200 * (1 - np.eye(2))
    cheap, dear = (plan_answers(UNSURE, alike * k, tiers(weak=0.5, expert=0.9)) for k in (1, 20))
    assert asked(cheap)[EXPERT] == 1
    assert asked(dear)[EXPERT] == 2


def test_more_rests_on_a_label_the_more_it_may_cost():
    believed = beliefs(50, 2, 0)
    prices = [plan_answers(believed, COSTS, tiers(), leverage=x).price.sum() for x in (0.01, 1.0, 10.0, 100.0)]
    assert prices == sorted(prices)
    assert prices[0] == 0


def test_a_tier_that_costs_nothing_is_asked_first():
    free = AskableTier(right_with(0.9), 0.0, 1)
    plan = plan_answers(UNSURE, COSTS, [*tiers(), free], limit=0.0)
    assert plan.tier()[0] == 2
    assert plan.price[0] == 0


def test_scarce_money_goes_where_it_saves_most():
    believed = np.array([[0.98, 0.02], [0.9, 0.1], [0.5, 0.5]])
    costs = 200 * (1 - np.eye(2))
    plan = plan_answers(believed, costs, tiers(weak=0.5), limit=25.0)
    assert plan.tier().tolist() == [STOP, STOP, EXPERT]


def test_among_equals_the_first_get_what_the_money_buys():
    plan = plan_answers(np.repeat(UNSURE, 20, axis=0), COSTS, tiers(weak=0.5, expert_most=1), leverage=3.0, limit=180.0)
    assert plan.tier().tolist() == [EXPERT] * 7 + [STOP] * 13


def test_money_is_spread_better_than_by_asking_everybody_alike():
    believed = beliefs(300, 2, 1)
    limit = 1000.0
    plan = plan_answers(believed, COSTS, tiers(), leverage=5.0, limit=limit)
    only = [plan_answers(believed, COSTS, [tier], leverage=5.0, limit=limit) for tier in tiers()]
    assert plan.price.sum() > 0.95 * limit
    assert plan.risk_after.sum() < 0.9 * min(one.risk_after.sum() for one in only)


def test_required_samples_get_an_answer_though_it_is_worth_nothing():
    sure = np.array([[0.9999, 0.0001]] * 3)
    required = np.array([True, False, True])
    plan = plan_answers(sure, COSTS, tiers(), required=required)
    assert plan.tier().tolist() == [WEAK, STOP, WEAK]
    scarce = plan_answers(sure, COSTS, tiers(), required=required, limit=1.5)
    assert scarce.tier().tolist() == [WEAK, STOP, STOP]


@given(n=st.integers(1, 6), c=st.integers(2, 3), seed=seeds)
@settings(max_examples=25, deadline=None)
def test_no_way_of_asking_saves_more_of_a_unit_of_money_than_the_going_rate(n, c, seed):
    prior, costs = beliefs(n, c, seed), 100 * (1 - np.eye(c))
    askable = tiers(n_classes=c)
    rate = going_rate(prior, costs, askable, leverage=5)
    plan = plan_answers(prior, costs, askable, leverage=5, dearness=rate, required=np.ones(n, bool))
    assert (plan.risk_before - plan.risk_after).sum() <= rate * plan.price.sum() * (1 + 1e-6)
    if rate > 1:
        assert (plan.risk_before - plan.risk_after).sum() == pytest.approx(rate * plan.price.sum(), rel=1e-4)
    for one in outlooks(prior, costs * 5, askable)[1:]:
        for dearness in (1.0, rate):
            price, risk = one.at(dearness)
            assert (plan.risk_before - risk).sum() <= rate * price.sum() * (1 + 1e-4) + 1e-6


def test_an_expert_who_saves_more_than_the_price_waits_while_the_weak_save_more_of_the_money():
    unsure = np.repeat(UNSURE, 5, axis=0)
    freely = plan_answers(unsure, COSTS, tiers(), leverage=5)
    rate = going_rate(unsure, COSTS, tiers(), leverage=5)
    sparingly = plan_answers(unsure, COSTS, tiers(), leverage=5, dearness=rate, required=np.ones(5, bool))
    assert asked(freely)[EXPERT] > 0
    assert asked(sparingly)[EXPERT] == 0
    assert sparingly.price.sum() < freely.price.sum() / 5


def test_nobody_is_asked_more_often_than_they_may_be():
    full = plan_answers(UNSURE, COSTS, tiers(), leverage=100.0, received=np.array([[3, 1]]))
    assert asked(full) == (0, 1)
    over = plan_answers(UNSURE, COSTS, tiers(), received=np.array([[3, 2]]), leverage=100.0)
    assert over.tier().tolist() == [STOP]


def test_one_answer_left_of_a_tier_is_used():
    plan = plan_answers(UNSURE, COSTS, tiers(), received=np.array([[0, 1]]), leverage=100.0)
    assert asked(plan)[EXPERT] == 1


def test_where_a_limit_binds_later_answers_are_asked_for_as_sparingly():
    believed = beliefs(200, 2, 4)
    rich, poor = (plan_answers(believed, COSTS, tiers(), leverage=5.0, limit=limit) for limit in (1e9, 300.0))
    assert rich.dearness == 1 < poor.dearness
    received = np.array([[1, 0]] * 200)
    free, sparing = (
        plan_answers(believed, COSTS, tiers(), received=received, leverage=5.0 / plan.dearness) for plan in (rich, poor)
    )
    assert sparing.price.sum() < free.price.sum()


def test_the_next_answer_is_asked_for_while_doubt_is_worth_its_price():
    posterior = np.array([[0.55, 0.45], [0.55, 0.45], [0.9999, 0.0001]])
    received = np.array([[2, 0], [3, 0], [1, 0]])
    plan = plan_answers(posterior, COSTS, tiers(), received=received, leverage=5.0)
    assert plan.tier()[1:].tolist() == [EXPERT, STOP]
    assert plan.tier()[0] != STOP
    indifferent = plan_answers(posterior, COSTS, tiers(), received=received, leverage=1e-3)
    assert (indifferent.tier() == STOP).all()


def test_one_answer_may_be_worth_nothing_and_several_a_lot():
    """No single weak answer can overturn this belief; two can."""
    believed, costs = np.array([[0.93, 0.07]]), 400 * (1 - np.eye(2))
    one = plan_answers(believed, costs, tiers(weak_most=1, expert_most=0))
    assert option_of(one) == NOBODY
    assert plan_answers(believed, costs, tiers(expert_most=0)).tier()[0] == WEAK


def test_many_classes_are_looked_at_less_far_but_all_the_same():
    plan = plan_answers(beliefs(5, 40, 0), 50 * (1 - np.eye(40)), tiers(n_classes=40), leverage=5.0)
    assert (plan.tier() != STOP).all()


def test_what_is_no_probability_is_refused():
    with pytest.raises(NotFinite):
        plan_answers(np.array([[np.nan, 1.0]]), COSTS, tiers())
    with pytest.raises(ValueError, match="sum to 1"):
        plan_answers(np.array([[0.5, 0.6]]), COSTS, tiers())
    with pytest.raises(ValueError, match="sum to 1"):
        AskableTier(np.ones((2, 2)), 1.0, 1)
    with pytest.raises(ValueError, match="negative"):
        AskableTier(right_with(0.9), -1.0, 1)


def test_nobody_to_ask_and_nothing_to_ask_about_are_plans_too():
    assert option_of(plan_answers(UNSURE, COSTS, [])) == NOBODY
    assert len(plan_answers(np.zeros((0, 2)), COSTS, tiers(), limit=1.0).chosen) == 0


def test_a_thousand_samples_are_planned_in_less_than_half_a_second():
    believed, costs = beliefs(1000, 5, 0), 50 * (1 - np.eye(5))
    began = time.process_time()
    plan = plan_answers(believed, costs, tiers(n_classes=5), leverage=5.0)
    plan_answers(believed, costs, tiers(n_classes=5), leverage=5.0, limit=plan.price.sum() / 3)
    assert time.process_time() - began < 0.5
