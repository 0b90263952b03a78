"""What a deep run learns from, and in which courses, with three classes."""

import numpy as np
import pytest

from heedful.quality.services import LabeledSample
from ml.training.losses import LossConfig
from ml.training.sampling import SamplingConfig
from ml.training.stages import splits
from ml.training.weak import WeakSamples
from ml.training.weighing import weigh
from workers.courses import ALL, ALONE, FEWEST_CHEAP, MOST_CHEAP, STAGED, TOGETHER, Lessons
from workers.terms import Terms
from workers.weak_stage import WeakStage

FOLDS = 5


def terms(training=(0, 1, 2)):
    costs = np.array([[0.0, 1, 1], [9, 0, 1], [9, 1, 0]])
    return Terms(np.array(training), np.arange(3), costs, LossConfig(), SamplingConfig())


def expert_labels(n=30, *, cheap=0):
    """The last of them are a cheaper tier's, sure in 70%."""
    return [
        LabeledSample(row, 1, row, f"file:///{row}", str(row), row % 3, *((0.7, True) if row >= n - cheap else ()))
        for row in range(n)
    ]


def weak(posterior):
    names = [f"w{row}" for row in range(len(posterior))]
    samples = WeakSamples(np.zeros((len(posterior), 2), np.float32), posterior, np.array(names))
    return WeakStage(samples, [f"file:///{name}" for name in names], {})


def lessons(labeled, weak_labels=None, on=None):
    on = on or terms()
    return Lessons(labeled, weak_labels, on, on.learned_names("abc"), seed=1)


@pytest.fixture
def posterior():
    """Of sources that doubt between two of the classes only: what is no sureness of one and rest alike."""
    named = np.arange(60) % 3
    likely = np.full((60, 3), 0.02)
    likely[np.arange(60), named], likely[np.arange(60), (named + 1) % 3] = 0.6, 0.38
    return likely


def test_the_label_model_s_probabilities_are_learned_as_they_are(posterior):
    courses = lessons(expert_labels(), weak(posterior)).courses(FOLDS)
    assert list(courses) == [ALONE, STAGED, TOGETHER]
    (cheap, experts), (joined,) = courses[STAGED], courses[TOGETHER]
    assert np.allclose(cheap.targets, posterior)
    assert np.allclose(joined.targets, [*np.eye(3)[experts.labels], *posterior])
    learned = weigh(
        cheap.labels, None, 3, loss=LossConfig(weights="none"), sampling=SamplingConfig(), targets=cheap.targets
    )
    assert np.allclose(learned.targets.numpy(), posterior)


def test_what_a_cheaper_tier_lacks_in_sureness_is_shared_by_the_other_classes(posterior):
    cheap = lessons(expert_labels(60, cheap=30), weak(posterior)).cheap()
    assert (len(cheap.labels), len(cheap.sources)) == (90, 90)
    assert np.allclose(cheap.targets[0], [0.7, 0.15, 0.15])
    assert np.allclose(cheap.targets[30:], posterior)


def test_classes_that_are_one_while_learning_have_their_probabilities_added_up(posterior):
    cheap = lessons(expert_labels(), weak(posterior), terms((0, 1, 1))).cheap()
    assert np.allclose(cheap.targets, np.stack([posterior[:, 0], posterior[:, 1:].sum(axis=1)], axis=1))
    assert cheap.classes == ["a", "b or c"]


def test_every_course_is_judged_by_the_same_labels_of_experts(posterior):
    courses = lessons(expert_labels(), weak(posterior)).courses(FOLDS)
    held_out = [splits(stages, FOLDS, 1)[-1][1][:30].tolist() for stages in courses.values()]
    assert held_out[0] == held_out[1] == held_out[2]
    assert sum(held_out[0]) == 6


def test_cheap_labels_that_name_no_third_class_are_learned_beside_the_experts_alone(posterior):
    two = posterior[:, [0, 1]].sum(axis=1)[:, None] * [0.7, 0.3, 0.0]
    assert list(lessons(expert_labels(), weak(two)).courses(FOLDS)) == [ALONE, TOGETHER]


def test_too_few_of_a_kind_are_all_learned_at_once(posterior):
    few = weak(posterior[: FEWEST_CHEAP - 1])
    assert list(lessons(expert_labels(), few).courses(FOLDS)) == [ALL]
    assert list(lessons(expert_labels(33, cheap=31), weak(posterior)).courses(FOLDS)) == [ALL]
    assert list(lessons(expert_labels()).courses(FOLDS)) == [ALL]


def test_no_more_than_so_many_are_drawn(posterior):
    assert len(lessons(expert_labels(), weak(np.tile(posterior, (60, 1)))).cheap().labels) == MOST_CHEAP
