import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.strategies.auto import CONTROL_ARM, PARTS, PRIOR, RoundOutcome, shares
from ml.strategies.recipes import RECIPES, mixture, recipe
from ml.strategies.strategy import Need

ARMS = ("bald", "spread-cost", "contradicted", "look-alike")
"""Of which the same is believed."""


def _learn(worth, rounds, seed, arms=ARMS):
    """A bandit's life where each arm has a true elasticity, and gold is large enough to see most of it."""
    rng, history, cost, money = np.random.default_rng(seed), [], 1.0, 100.0
    for number in range(rounds):
        given_to = shares(arms, history, np.random.default_rng([seed, number]))
        spent = {one.name: 9.0 * one.share for one in given_to} | {CONTROL_ARM: 1.0}
        mix = sum(spent[name] * worth.get(name, 0.1) for name in spent) / 10
        after = cost * 1.25**-mix * np.exp(rng.normal(scale=0.02))
        history.append(RoundOutcome(spent, (money, money * 1.25), (cost, after)))
        cost, money = after, money * 1.25
    return shares(arms, history, np.random.default_rng(seed))


@given(seed=st.integers(0, 2**32 - 1), rounds=st.integers(0, 6))
@settings(max_examples=20, deadline=None)
def test_shares_sum_to_one_and_are_the_same_again(seed, rounds):
    found, again = (_learn(dict.fromkeys(ARMS, 0.3), rounds, seed) for _ in range(2))
    assert found == again
    assert [one.name for one in found] == list(ARMS)
    assert sum(one.share for one in found) == pytest.approx(1)
    assert all((one.share * PARTS).is_integer() for one in found)


def test_without_a_round_equal_arms_share_alike():
    drawn = [shares(ARMS, [], np.random.default_rng(seed)) for seed in range(200)]
    assert all(abs(np.mean([one.share for one in arm]) - 0.25) < 0.05 for arm in zip(*drawn, strict=True))
    assert {one.rounds for arms in drawn for one in arms} == {0}


def test_the_arm_that_buys_most_gets_most():
    learned = [_learn(dict.fromkeys(ARMS, 0.05) | {"bald": 1.2}, 15, seed) for seed in range(10)]
    assert sum(max(arms, key=lambda one: one.mean).name == "bald" for arms in learned) >= 9
    assert np.mean([one.share for arms in learned for one in arms if one.name == "bald"]) > 0.4


def test_what_costs_nothing_or_bought_nothing_teaches_nothing():
    nothing = [
        RoundOutcome({"bald": 10.0}, (0.0, 10.0), (1.0, 0.5)),
        RoundOutcome({"bald": 10.0}, (10.0, 20.0), (0.5, 0.0)),
        RoundOutcome({}, (20.0, 30.0), (0.5, 0.4)),
    ]
    assert shares(ARMS, nothing, np.random.default_rng(0)) == shares(ARMS, [], np.random.default_rng(0))


def test_an_arm_that_is_gone_still_explains_its_rounds():
    history = [RoundOutcome({"gone": 8.0, "bald": 2.0}, (10.0, 20.0), (1.0, 0.3))] * 4
    found = {one.name: one for one in shares(ARMS, history, np.random.default_rng(0))}
    assert PRIOR < found["bald"].mean < 2 * PRIOR


def _after(*rounds):
    history = [RoundOutcome({"bald": 10.0}, money, cost) for money, cost in rounds]
    return {one.name: one.mean for one in shares(ARMS, history, np.random.default_rng(0))}


def test_bad_rounds_lower_what_is_believed_of_their_arms():
    believed = _after(*[((100.0, 200.0), (1.0, 1.2))] * 3)
    assert believed["bald"] < 0.25
    assert believed["look-alike"] == pytest.approx(PRIOR)


def test_the_less_a_round_adds_the_less_it_tells():
    added = [_after(((100.0, money), (1.0, 1.2)))["bald"] for money in (105.0, 120.0, 200.0, 400.0)]
    assert added == sorted(added, reverse=True)
    assert added[0] > 0.29


def test_rounds_that_fit_nothing_tell_less():
    steady = [((100.0, 200.0), (1.0, 0.6))] * 6
    wild = [((100.0, 200.0), (1.0, change)) for change in (0.2, 1.8) * 3]
    assert _after(*wild)["bald"] < _after(*steady)["bald"]
    assert abs(_after(*wild)["bald"] - PRIOR) < abs(_after(*steady)["bald"] - PRIOR)


def test_no_arm_is_refused():
    with pytest.raises(ValueError, match="No arm"):
        shares((), [], np.random.default_rng(0))


def test_each_recipe_can_be_a_plan_of_its_own():
    for name in RECIPES:
        plan = mixture({name: 1}, target=1, n_classes=3, control_share=0.1)
        assert {slot.name for slot in plan.slots} == ({name} if name != "random" else set())
        assert sum(slot.share for slot in plan.slots) == pytest.approx(1.0 if plan.slots else 0.0)


def test_what_is_to_be_random_is_drawn_with_the_control():
    plan = mixture({"random": 25, "margin": 75}, target=1, n_classes=2, control_share=0.2)
    assert [slot.name for slot in plan.slots] == ["margin"]
    assert plan.control_share == pytest.approx(0.4)
    assert mixture({"random": 1}, target=1, n_classes=2, control_share=0.2).places(20) == (20, ())


def test_a_mixture_keeps_its_shares_and_asks_about_each_class():
    plan = mixture({"class-quota": 60, "margin": 20}, target=1, n_classes=3, control_share=0.2)
    assert [(slot.name, slot.target, round(slot.share, 3)) for slot in plan.slots] == [
        ("class-quota", 0, 0.25),
        ("class-quota", 1, 0.25),
        ("class-quota", 2, 0.25),
        ("margin", 1, 0.25),
    ]
    assert plan.control_share == 0.2


def test_a_mixture_of_nothing_is_refused():
    with pytest.raises(ValueError, match="share above 0"):
        mixture({"margin": 0}, target=1, n_classes=2, control_share=0.1)


def test_a_slot_that_lacks_something_leaves_its_places_to_the_others():
    plan = mixture({"look-alike": 0.5, "margin": 0.3, "k-center": 0.2}, target=1, n_classes=2, control_share=0.1)
    fitting = plan.with_what_is_there({Need.PROBABILITIES, Need.EMBEDDINGS, Need.TARGET_CLASS})
    assert [(slot.name, round(slot.share, 3)) for slot in fitting.slots] == [("margin", 0.6), ("k-center", 0.4)]
    assert plan.with_what_is_there(()) is None


def test_another_packages_strategy_is_a_recipe_of_its_own():
    assert recipe("theirs").strategies == ("theirs",)
