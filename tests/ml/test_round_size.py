import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.errors import NotFinite
from ml.strategies.round_size import SMALLEST, advise, redundancy

FAST = {"training_seconds": 2.0, "answer_seconds": 36.0, "people": 1}


def test_copies_tell_twice_and_strangers_do_not():
    strangers = np.eye(40, 64, dtype=np.float32)
    copies = np.repeat(strangers[:10], 4, axis=0)
    assert redundancy(strangers)[-1] < 0.6
    assert redundancy(copies)[-1] > redundancy(strangers)[-1]
    assert redundancy(np.ones((20, 3), np.float32))[-1] > 0.85


@given(k=st.integers(0, 40), d=st.integers(1, 6), seed=st.integers(0, 2**32 - 1))
def test_redundancy_is_a_share_that_begins_at_nothing(k, d, seed):
    found = redundancy(np.random.default_rng(seed).normal(size=(k, d)).astype(np.float32))
    assert found.shape == (k,)
    assert ((found >= -1e-9) & (found <= 1)).all()
    assert k == 0 or found[0] == pytest.approx(0, abs=1e-9)


def test_each_label_tells_what_a_gaussian_process_leaves():
    points = np.random.default_rng(0).normal(size=(6, 3))
    squared = ((points[:, None] - points) ** 2).sum(axis=2)
    kernel = np.exp(-squared / (2 * 0.25 * np.median(squared[np.triu_indices(6, 1)])))
    left = []
    for place in range(6):
        before = kernel[:place, :place] + 0.1 * np.eye(place)
        cross = kernel[place, :place]
        left.append(1 - cross @ np.linalg.solve(before, cross) if place else 1.0)
    assert np.allclose(redundancy(points.astype(np.float32)), 1 - np.cumsum(left) / np.arange(1, 7), atol=1e-5)


def test_slow_training_asks_for_larger_rounds():
    told = np.linspace(0, 0.6, 200)
    sizes = [advise(told, **(FAST | {"training_seconds": t})).size for t in (0, 30, 600, 7200)]
    assert sizes == sorted(sizes)
    assert sizes[0] == SMALLEST
    assert sizes[-1] > sizes[1]


def test_redundant_pools_ask_for_smaller_rounds():
    slow = FAST | {"training_seconds": 300.0}
    assert advise(np.linspace(0, 0.9, 200), **slow).size < advise(np.linspace(0, 0.2, 200), **slow).size


def test_more_people_ask_for_larger_rounds():
    told = np.linspace(0, 0.6, 200)
    slow = FAST | {"training_seconds": 300.0}
    assert advise(told, **(slow | {"people": 10})).size > advise(told, **slow).size


def test_the_sentence_gives_the_figures():
    advice = advise(np.linspace(0, 0.99, 100), training_seconds=300, answer_seconds=36, people=1)
    assert advice.sentence == (
        f"About {advice.size} samples a round: training takes 5 min, an answer 36 s, "
        f"and of what {advice.size} labels tell, {advice.redundancy:.0%} is told twice."
    )
    assert advise(np.zeros(50), **FAST).sentence.startswith("At least 50 samples a round")


def test_what_cannot_be_is_refused():
    with pytest.raises(NotFinite):
        redundancy(np.array([[np.nan], [0.0]], np.float32))
    with pytest.raises(ValueError, match="somebody who answers"):
        advise(np.zeros(3), training_seconds=1, answer_seconds=1, people=0)
