from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.strategies.candidates import Candidates
from ml.strategies.catalogue import STRATEGIES
from ml.strategies.evidence import representatives
from ml.strategies.gold import draw_gold
from ml.strategies.k_center import k_center
from ml.strategies.plan import CONTROL, QueryPlan, Slot, cold_start_plan, default_plan
from ml.strategies.recipes import RECIPES, mixture
from ml.strategies.scores import margin
from ml.strategies.selection import select
from ml.strategies.shortlist import Shortlist
from ml.strategies.strategy import Explanation
from tests.ml.given import cosines, some_evidence

seeds = st.integers(0, 2**32 - 1)


def _candidates(n, seed, *, cold=False, c=3):
    rng = np.random.default_rng(seed)
    return Candidates(
        ids=rng.permutation(10_000)[:n],
        embeddings=rng.normal(size=(n, 6)).astype(np.float32),
        probabilities=None if cold else rng.dirichlet(np.ones(c), n).astype(np.float32),
        labeled=rng.normal(size=(4, 6)).astype(np.float32),
        classes=("good", "cracked", "dirty"),
    )


@given(n=st.integers(0, 120), size=st.integers(0, 140), cold=st.booleans(), seed=seeds)
@settings(max_examples=60, deadline=None)
def test_a_round_is_exactly_as_large_as_asked_without_repeats(n, size, cold, seed):
    candidates = _candidates(n, seed, cold=cold)
    plan = cold_start_plan() if cold else default_plan(target=1)
    choices = select(candidates, plan, size=size, rng=np.random.default_rng(seed))
    again = select(candidates, plan, size=size, rng=np.random.default_rng(seed))
    assert len({choice.sample_id for choice in choices}) == len(choices) == min(n, size)
    assert {choice.sample_id for choice in choices} <= set(candidates.ids.tolist())
    assert [choice.rank for choice in choices] == list(range(1, len(choices) + 1))
    assert choices == again
    assert all(candidates.ids[choice.row] == choice.sample_id for choice in choices)


def test_each_slot_takes_what_a_plain_reading_of_it_would():
    candidates = _candidates(300, 5)
    plan = QueryPlan(default_plan(target=1).slots, control_share=0.0)
    choices = select(candidates, plan, size=20, rng=np.random.default_rng(0))
    uncertain = [choice.row for choice in choices if choice.slot == "spread-margin"]
    rare = [choice.row for choice in choices if choice.slot == "rare-class"]

    narrowed = np.argsort(-margin(candidates.probabilities), kind="stable")[:100]
    narrowed = narrowed[np.lexsort((candidates.ids[narrowed], -margin(candidates.probabilities)[narrowed]))]
    picked, _ = k_center(candidates.embeddings[narrowed], 10, centres=candidates.labeled)
    by_probability = np.argsort(-candidates.probabilities[:, 1], kind="stable")
    assert uncertain == narrowed[picked].tolist()
    assert rare == [row for row in by_probability.tolist() if row not in uncertain][:10]


def test_what_is_left_out_is_neither_chosen_nor_drawn():
    candidates = replace(_candidates(60, 4), control_ids=_candidates(60, 4).ids[:10], eligible=500)
    gone = set(candidates.ids[5:30].tolist())
    left = candidates.without(gone)
    assert left.control_ids.tolist() == candidates.ids[:5].tolist()
    rows = candidates.rows_of(left.ids)
    assert np.array_equal(left.embeddings, candidates.embeddings[rows])
    assert np.array_equal(left.probabilities, candidates.probabilities[rows])
    choices = select(left, default_plan(target=1), size=35, rng=np.random.default_rng(1))
    assert not gone & {one.sample_id for one in choices}


def test_the_control_is_uniform_and_says_its_probability():
    candidates = _candidates(40, 3)
    drawn = np.zeros(40)
    for seed in range(400):
        choices = select(candidates, default_plan(1, 0.25), size=20, rng=np.random.default_rng(seed))
        control = [choice for choice in choices if choice.slot == CONTROL]
        assert len(control) == 5
        assert {choice.selection_probability for choice in control} == {5 / 40}
        drawn[[choice.row for choice in control]] += 1
    # 400 draws at 1/8: 50 expected, standard deviation 6.6.
    assert abs(drawn - 50).max() < 30


def test_slots_that_rank_choose_with_certainty():
    choices = select(_candidates(40, 3), default_plan(1), size=20, rng=np.random.default_rng(0))
    assert {c.selection_probability for c in choices if c.slot != CONTROL} == {1.0}


def test_places_are_shared_out_completely():
    plan = QueryPlan((Slot("a", ("margin",), 1 / 3), Slot("b", ("margin",), 2 / 3)), control_share=0.1)
    assert plan.places(20) == (2, (6, 12))
    for size in range(50):
        control, places = plan.places(size)
        assert control + sum(places) == size


def test_first_ranks_serve_every_slot():
    choices = select(_candidates(200, 3), default_plan(1), size=20, rng=np.random.default_rng(0))
    assert {choice.slot for choice in choices[:2]} == {"spread-margin", "rare-class"}
    assert CONTROL in {choice.slot for choice in choices[:6]}


@given(shards=st.integers(1, 9), seed=seeds)
@settings(max_examples=25, deadline=None)
def test_choosing_from_the_shortlist_equals_choosing_from_the_pool(shards, seed):
    pool = _candidates(900, seed)
    plan = default_plan(target=2, control_share=0.1)
    shortlist = Shortlist(plan, size=12)
    for number, rows in enumerate(np.array_split(np.arange(900), shards)):
        shortlist.add(pool.ids[rows], pool.probabilities[rows], np.random.default_rng([seed, number]))
    rows = pool.rows_of(shortlist.ids)
    short = Candidates(
        ids=shortlist.ids,
        embeddings=pool.embeddings[rows],
        probabilities=pool.probabilities[rows],
        labeled=pool.labeled,
        control_ids=shortlist.control_ids,
        eligible=shortlist.eligible,
    )
    whole = Candidates(
        ids=pool.ids,
        embeddings=pool.embeddings,
        probabilities=pool.probabilities,
        labeled=pool.labeled,
        control_ids=shortlist.control_ids,
        eligible=900,
    )
    from_short = select(short, plan, size=12, rng=np.random.default_rng(0))
    from_whole = select(whole, plan, size=12, rng=np.random.default_rng(0))
    assert len(short.ids) < 250
    assert [c.sample_id for c in from_short] == [c.sample_id for c in from_whole]
    assert {c.selection_probability for c in from_short if c.slot == CONTROL} == {1 / 900}


def test_reasons_state_the_facts():
    candidates = Candidates(
        ids=np.arange(4),
        embeddings=np.eye(4, dtype=np.float32),
        probabilities=np.array([[0.48, 0.52], [0.9, 0.1], [0.05, 0.95], [0.99, 0.01]], np.float32),
        classes=("good", "defective"),
    )
    plan = QueryPlan(
        (Slot("u", ("margin", "k-center"), 0.5), Slot("r", ("rare-class",), 0.5, target=1)), 0.0, oversample=1
    )
    uncertain, rare = select(candidates, plan, size=2, rng=np.random.default_rng(0))
    assert uncertain.reason == "p(defective) 0.52 against p(good) 0.48: the model cannot tell them apart."
    assert uncertain.explanation is Explanation.CONTRASTIVE
    assert "p(defective) 0.95" in rare.reason


def test_a_cold_start_reason_needs_no_model():
    choices = select(_candidates(60, 1, cold=True), cold_start_plan(), size=10, rng=np.random.default_rng(0))
    reasons = {choice.slot: choice.reason for choice in choices}
    assert reasons["typicality"] == "One of the 9 most typical samples of what is not yet labeled."
    assert reasons[CONTROL] == "Drawn at random, as a control."
    assert {choice.explanation for choice in choices} == {Explanation.ENERGY}


@pytest.mark.parametrize("strategies", [(), ("nonsense",), ("k-center", "margin"), ("rare-class",)])
def test_a_slot_that_cannot_work_is_refused(strategies):
    with pytest.raises(ValueError, match="Slot x"):
        Slot("x", strategies, 1.0)


def test_plans_name_strategies_that_exist():
    for plan in (cold_start_plan(), default_plan(1)):
        assert {name for slot in plan.slots for name in slot.strategies} <= set(STRATEGIES)


@given(n=st.integers(1, 60), kinds=st.integers(1, 20), size=st.integers(1, 70), seed=seeds)
def test_gold_takes_whole_groups_until_the_size_is_reached(n, kinds, size, seed):
    groups = np.random.default_rng(seed).integers(0, kinds, n)
    draw = draw_gold(groups, size, np.random.default_rng(seed))
    taken = set(groups[draw.rows].tolist())
    assert np.array_equal(np.flatnonzero(np.isin(groups, list(taken))), draw.rows)
    assert len(draw.rows) >= min(size, n)
    largest = max(np.bincount(groups))
    assert len(draw.rows) < size + largest
    assert draw.inclusion_probability == len(taken) / len(set(groups.tolist()))


def test_gold_of_single_samples_is_exactly_the_size_and_uniform():
    drawn = np.zeros(30)
    for seed in range(600):
        draw = draw_gold(np.arange(30), 10, np.random.default_rng(seed))
        assert len(draw.rows) == 10
        assert draw.inclusion_probability == 1 / 3
        drawn[draw.rows] += 1
    assert abs(drawn - 200).max() < 55


def _with_evidence(n=200, seed=3):
    pool, evidence = _candidates(n, seed), some_evidence(seed)
    return replace(pool, evidence=evidence, probabilities=evidence.head.probabilities(pool.embeddings))


@pytest.mark.parametrize("kind", ["contradicted", "look-alike", "outlying", "neighbours"])
def test_a_hard_negative_names_the_labeled_sample_that_betrays_it(kind):
    candidates = _with_evidence()
    evidence = candidates.evidence
    plan = QueryPlan((Slot(kind, (kind,), 1.0, target=1),), control_share=0.1)
    chosen = [one for one in select(candidates, plan, size=20, rng=np.random.default_rng(0)) if one.slot == kind]
    assert len(chosen) == 18
    allowed = {
        "contradicted": evidence.labels != 1,
        "look-alike": (evidence.said == 1) & (evidence.labels != 1),
        "outlying": np.ones(30, bool),
        "neighbours": evidence.labels == 1,
    }[kind]
    for one in chosen:
        alike = np.where(allowed, cosines(candidates.embeddings[[one.row]], evidence.embeddings)[0], -np.inf)
        betrayer = int(alike.argmax())
        assert one.neighbour.sample_id == evidence.ids[betrayer]
        assert one.neighbour.likeness == pytest.approx(alike[betrayer], abs=1e-5)
        assert f"“sample {betrayer}” ({candidates.classes[evidence.labels[betrayer]]}, " in one.reason


def test_the_control_and_what_names_no_neighbour_have_none():
    choices = select(_with_evidence(), default_plan(1), size=20, rng=np.random.default_rng(0))
    assert {one.neighbour for one in choices} == {None}


STREAMING = [
    name for name in STRATEGIES if STRATEGIES[name].score and name not in ("uniform", "dropout", "contrastive")
]


@pytest.mark.parametrize("name", STREAMING)
def test_any_score_chooses_from_the_shortlist_as_from_the_pool(name):
    pool = _with_evidence(900)
    plan = QueryPlan((Slot(name, (name,), 1.0, target=1),), control_share=0.0)
    shortlist = Shortlist(plan, size=12, evidence=pool.evidence)
    for number, rows in enumerate(np.array_split(np.arange(900), 4)):
        embeddings = pool.embeddings[rows] if shortlist.needs_embeddings else None
        shortlist.add(pool.ids[rows], pool.probabilities[rows], np.random.default_rng(number), embeddings)
    rows = pool.rows_of(shortlist.ids)
    short = replace(pool, ids=shortlist.ids, embeddings=pool.embeddings[rows], probabilities=pool.probabilities[rows])
    chosen = [one.sample_id for one in select(short, plan, size=12, rng=np.random.default_rng(0))]
    assert len(short.ids) == 24
    assert chosen == [one.sample_id for one in select(pool, plan, size=12, rng=np.random.default_rng(0))]


@pytest.mark.parametrize("name", RECIPES)
def test_any_recipe_fills_a_round_and_says_why(name):
    plan = mixture({name: 1}, target=1, n_classes=3, control_share=0.1)
    choices = select(_with_evidence(), plan, size=20, rng=np.random.default_rng(0))
    assert len({choice.sample_id for choice in choices}) == 20
    assert all(20 < len(choice.reason) < 200 and choice.reason.endswith(".") for choice in choices)
    assert sum(choice.slot == CONTROL for choice in choices) == (20 if name == "random" else 2)


@given(m=st.integers(0, 60), most=st.integers(1, 70), seed=seeds)
def test_representatives_of_very_many_labels_keep_what_tells_of_the_target(m, most, seed):
    rng = np.random.default_rng(seed)
    labels, said = rng.integers(0, 4, m), rng.integers(-1, 4, m)
    rows = representatives(labels, said, 1, most, np.random.default_rng(seed))
    assert len(rows) == min(m, most)
    assert (np.diff(rows) > 0).all()
    telling = (labels == 1) | (said == 1)
    assert telling[rows].sum() == min(telling.sum(), most)
