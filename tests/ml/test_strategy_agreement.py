"""Each strategy against scikit-activeml where both define it, and else against a slow version that says it plainly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import rel_entr
from skactiveml.pool import CoreSet, ProbCover, average_kl_divergence
from skactiveml.pool import uncertainty_scores as theirs

from ml.errors import NotEnoughLabels
from ml.geometry import unit_length
from ml.strategies.badge import badge
from ml.strategies.clusters import centroids, round_robin
from ml.strategies.contrastive import REFERENCES, contrastive
from ml.strategies.coverage import probcover
from ml.strategies.dropout import DROPPED, MASKS, dropout_disagreement
from ml.strategies.hard_negatives import NEIGHBOURS, contradicted, look_alike, outlying
from ml.strategies.k_center import k_center
from ml.strategies.runs import neighbours
from ml.strategies.scores import bald, class_uncertainty, entropy, expected_cost, least_confidence, margin
from ml.strategies.thresholds import class_lead, class_threshold, near_threshold
from ml.training.ensemble import train_ensemble
from tests.ml.given import cosines, scoring, some_evidence, some_head

seeds = st.integers(0, 2**32 - 1)


def _probabilities(n, c, seed):
    return np.random.default_rng(seed).dirichlet(np.ones(c), n)


@given(n=st.integers(1, 60), c=st.integers(2, 6), seed=seeds)
@settings(deadline=None)
def test_uncertainty_is_that_of_scikit_activeml(n, c, seed):
    p = _probabilities(n, c, seed)
    costs = np.random.default_rng(seed).random((c, c)) * (1 - np.eye(c))
    assert np.allclose(entropy(p), theirs(p, method="entropy"))
    assert np.allclose(least_confidence(p), theirs(p, method="least_confident"))
    assert np.allclose(margin(p), theirs(p, method="margin_sampling"))
    assert np.allclose(expected_cost(p, costs), theirs(p, cost_matrix=costs, method="least_confident"))


@given(n=st.integers(1, 40), c=st.integers(2, 5), e=st.integers(1, 6), seed=seeds)
@settings(deadline=None)
def test_bald_is_the_mean_divergence_from_the_consensus(n, c, e, seed):
    members = np.stack([_probabilities(n, c, [seed, number]) for number in range(e)])
    assert np.allclose(bald(members), average_kl_divergence(members), atol=1e-5)


@pytest.mark.filterwarnings("ignore:The maximum purity")  # one radius is given, so none is looked for
@pytest.mark.parametrize("radius", [0.3, 0.7, 1.1])
def test_probcover_picks_what_scikit_activeml_picks(radius):
    rng = np.random.default_rng(4)
    points = unit_length(rng.normal(size=(150, 3)).astype(np.float32))
    labels = np.full(150, np.nan)
    labels[:5] = 0
    rows, scores = probcover(points[5:], 12, rng=rng, labeled=points[:5], radius=radius)
    query, utilities = ProbCover(n_classes=2, deltas=[radius], random_state=0).query(
        points.astype(np.float64), labels, batch_size=12, return_utilities=True
    )
    # While there is something left to cover the most it could newly cover is the same; ties may fall either way.
    best = np.nanmax(utilities, axis=1)
    assert np.array_equal(scores[0:1], best[0:1])
    assert scores.sum() == pytest.approx(best.sum(), rel=0.08)
    assert rows[0] + 5 in np.flatnonzero(utilities[0] == best[0])
    assert query[0] in np.flatnonzero(utilities[0] == best[0])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_k_center_picks_what_scikit_activeml_picks(seed):
    points = np.random.default_rng(seed).normal(size=(200, 4)).astype(np.float32)
    labels = np.full(200, np.nan)
    labels[:5] = 0
    rows, _ = k_center(points[5:], 15, centres=points[:5])
    query = CoreSet(random_state=0).query(points.astype(np.float64), labels, batch_size=15)
    assert (rows + 5).tolist() == query.tolist()


def test_each_pick_of_probcover_covers_the_most_that_is_left():
    rng = np.random.default_rng(2)
    points, labeled = (rng.normal(size=(n, 4)).astype(np.float32) for n in (200, 7))
    rows, scores = probcover(points, 25, rng=rng, labeled=labeled, radius=0.6)
    apart = np.sqrt(np.maximum(2 - 2 * cosines(points, points), 0))
    covered = (np.sqrt(np.maximum(2 - 2 * cosines(points, labeled), 0)) <= 0.6).any(axis=1)
    left = np.ones(200, bool)
    for row, score in zip(rows, scores, strict=True):
        gains = ((apart <= 0.6) & ~covered).sum(axis=1)
        assert score == gains[row] == gains[left].max()
        covered |= apart[row] <= 0.6
        left[row] = False


def test_badge_draws_in_proportion_to_the_distance_of_whole_gradients():
    rng = np.random.default_rng(0)
    points, p = rng.normal(size=(12, 3)).astype(np.float32), _probabilities(12, 3, 1).astype(np.float32)
    residual = p - np.eye(3)[p.argmax(axis=1)]
    gradients = np.einsum("nc,nd->ncd", residual, points).reshape(12, 9)
    first = int((gradients**2).sum(axis=1).argmax())
    expected = ((gradients - gradients[first]) ** 2).sum(axis=1)
    drawn = np.zeros(12)
    for seed in range(3_000):
        rows, scores = badge(points, p, 2, rng=np.random.default_rng(seed))
        assert rows[0] == first
        assert scores[1] == pytest.approx(expected[rows[1]], rel=1e-4)
        drawn[rows[1]] += 1
    share = expected / expected.sum()
    assert abs(drawn - 3_000 * share).max() < 4 * np.sqrt(3_000 * share.max())


def test_badge_keeps_the_nearest_of_all_picks():
    rng = np.random.default_rng(3)
    points, p = rng.normal(size=(60, 5)).astype(np.float32), _probabilities(60, 4, 1).astype(np.float32)
    gradients = np.einsum("nc,nd->ncd", p - np.eye(4)[p.argmax(axis=1)], points).reshape(60, 20)
    rows, scores = badge(points, p, 20, rng=rng)
    for turn in range(1, 20):
        apart = ((gradients[rows[turn]] - gradients[rows[:turn]]) ** 2).sum(axis=1).min()
        assert scores[turn] == pytest.approx(apart, abs=1e-4)


def test_clusters_give_in_turn_the_smallest_first():
    rng = np.random.default_rng(0)
    middles = np.eye(4, 8) * 10
    sizes = (25, 3, 12, 7)
    points = np.concatenate([m + rng.normal(scale=0.2, size=(n, 8)) for m, n in zip(middles, sizes, strict=True)])
    of = np.repeat(np.arange(4), sizes)
    rows, scores = round_robin(points.astype(np.float32), 4, rng=rng)
    assert of[rows].tolist() == [1, 3, 2, 0]
    assert rows.tolist() == [int(np.flatnonzero(of == one)[0]) for one in (1, 3, 2, 0)]
    assert scores[0] == pytest.approx(1 - 3 / 47)


def test_centroids_take_the_middle_of_each_cluster_largest_first():
    rng = np.random.default_rng(0)
    middles, sizes = np.eye(3, 8) * 10, (10, 40, 20)
    points = np.concatenate([m + rng.normal(scale=0.3, size=(n, 8)) for m, n in zip(middles, sizes, strict=True)])
    rows, _ = centroids(points.astype(np.float32), 3, rng=rng)
    unit, of, expected = unit_length(points), np.repeat(np.arange(3), sizes), []
    for one in (1, 2, 0):
        inside = np.flatnonzero(of == one)
        expected.append(int(inside[(unit[inside] @ unit[inside].mean(axis=0)).argmax()]))
    assert rows.tolist() == expected


def test_dropout_counts_the_masks_under_which_the_answer_changes():
    rng = np.random.default_rng(1)
    points, head = rng.normal(size=(40, 6)).astype(np.float32), some_head(rng)
    found = dropout_disagreement(points, head, np.random.default_rng(9))
    again = np.random.default_rng(9)
    plain = head.probabilities(points)
    differ = np.zeros(40)
    for _ in range(MASKS):
        kept = again.random(points.shape, np.float32) >= DROPPED
        differ += head.probabilities(points * kept / (1 - DROPPED)).argmax(axis=1) != plain.argmax(axis=1)
    assert np.array_equal(np.floor(found * (MASKS + 1) + 1e-6), differ)
    same = differ == differ[0]
    assert np.array_equal(np.argsort(found[same]), np.argsort(margin(plain[same])))


@given(n=st.integers(1, 40), c=st.integers(2, 5), seed=seeds)
def test_a_quota_prefers_any_sample_of_the_predicted_class(n, c, seed):
    p = _probabilities(n, c, seed)
    for target in range(c):
        found, inside = class_uncertainty(p, target), p.argmax(axis=1) == target
        assert np.allclose(found[inside], entropy(p[inside]))
        if inside.any() and not inside.all():
            assert found[inside].min() >= found[~inside].max() - 1e-9


@given(m=st.integers(1, 40), seed=seeds)
def test_a_threshold_makes_the_fewest_mistakes(m, seed):
    rng = np.random.default_rng(seed)
    leads, labels = rng.integers(-3, 4, m) / 4, rng.integers(0, 2, m)
    threshold = class_threshold(leads, labels)
    if labels.all() or not labels.any():
        assert threshold == 0
        return

    def mistakes(at):
        return ((leads < at) & (labels == 1)).sum() / labels.sum() + ((leads >= at) & (labels == 0)).sum() / (
            m - labels.sum()
        )

    tried = np.concatenate((leads - 1e-3, leads + 1e-3))
    assert min(mistakes(threshold - 1e-3), mistakes(threshold + 1e-3)) <= min(map(mistakes, tried)) + 1e-9


def test_the_samples_nearest_to_a_rare_classes_border_come_first():
    p = np.array([[0.9, 0.1], [0.7, 0.3], [0.55, 0.45], [0.2, 0.8]])
    assert np.allclose(class_lead(p, 1), [-0.8, -0.4, -0.1, 0.6])
    assert near_threshold(p, 1, -0.4).argmax() == 1


@given(n=st.integers(1, 20), seed=seeds)
@settings(deadline=None)
def test_hard_negatives_are_what_a_plain_reading_says(n, seed):
    given_to = scoring(n, seed)
    p, points, evidence = given_to.probabilities, given_to.embeddings, given_to.evidence
    alike = cosines(points, evidence.embeddings)
    mistaken = evidence.mistaken_for(1)
    assert np.allclose(
        look_alike(p, 1, points, evidence.embeddings[mistaken]),
        p[:, 1] * np.maximum(alike[:, mistaken].max(axis=1), 0),
        atol=1e-5,
    )
    assert np.allclose(outlying(p, points, evidence.embeddings), p.max(axis=1) * (1 - alike.max(axis=1)), atol=1e-5)
    found = contradicted(p, 1, points, evidence.embeddings, evidence.labels)
    for row in range(n):
        near = np.argsort(-alike[row])[:NEIGHBOURS]
        weights = np.maximum(alike[row, near], 0) + 1e-6
        share = (weights * (evidence.labels[near] == 1)).sum() / weights.sum()
        assert found[row] == pytest.approx(p[row, 1] * (1 - share), abs=1e-4)
    with_members = contradicted(p, 1, points, evidence.embeddings, evidence.labels, given_to.members)
    assert np.allclose(
        with_members, np.maximum(found, p[:, 1] * (1 - given_to.members[:, :, 1].mean(axis=0))), atol=1e-5
    )


def test_neighbours_of_a_class_are_those_near_its_labels():
    given_to = scoring(30, 5)
    evidence = given_to.evidence
    of_class = evidence.embeddings[evidence.labels == 1]
    assert np.allclose(neighbours(given_to), cosines(given_to.embeddings, of_class).max(axis=1), atol=1e-5)


def test_an_ensemble_disagrees_where_there_is_no_label():
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    points = (rng.normal(scale=0.5, size=(60, 4)) + np.outer(labels * 2 - 1, [2, 0, 0, 0])).astype(np.float32)
    ensemble = train_ensemble(points, labels, n_classes=2, rng=np.random.default_rng(1))
    again = train_ensemble(points, labels, n_classes=2, rng=np.random.default_rng(1))
    between, far = (np.array([[x, 0, 0, 0]], np.float32) for x in (0.0, 3.0))
    assert np.array_equal(ensemble.probabilities(points), again.probabilities(points))
    assert (ensemble.probabilities(points).argmax(axis=2) == labels).mean() > 0.95
    assert bald(ensemble.probabilities(between)) > 3 * bald(ensemble.probabilities(far))


def test_an_ensemble_member_answers_as_the_head_does():
    evidence = some_evidence(0)
    points = np.random.default_rng(1).normal(size=(20_000, 6)).astype(np.float32)
    together = evidence.ensemble.probabilities(points)
    for number, head in enumerate(evidence.ensemble.heads):
        assert np.allclose(together[number], head.probabilities(points), atol=1e-5)


def test_an_ensemble_needs_a_label_of_each_class():
    with pytest.raises(NotEnoughLabels):
        train_ensemble(np.ones((3, 2), np.float32), np.zeros(3, np.int64), n_classes=2, rng=np.random.default_rng(0))


@given(n=st.integers(1, 40), c=st.integers(2, 4), seed=seeds)
@settings(deadline=None)
def test_contrastive_is_the_mean_divergence_of_the_nearest_from_a_sample(n, c, seed):
    p = _probabilities(n, c, seed)
    points = np.random.default_rng([seed, 1]).normal(size=(n, 5)).astype(np.float32)
    near = np.argsort(-cosines(points, points), axis=1)[:, :10]
    plainly = [np.mean([rel_entr(p[other], p[row]).sum() for other in near[row]]) for row in range(n)]
    assert np.allclose(contrastive(p, points), plainly, atol=1e-9)


def test_contrastive_looks_around_in_a_part_of_a_large_shard():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(2 * REFERENCES + 5, 3)).astype(np.float32)
    p = _probabilities(len(points), 2, 0)
    rows = np.arange(0, len(points), 3)
    near = rows[np.argsort(-cosines(points[:40], points[rows]), axis=1)[:, :10]]
    plainly = [np.mean([rel_entr(p[other], p[row]).sum() for other in near[row]]) for row in range(40)]
    assert np.allclose(contrastive(p, points)[:40], plainly)
