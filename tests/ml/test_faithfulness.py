"""Whether a smaller model may stand in for the full one."""

import numpy as np
import pytest

from ml.evaluation.faithfulness import Gate, admit

COSTS = np.array([[0.0, 5.0], [100.0, 0.0]])
LABELS = np.repeat([0, 1], [380, 20]).astype(np.int64)
ALIKE = (250, 256)


def judged(full, smaller, *, same=ALIKE, seed=0):
    return admit(full, smaller, LABELS, COSTS, same=same, gate=Gate(), rng=np.random.default_rng(seed))


def changed(decided, rows, to):
    decided = decided.copy()
    decided[rows] = to
    return decided


def test_one_that_decides_alike_passes():
    found = judged(LABELS, LABELS, same=(256, 256))
    assert found.passed
    assert found.cost_difference.value == found.cost_difference.low == found.cost_difference.high == 0
    assert (found.probability_within, found.agreement, found.sentences[-1]) == (1, 1, "Passed.")


def test_a_few_cheap_errors_are_within_the_tolerance():
    found = judged(LABELS, changed(LABELS, slice(0, 4), 1))
    assert found.passed
    assert found.expected_cost.value == pytest.approx(4 * 5 / 400)
    # What the full model saves against calling everything defective: 380 x 5 over 400.
    assert found.allowed == pytest.approx(0.05 * 380 * 5 / 400)


def test_a_few_dear_errors_are_not():
    found = judged(LABELS, changed(LABELS, [399, 398], 0))
    assert not found.passed
    assert found.cost_difference.value == pytest.approx(2 * 100 / 400)
    assert found.sentences[-1] == "Refused."
    assert found.sentences[0].startswith("Costs at most 0.24 a sample more than the full model on gold (5% of")


def test_a_model_that_costs_the_same_but_decides_otherwise_is_refused():
    found = judged(LABELS, LABELS, same=(240, 256))
    assert not found.passed
    assert "240 of 256" in found.sentences[1]


def test_a_cheaper_model_passes():
    found = judged(changed(LABELS, slice(0, 100), 1), LABELS)
    assert found.passed
    assert found.cost_difference.high < 0


def test_beside_a_full_model_that_saves_nothing_the_tolerance_is_of_what_it_costs():
    useless = np.ones_like(LABELS)
    assert judged(useless, useless).passed
    found = judged(useless, changed(useless, [399], 0))
    assert not found.passed
    assert found.allowed == pytest.approx(0.05 * 380 * 5 / 400)
