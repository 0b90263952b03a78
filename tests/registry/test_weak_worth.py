"""What weak labels replaced is read off the project's curve, and said only where the curve can say it."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from heedful.registry.weak_worth import BEYOND, NO_CURVE, NOT_KEPT, NOTHING, weak_worth

FAN = [[100.0, 0.9, 1.0, 1.2], [200.0, 0.4, 0.5, 0.7], [300.0, 0.2, 0.3, 0.5]]


def worth(without, staged, fan=FAN):
    def interval(value):
        return {"value": value, "low": value, "high": value}

    said = {
        "samples": 600,
        "sources": ["Rule"],
        "contradicting": [],
        "without": interval(without),
        "with": interval(staged),
        "cost_difference": interval(staged - without),
        "probability_cheaper": 0.9,
    }
    report = {"weak_stage": said, "head": {"trust": 1.0}}
    return weak_worth(SimpleNamespace(run=SimpleNamespace(report=report)), fan)


def test_the_money_lies_between_the_two_qualities_on_the_curve():
    found = worth(0.75, 0.4)
    assert found.replaced.p50 == pytest.approx(100)
    assert found.replaced.p10 <= found.replaced.p50
    assert found.replaced.p90 is None
    assert found.reason is None


def test_what_the_curve_was_never_as_bad_as_counts_from_its_beginning():
    assert worth(5.0, 0.5).replaced.p50 == pytest.approx(100)


@pytest.mark.parametrize(
    ("without", "staged", "fan", "reason"),
    [(0.5, 0.5, FAN, NOTHING), (0.4, 0.6, FAN, NOTHING), (0.5, 0.1, FAN, BEYOND), (0.5, 0.4, [], NO_CURVE)],
)
def test_where_nothing_can_be_said_it_says_why(without, staged, fan, reason):
    found = worth(without, staged, fan)
    assert (found.replaced, found.reason) == (None, reason)


def of_deep_run(losses, **more):
    way = min((name for name in losses if name != "experts"), key=losses.get)
    said = {
        "labels": 90,
        "way": way,
        "kept": losses[way] < losses["experts"],
        "held_out_loss": losses,
        "without": {"value": 0.75},
        "with": {"value": 0.4},
        "cost_difference": {"value": -0.35},
        "probability_cheaper": 0.9,
        **more,
    }
    return weak_worth(SimpleNamespace(run=SimpleNamespace(report={"cheap_labels": said})), FAN)


def test_a_deep_run_that_keeps_cheap_labels_counts_their_money_as_a_quick_run_does():
    costs = {"experts": {"value": 0.75}, "both at once": {"value": 0.4}}
    losses = {"experts": 0.6, "both at once": 0.5}
    found = of_deep_run(losses, expected_cost=costs, sources=["cheaper tiers", "Rule"], spent="12.5000", held_out=9)
    assert (found.trust, found.samples, found.replaced.p50) == (1.0, 90, pytest.approx(100))
    assert (found.sources, found.held_out, found.spent) == (["cheaper tiers", "Rule"], 9, Decimal("12.5"))
    assert [(one.name, one.kept, one.held_out_loss, one.expected_cost) for one in found.courses] == [
        ("experts", False, 0.6, {"value": 0.75}),
        ("both at once", True, 0.5, {"value": 0.4}),
    ]


def test_a_deep_run_that_does_not_keep_cheap_labels_replaced_no_money_and_says_so():
    found = of_deep_run({"experts": 0.5, "cheap, then experts": 0.7, "both at once": 0.6}, spent="0.0000")
    assert (found.trust, found.replaced, found.reason, found.spent) == (0.0, None, NOT_KEPT, None)
    assert [one.name for one in found.courses if one.kept] == ["experts"]
    assert {one.expected_cost for one in found.courses} == {None}


def test_a_version_without_a_weak_stage_has_no_worth_of_it():
    assert weak_worth(SimpleNamespace(run=SimpleNamespace(report={})), FAN) is None
