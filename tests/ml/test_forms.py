"""What a form is held against, and how the graphs of a cascade are asked."""

from pathlib import Path

import numpy as np
import pytest

from ml.evaluation.decisions import decide
from ml.forms.bench import Bench, Candidate, Pictures
from ml.heads import LinearHead
from ml.inference.answering import answer
from ml.inference.preprocessing import Preprocessing
from ml.inference.session import PROBABILITIES

NOTHING = Pictures([], np.zeros((0, 1), np.float32))


def bench(costs, group):
    labels = np.arange(90) % 3
    head = LinearHead(np.eye(3, dtype=np.float32), np.zeros(3, np.float32), 1.0)
    files = {"backbone": Path("backbone.onnx"), "graph": Path("model.onnx"), "head": head, "classes": "abc"}
    pictures = dict.fromkeys(("fitting", "compared", "gold"), NOTHING)
    return Bench(
        costs=costs, group=np.array(group), labels=labels, groups=np.arange(90), seed=1, threads=1, **files, **pictures
    )


def candidate(said):
    probabilities = np.eye(3)[said] * 0.8 + 0.1
    return Candidate(Path("model.onnx"), probabilities, probabilities, "")


@pytest.mark.parametrize("merged", [False, True])
def test_who_takes_one_member_of_a_merged_class_for_another_decides_alike(merged):
    """Classes 1 and 2 are one in evaluation: confusing them costs nothing, and is no other decision."""
    costs = 1.0 - np.eye(3)
    if merged:
        costs[1, 2] = costs[2, 1] = 0
    held = bench(costs, [0, 1, 1] if merged else [0, 1, 2])
    full, other = candidate(np.arange(90) % 3), candidate(np.array([0, 2, 1])[np.arange(90) % 3])
    found = held.admission(full, decide(other.gold, costs), other.compared)
    assert found.passed == merged
    assert found.agreement == (1 if merged else pytest.approx(1 / 3))
    assert found.expected_cost.value == (0 if merged else pytest.approx(2 / 3))


class Session:
    """Says of a picture how bright it is, and keeps what it was shown."""

    def __init__(self, size):
        self.preprocessing = Preprocessing(size, 0.5, 0.5)
        self.shown = []

    def run(self, images, outputs):
        self.shown.append(images.shape)
        bright = images[:, 0, 0, 0]
        return {PROBABILITIES: np.stack([1 - bright, bright], axis=1)}


def test_each_graph_of_a_cascade_sees_pictures_of_its_own_size():
    brightness = np.array([0.1, 0.5, 0.9, 0.45], np.float32)

    def pictures(place, wanted):
        return np.full((3, wanted.size, wanted.size), brightness[place], np.float32)

    small, large = Session(32), Session(96)
    said, by = answer([(small, 0.3), (large, None)], pictures, 4, 1.0 - np.eye(2))
    assert said[:, 1] == pytest.approx(brightness)
    assert by.tolist() == [0, 1, 0, 1]
    assert (small.shown, large.shown) == ([(4, 3, 32, 32)], [(2, 3, 96, 96)])
