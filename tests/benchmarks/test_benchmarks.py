"""The benchmarks still run and tell what they promise; what they measure is not tested."""

import pytest
import torch
from torch import nn

from benchmarks import scoring, selection
from benchmarks.report import Report
from benchmarks.selection.cases import CASES, EVERY_RECIPE
from benchmarks.timing import Spread, take_turns
from ml.backbones.base import Backbone
from ml.backbones.catalogue import BackboneSpec
from ml.inference.preprocessing import Preprocessing


class OneConvolution(Backbone):
    embedding_width = 4

    def __init__(self) -> None:
        super().__init__()
        self.stages = nn.Sequential(nn.Conv2d(3, 4, 32, 32))


@pytest.fixture
def tiny() -> BackboneSpec:
    return BackboneSpec(
        name="tiny",
        origin="random",
        licence="none",
        embedding_width=OneConvolution.embedding_width,
        preprocessing=Preprocessing(size=64, mean=0.5, std=0.5),
        build=lambda: OneConvolution().eval(),
    )


def test_scoring_tells_each_way_and_its_ratios_for_both_kinds_of_picture(tiny):
    with torch.random.fork_rng():
        rows = scoring.measure(tiny, pictures=4, turns=2).rows
    assert len({row["pictures"] for row in rows}) == 2
    assert len(rows) == 2 * (5 + 3)
    assert all(0 < row["lowest"] <= row["median"] <= row["highest"] for row in rows)


def test_selection_picks_the_smallest_margins_and_tells_time_and_memory():
    own = [case for case in CASES if case.function in {"own:ranking", "own:two_stage"}]
    by_margin, two_stage = selection.measure(own, sizes=(2_000,), picks=50, turns=1).rows
    assert by_margin["quality"] == 1
    assert by_margin["outcome"] == two_stage["outcome"] == "done"
    assert 0 < by_margin["fastest"] <= by_margin["seconds"] <= by_margin["slowest"]
    assert two_stage["peak"] >= two_stage["peak over set-up"] >= 0


def test_a_recipe_is_measured_with_all_the_evidence_that_it_needs():
    some = [case for case in EVERY_RECIPE if case.task in {"recipe bald", "recipe look-alike"}]
    rows = selection.measure(some, sizes=(2_000,), picks=50, turns=1).rows
    assert [row["outcome"] for row in rows] == ["done", "done"]


def test_contestants_take_turns_after_a_warm_up():
    order: list[str] = []
    taken = take_turns({name: lambda name=name: order.append(name) for name in "ab"}, turns=2)
    assert order == ["a", "b", "a", "b", "b", "a"]
    assert [len(seconds) for seconds in taken.values()] == [2, 2]


def test_a_spread_keeps_the_extremes():
    assert Spread.of([3.0, 1.0, 2.0]) == Spread(low=1.0, median=2.0, high=3.0, count=3)


def test_a_report_prints_a_line_a_row_and_a_dash_for_what_is_missing():
    report = Report(rows=[{"what": "a", "seconds": 1.5}, {"what": "b", "seconds": None}], notes=["busy"])
    assert str(report).splitlines() == ["what  seconds", "----  -------", "a         1.5", "b           –", "* busy"]
