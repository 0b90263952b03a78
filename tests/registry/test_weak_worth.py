"""What weak labels replaced is read off the project's curve, and said only where the curve can say it."""

from types import SimpleNamespace

import pytest

from heedful.registry.weak_worth import BEYOND, NO_CURVE, NOTHING, weak_worth

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


def test_a_deep_run_keeps_its_cheap_stage_or_not():
    said = {
        "labels": 90,
        "without": {"value": 0.75},
        "with": {"value": 0.4},
        "cost_difference": {"value": -0.35},
        "probability_cheaper": 0.9,
    }

    def of(kept):
        report = {"cheap_stage": {**said, "kept": kept}}
        return weak_worth(SimpleNamespace(run=SimpleNamespace(report=report)), FAN)

    assert (of(True).trust, of(True).samples, of(True).replaced.p50) == (1.0, 90, pytest.approx(100))
    assert (of(False).trust, of(False).replaced, of(False).reason) == (0.0, None, NOTHING)


def test_a_version_without_a_weak_stage_has_no_worth_of_it():
    assert weak_worth(SimpleNamespace(run=SimpleNamespace(report={})), FAN) is None
