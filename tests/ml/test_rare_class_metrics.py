"""Metrics that suit imbalance, each against a plain count, and classes that are one in evaluation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, confusion_matrix, f1_score

from ml.evaluation.comparison import compare
from ml.evaluation.decisions import decide
from ml.evaluation.metrics import evaluate, f1, recall_at_precision
from ml.training.merging import free_within, group_of_class

COSTS = np.array([[0.0, 1.0, 1.0, 1.0], [9.0, 0.0, 2.0, 5.0], [9.0, 2.0, 0.0, 5.0], [4.0, 5.0, 5.0, 0.0]])
GROUP = group_of_class([[1, 2]], 4)
FREE = free_within(COSTS, GROUP)


@given(
    n=st.integers(2, 40), seed=st.integers(0, 2**32 - 1), levels=st.integers(1, 15), least=st.sampled_from([0.5, 0.9])
)
@settings(max_examples=60, deadline=None)
def test_recall_at_a_precision_is_the_best_of_all_thresholds(n, seed, levels, least):
    rng = np.random.default_rng(seed)
    scores, positive = rng.integers(levels, size=n) / levels, rng.random(n) < 0.4
    positive[0] = True
    counts = rng.multinomial(n, np.full(n, 1 / n), size=3) + (np.arange(n) == 0)
    for row in counts:
        best = 0.0
        for threshold in np.unique(scores):
            called = scores >= threshold
            right = (row * (called & positive)).sum()
            if right >= least * (row * called).sum() - 1e-9:
                best = max(best, right / (row * positive).sum())
        assert recall_at_precision(scores, positive, least)(row[None].astype(float))[0] == pytest.approx(best)


def test_f1_is_sklearns_on_the_repeated_samples(rng):
    called, positive = rng.random(50) < 0.4, rng.random(50) < 0.3
    counts = rng.multinomial(50, np.full(50, 1 / 50), size=4)
    expected = [f1_score(np.repeat(positive, row), np.repeat(called, row)) for row in counts]
    assert np.allclose(f1(called, positive)(counts.astype(float)), expected)


@pytest.fixture
def judged(rng):
    labels = rng.choice(4, 400, p=[0.8, 0.08, 0.07, 0.05])
    logits = rng.normal(size=(400, 4)) + np.eye(4)[labels] * 2 + np.log([0.8, 0.08, 0.07, 0.05])
    powers = np.exp(logits)
    return labels, powers / powers.sum(axis=1, keepdims=True)


def test_macro_f1_and_confusion_are_those_of_sklearn(judged, rng):
    labels, probabilities = judged
    found = evaluate(probabilities, labels, COSTS, rng=rng, n_bootstrap=50)
    decided = decide(probabilities, COSTS)
    assert found.macro_f1.value == pytest.approx(f1_score(labels, decided, average="macro"))
    assert np.array_equal(found.confusion, confusion_matrix(labels, decided))
    assert found.macro_f1.low <= found.macro_f1.value <= found.macro_f1.high


def test_a_group_is_measured_as_one_class_and_its_members_share_the_figures(judged, rng):
    labels, probabilities = judged
    found = evaluate(probabilities, labels, FREE, rng=rng, group=GROUP, n_bootstrap=50)
    one = np.isin(labels, [1, 2])
    called = np.isin(decide(probabilities, FREE), [1, 2])
    assert found.recall[1] == found.recall[2]
    assert found.recall[1].value == pytest.approx(called[one].mean())
    expected = average_precision_score(one, probabilities[:, 1] + probabilities[:, 2])
    assert found.average_precision[2].value == pytest.approx(expected)
    whole = evaluate(probabilities, labels, COSTS, rng=rng, n_bootstrap=50)
    assert found.expected_cost.value < whole.expected_cost.value
    assert found.average_precision[3].value == whole.average_precision[3].value


def test_where_members_cost_alike_the_likelier_is_called():
    probabilities = np.array([[0.1, 0.2, 0.7, 0.0], [0.1, 0.7, 0.2, 0.0], [0.25, 0.25, 0.25, 0.25]])
    alike = free_within(np.array(1 - np.eye(4)), GROUP)
    assert decide(probabilities, alike).tolist() == [2, 1, 1]


def test_the_gate_takes_no_heed_of_confusions_inside_a_group(judged):
    labels, probabilities = judged
    swapped = probabilities[:, [0, 2, 1, 3]]
    verdict = compare(
        probabilities,
        swapped,
        labels,
        free_within(1 - np.eye(4), GROUP),
        confidence=0.9,
        recall_floors={2: 0.1},
        rng=np.random.default_rng(0),
        classes=("good", "crack", "break", "soiled"),
        group=GROUP,
    )
    assert verdict.cost_difference.value == 0
    assert verdict.flipped == ()
    assert [recall.class_index for recall in verdict.recalls] == [0, 1, 3]
    assert verdict.recalls[1].floor == 0.1
    assert any("of crack or break" in sentence for sentence in verdict.sentences)
