import numpy as np
import pytest

from ml.errors import NotFinite
from ml.heads import LinearHead, softmax
from ml.training.calibration import calibrated, cross_calibrated
from ml.training.splits import stratified_group_folds

SKILL = 1.5


def _pool(rng, n, shares):
    """One informative dimension a class; the logarithm of the likelihood ratio is linear in it."""
    labels = rng.choice(len(shares), n, p=shares)
    embeddings = rng.normal(size=(n, len(shares))).astype(np.float32)
    embeddings[np.arange(n), labels] += SKILL
    return embeddings, labels


def _head(shares, *, sharpness=1.0):
    """Bayes' own for classes of these frequencies, or one too sure of itself."""
    bias = np.log(np.array(shares, np.float32)) - SKILL**2 / 2
    return LinearHead(
        np.eye(len(shares), dtype=np.float32) * SKILL * sharpness, (bias * sharpness).astype(np.float32), 1.0
    )


def _loss(head, embeddings, labels):
    return -np.log(head.probabilities(embeddings)[np.arange(len(labels)), labels]).mean()


def test_a_head_that_learned_from_chosen_labels_answers_at_the_frequencies_of_the_pool(rng):
    chosen, pool = (0.4, 0.3, 0.3), (0.9, 0.06, 0.04)
    head, ideal = _head(chosen, sharpness=1.6), _head(pool)
    fitted = calibrated(head, *_pool(rng, 300, pool))
    fresh, truth = _pool(rng, 20_000, pool)
    shares = fitted.probabilities(fresh).mean(axis=0)
    assert np.abs(shares - pool).max() < 0.02
    assert _loss(fitted, fresh, truth) < _loss(ideal, fresh, truth) + 0.02 < _loss(head, fresh, truth)


def test_gold_without_a_class_does_not_rule_it_out(rng):
    embeddings, labels = _pool(rng, 60, (1.0, 0.0))
    fitted = calibrated(_head((0.5, 0.5)), embeddings, labels)
    of_the_other = np.array([[0.0, SKILL]], np.float32)
    assert 0.05 < fitted.probabilities(of_the_other)[0, 1] < 0.5


def test_without_gold_a_head_stays_as_it_is():
    head = _head((0.5, 0.5))
    assert calibrated(head, np.zeros((0, 2), np.float32), np.zeros(0, np.int64)) is head


def test_no_sample_is_judged_under_a_calibration_that_has_seen_it_or_its_group(rng):
    embeddings, labels = _pool(rng, 60, (0.7, 0.3))
    groups = np.arange(60) // 2
    head = _head((0.5, 0.5))
    judged = cross_calibrated(head.logits(embeddings), labels, groups, np.random.default_rng(0))
    fold = stratified_group_folds(labels, groups, 5, np.random.default_rng(0))
    for number in range(5):
        inside = fold == number
        without = calibrated(head, embeddings[~inside], labels[~inside])
        assert np.allclose(judged[inside], without.probabilities(embeddings[inside]), atol=1e-5)


def test_judging_across_folds_is_no_kinder_than_fresh_samples(rng):
    shares = (0.9, 0.1)
    head = _head((0.5, 0.5))
    kinder = []
    for _ in range(20):
        embeddings, labels = _pool(rng, 100, shares)
        inside = cross_calibrated(head.logits(embeddings), labels, np.arange(100), rng)
        fresh, truth = _pool(rng, 5000, shares)
        seen = -np.log(inside[np.arange(100), labels]).mean()
        kinder.append(_loss(calibrated(head, embeddings, labels), fresh, truth) - seen)
    assert np.mean(kinder) < 0.02


def test_a_single_group_is_judged_as_it_is(rng):
    embeddings, labels = _pool(rng, 10, (0.5, 0.5))
    logits = _head((0.5, 0.5)).logits(embeddings)
    assert np.array_equal(cross_calibrated(logits, labels, np.zeros(10), rng), softmax(logits))


def test_a_head_that_diverged_is_refused():
    with pytest.raises(NotFinite):
        calibrated(_head((0.5, 0.5)), np.full((4, 2), np.nan, np.float32), np.array([0, 1, 0, 1]))
