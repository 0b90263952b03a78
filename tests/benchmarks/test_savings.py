"""The savings benchmark tells what it promises, on a pool small enough for a moment; its figures are not tested."""

import numpy as np
import pytest

from benchmarks.report import Report
from benchmarks.savings import plot, summary
from benchmarks.savings.labeling import Ceiling, Point, Project
from benchmarks.savings.outcomes import OWN, TARGETS, Outcome, best_of_peers, by_arm, dearer, keep, kept, savings
from benchmarks.savings.own import AUTO, DEFAULT, RANDOM_ARM, at_random, chosen_by, planners, usual_plan
from benchmarks.savings.pools import RARE, RECIPES, Data, Recipe, draw
from benchmarks.savings.study import RANDOM_DRAWS, first_labels, run

TINY = Recipe("tiny", lambda: blobs(), share=0.05, pool=300, test=120, gold=60, batch=10)


def blobs() -> Data:
    rng = np.random.default_rng(0)
    rare = np.arange(500) < 80
    return Data((rng.standard_normal((500, 6)) + 2.5 * rare[:, None]).astype(np.float32), rare)


def outcome(
    method: str, points: list[tuple[int, float, float]], *, library: str = OWN, seed: int = 0, draw: int = 0
) -> Outcome:
    return Outcome("cells", seed, library, method, 1_000, tuple(points), 0.0, draw)


@pytest.fixture(scope="module")
def found() -> list[Outcome]:
    arms = [(OWN, name) for name in (RANDOM_ARM, DEFAULT, AUTO, "margin", "bald", "look-alike")]
    return list(run(TINY, blobs(), 1, [*arms, ("cleanlab", "ActiveLab")], [], {}))


def test_a_pool_keeps_its_share_and_shares_nothing_with_gold_and_test():
    pool = draw(TINY, blobs(), seed=3)
    together = np.concatenate((pool.embeddings, pool.gold, pool.test))
    assert len(np.unique(together, axis=0)) == len(together)
    labels = np.concatenate((pool.labels, pool.gold_labels))
    assert labels.mean() == pytest.approx(TINY.share, abs=0.005)
    weights = pool.test_weights
    assert weights[pool.test_labels == RARE].sum() / weights.sum() == pytest.approx(TINY.share, abs=1e-9)


def test_the_same_seed_draws_the_same_pool_and_another_another():
    first, again, other = (draw(TINY, blobs(), seed).embeddings for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_every_arm_reaches_what_it_is_measured_by_in_rising_labels(found):
    others = [DEFAULT, AUTO, "margin", "bald", "look-alike", "ActiveLab"]
    assert [one.method for one in found] == [RANDOM_ARM] * RANDOM_DRAWS + others
    for one in found:
        labels = [point[0] for point in one.points]
        assert labels == sorted(set(labels))
        assert labels[-1] <= one.pool_labels
        assert all(np.isfinite(point).all() for point in one.points)


def test_arms_begin_with_the_same_labels_but_random_draws_its_own(found):
    by_name = {one.method: one for one in found}
    assert len({one.points[0] for one in found if one.method != RANDOM_ARM}) == 1
    assert by_name["margin"].points[1] == pytest.approx(by_name["ActiveLab"].points[1])
    assert len({one.points for one in found if one.method == RANDOM_ARM}) == RANDOM_DRAWS


def test_a_run_goes_on_with_what_is_done(found):
    wanted = [(OWN, RANDOM_ARM), (OWN, "margin")]
    again = list(run(TINY, blobs(), 1, wanted, found[1:2], {}))
    assert [(one.method, one.draw) for one in again] == [(RANDOM_ARM, 1), (RANDOM_ARM, 2), ("margin", 0)]
    assert list(run(TINY, blobs(), 1, wanted, found, {})) == []


@pytest.mark.parametrize("name", planners())
def test_each_way_of_asking_fills_a_round_with_samples_never_asked_about(name):
    project = first_labels(Project(draw(TINY, blobs(), seed=4)))
    before = set(project.rows)
    picked = chosen_by(planners()[name])(project, 10)
    assert len(picked) == len(set(picked)) == 10
    assert before.isdisjoint(picked)


def test_no_sample_is_asked_about_twice():
    project = Project(draw(TINY, blobs(), seed=5))
    project.answer(at_random(0)(project, 10))
    with pytest.raises(ValueError, match="twice"):
        project.answer(project.rows[:1])


def test_the_first_labels_hold_every_class():
    project = first_labels(Project(draw(TINY, blobs(), seed=6)))
    assert project.found_all
    assert project.head is not None
    assert len(project.copy().rows) == len(project.rows)
    assert chosen_by(usual_plan)(project, 5) == chosen_by(usual_plan)(project.copy(), 5)


def test_a_share_of_the_cost_counts_from_deciding_without_a_model():
    best = Ceiling(labels=100, average_precision=0.8, expected_cost=0.1, cost_without_model=0.5)
    assert best.reached(Point(10, 0.4, 0.3)) == pytest.approx((0.5, 0.5))
    assert best.reached(Point(10, 0.8, 0.5))[1] == 0


def test_a_target_is_reached_where_it_first_holds_twice_in_a_row():
    once = [(20, 0.96, 0.0), (40, 0.90, 0.0), (60, 0.96, 0.0), (80, 0.97, 0.0)]
    assert outcome("a", once).labels_to(TARGETS[1]) == 60
    assert outcome("a", once[:3]).labels_to(TARGETS[1]) is None
    assert outcome("a", once[:3]).money_to(TARGETS[1]) == 60 * 25
    assert outcome("a", once).labels_to(TARGETS[3]) is None


def test_savings_are_by_seed_and_the_best_of_a_peer_is_the_cheapest_median():
    def at(method: str, labels: int, seed: int, library: str = OWN, draw: int = 0) -> Outcome:
        points = [(labels, 1.0, 1.0), (labels + 20, 1.0, 1.0)]
        return outcome(method, points, library=library, seed=seed, draw=draw)

    arms = by_arm(
        [at(RANDOM_ARM, labels, 0, draw=draw) for draw, labels in enumerate((400, 100, 5_000))]
        + [at(RANDOM_ARM, 900, 1), at(AUTO, 100, 0), at(AUTO, 100, 1)]
        + [at(name, labels, seed, "baal") for name, labels in (("BALD", 100), ("Margin", 200)) for seed in (0, 1)]
    )
    saved = savings(arms[AUTO], arms[RANDOM_ARM], TARGETS[1])
    assert (saved.median, saved.low, saved.high) == (6.5, 4, 9)
    assert [name for name, _ in best_of_peers(arms, TARGETS[1])] == ["baal: BALD"]
    assert dearer(arms[AUTO], arms["baal: BALD"], TARGETS[1]).median == 1


def test_what_is_kept_is_read_again_and_told_with_a_plot(found, tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.savings.summary.RECIPES", {**RECIPES, "tiny": TINY})
    monkeypatch.setattr("benchmarks.savings.plot.RECIPES", {"tiny": TINY})
    for one in found:
        keep(tmp_path / "savings.jsonl", one)
    again = kept(tmp_path / "savings.jsonl")
    assert again == found
    told: Report = summary.told(again)
    assert {row["arm"] for row in told.rows} == {one.arm for one in found}
    drawn = plot.write(again, tmp_path / "savings.svg").read_text()
    assert drawn.count("<polyline") == 4
    assert "cleanlab: ActiveLab" in drawn
