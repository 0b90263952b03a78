"""Does what is shown of a model help or mislead, and what others say of an answer."""

import numpy as np
import pytest

from ml.consensus.answers import Answers
from ml.consensus.blind import FEWEST_TIMES, Studied, study
from ml.consensus.dawid_skene import UNKNOWN, dawid_skene
from ml.consensus.others import others_say
from tests.ml.crowds import claims, everybody_answers, right_with


def answers_of(rng, n, *, model=0.8, follow=0.6, alone=0.75, blind_share=0.5) -> Studied:
    """Two classes. Who is shown the model's prediction follows it in a share of cases, and judges alone in the rest."""
    true = rng.integers(2, size=n)
    predicted = np.where(rng.random(n) < model, true, 1 - true)
    own = np.where(rng.random(n) < alone, true, 1 - true)
    blind = rng.random(n) < blind_share
    given = np.where(~blind & (rng.random(n) < follow), predicted, own)
    seconds = rng.lognormal(3, 0.4, n) * np.where(blind, 1.5, 1.0)
    return Studied(given, true, predicted, seconds, blind)


def test_a_good_model_is_found_to_help_and_a_bad_one_to_mislead():
    rng = np.random.default_rng(0)
    assert study(answers_of(rng, 2000, model=0.95), rng=rng).verdict == "helps"
    assert study(answers_of(rng, 2000, model=0.5), rng=rng).verdict == "misleads"


def test_followed_more_and_answered_faster_when_shown():
    rng = np.random.default_rng(1)
    found = study(answers_of(rng, 2000), rng=rng)
    assert found.more_followed.low > 0
    assert found.more_seconds.high < 0
    assert found.blind.median_seconds.value == pytest.approx(np.exp(3) * 1.5, rel=0.1)
    assert found.shown.answers + found.blind.answers == 2000


def test_few_answers_decide_nothing_even_if_all_of_them_are_right():
    rng = np.random.default_rng(2)
    true = np.zeros(6, np.int64)
    few = Studied(np.array([0, 0, 0, 0, 1, 1]), true, true, np.full(6, 9.0), np.arange(6) >= 4)
    found = study(few, rng=rng)
    assert found.verdict == "cannot_tell"
    assert (found.shown.right.of, found.blind.right.right) == (4, 0)
    assert found.shown.median_seconds is None
    assert FEWEST_TIMES > 4


def test_an_answer_whose_truth_is_unknown_counts_for_its_time_and_not_for_being_right():
    n = 2 * FEWEST_TIMES
    zeros = np.zeros(n, np.int64)
    unknown = Studied(zeros, np.full(n, UNKNOWN), zeros, np.arange(n, dtype=np.float64), np.arange(n) % 2 == 0)
    found = study(unknown, rng=np.random.default_rng(3))
    assert (found.shown.right.share, found.more_right, found.verdict) == (None, None, "cannot_tell")
    assert found.shown.median_seconds is not None


@pytest.mark.parametrize("n", [60, 400])
def test_the_interval_of_the_difference_holds_the_truth_in_about_95_of_100(n):
    rng = np.random.default_rng(n)
    # Shown: 0.6 x 0.8 + 0.4 x 0.75; alone: 0.75.
    real = 0.6 * 0.8 + 0.4 * 0.75 - 0.75
    found = [study(answers_of(rng, n), rng=rng, n_bootstrap=20).more_right for _ in range(400)]
    assert 0.92 <= np.mean([one.low <= real <= one.high for one in found]) <= 0.985


def test_nobody_proves_themselves_right():
    answers = Answers(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([0, 0, 1]), 2, 2, 2)
    truth = dawid_skene(answers, claims(2, accuracy=0.95))
    said = others_say(answers, truth, known=np.full(2, UNKNOWN), sure=0.8)
    assert said.tolist() == [0, 0, UNKNOWN]
    assert others_say(answers, truth, known=np.array([1, UNKNOWN]), sure=0.8).tolist() == [1, 1, UNKNOWN]


def test_what_others_say_is_mostly_true_and_owes_nothing_to_ones_own_answer():
    rng = np.random.default_rng(4)
    true = rng.integers(2, size=400)
    answers = everybody_answers(true, [right_with(0.85)] * 5, rng)
    said = others_say(answers, dawid_skene(answers, claims(5)), known=np.full(400, UNKNOWN), sure=0.9)
    checked = said != UNKNOWN
    assert (said == true[answers.sample])[checked].mean() > 0.93
    # Judged by the others, each is about as good as they are.
    assert (answers.given == said)[checked].mean() == pytest.approx(0.85, abs=0.03)
