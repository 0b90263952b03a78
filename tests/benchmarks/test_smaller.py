"""What the benchmark of smaller forms deals out and counts: the figures themselves are not tested."""

import numpy as np
import pytest

from benchmarks import smaller
from ml.evaluation.bootstrap import Interval
from ml.evaluation.faithfulness import Admission
from ml.forms.forms import Form


@pytest.mark.parametrize("name", smaller.POOLS)
def test_what_tests_is_seen_by_nothing_else(name):
    pool = smaller.POOLS[name]
    deal = smaller._deal(pool, 4_000, 5)
    dealt = np.concatenate([deal.compared, deal.taught, deal.gold, deal.test])
    assert len(set(dealt.tolist())) == len(dealt)
    assert (len(deal.labeled), len(deal.gold), len(deal.test)) == (pool.labeled, pool.gold, pool.test)
    assert set(deal.test) != set(smaller._deal(pool, 4_000, 6).test)


def form(kind, *, passed=True, within=0.95, agreement=0.99):
    report = {"agreement": agreement, "probability_within": within, "sentences": ["It overflows.", "Refused."]}
    return Form(kind, passed, None, 1, report)


def held_out(difference):
    interval = Interval(difference, difference - 1, difference + 1)
    return Admission(True, interval, interval, 0.1, 1.0, 1.0, ())


def test_a_verdict_is_held_against_the_test_set():
    pool = smaller.POOLS["cells"]
    forms = [
        (form("full"), 0.0),
        (form("fp16"), 0.05),
        (form("int8"), 0.2),
        (form("distilled", passed=False, within=0.5, agreement=0.9), -0.1),
    ]
    rows = [smaller._row(pool, 5, one, held_out(difference)) for one, difference in forms]
    assert [row["gate"] for row in rows] == ["–", "passed", "passed", "refused: dearer, decides otherwise"]
    *_, passed, refused = smaller._notes(rows, ["cells"])
    assert passed == "passed: 2, of which within the tolerance on the test set 1."
    assert refused == "refused: 1, of which within the tolerance on the test set 1."
