"""A small backbone taught by what a larger model says."""

import numpy as np
import pytest
import torch

from ml.inference.preprocessing import Preprocessing
from ml.training.checkpoints import Checkpoints, FileStore
from ml.training.distill import NONE, Lessons, distil, softened
from ml.training.features import embeddings
from ml.training.fine_tune import FineTuneConfig
from tests.ml.conftest import SmallBackbone

CONFIG = FineTuneConfig(stages=2, epochs=6, batch_size=8, head_rate=0.05, stage_rate=0.005)
SIZE = Preprocessing(size=32, mean=0.5, std=0.5)


def lessons(said, labels=None, **fields):
    n, c = np.shape(said)
    labels = np.full(n, NONE) if labels is None else np.array(labels)
    told = {"sources": [], "groups": np.arange(n), "sureness": np.ones(n), "merged": np.arange(c), "classes": "abc"[:c]}
    return Lessons(said=np.array(said), labels=labels, **told | fields)


@pytest.fixture
def taught(make_pictures):
    """40 pictures, half of them bright; nobody has said so but the teacher."""
    bright = np.arange(40) % 2
    likely = np.where(bright == 1, 0.9, 0.2)
    return lessons(np.stack([1 - likely, likely], axis=1), sources=make_pictures(40, bright=bright))


def student():
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return SmallBackbone().eval()


def test_a_student_says_what_its_teacher_says_at_its_own_size(taught):
    found = distil(student(), SIZE, taught, config=CONFIG, seed=1)
    said = found.head.probabilities(embeddings(found.module, SIZE, taught.sources))
    assert np.abs(said - taught.said).mean() < 0.1
    assert np.array_equal(said.argmax(axis=1), taught.said.argmax(axis=1))


def test_a_course_that_has_ended_is_not_learned_again(taught, tmp_path):
    store = Checkpoints(FileStore(tmp_path / "student.pt"))
    first, second = (
        distil(student(), SIZE, taught, config=CONFIG, seed=1, checkpoints=store, time_limit=limit) for limit in (9, 0)
    )
    assert (first.report.resumed, second.report.resumed) == (0, 1)
    assert np.array_equal(first.head.weights, second.head.weights)


def test_softening_keeps_the_order_and_lifts_what_is_unlikely():
    (soft,) = softened(lessons([[0.9, 0.09, 0.01]]))
    assert soft.sum() == pytest.approx(1)
    assert soft[2] / soft[0] == pytest.approx((0.01 / 0.9) ** 0.5)


def test_a_label_has_half_the_say_as_far_as_it_is_sure():
    said = [[0.8, 0.2]] * 3
    alone, against, doubtful = softened(lessons(said, [NONE, 1, 1], sureness=np.array([1.0, 1.0, 0.6]))) ** 2
    assert alone[0] / alone[1] == pytest.approx(4)
    assert against[1] / against[0] == pytest.approx(0.6 / 0.4)
    assert doubtful[1] / doubtful[0] == pytest.approx(0.4 / 0.6)


def test_a_label_speaks_for_all_classes_that_are_one_in_training():
    said = [[0.5, 0.3, 0.2]]
    (soft,) = softened(lessons(said, [1], merged=np.array([0, 1, 1]))) ** 2
    assert soft[1] / soft[2] == pytest.approx(0.3 / 0.2)
    assert soft[0] / soft.sum() == pytest.approx(0.25)
