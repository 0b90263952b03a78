"""The weak stage of a head: cheap labels help where experts' are few, and do not hurt where they are worth nothing."""

import numpy as np
import pytest

from ml.errors import NotFinite
from ml.training.head import HeadConfig, torch_threads, train_head
from ml.training.weak import FEWEST, MOST, WeakSamples, weak_start

WIDTH = 40


@pytest.fixture(autouse=True)
def one_thread():
    with torch_threads(1):
        yield


def samples(rng, n, *, share=0.3, skill=0.6):
    labels = (rng.random(n) < share).astype(np.int64)
    embeddings = rng.normal(size=(n, WIDTH)).astype(np.float32)
    embeddings[:, :4] += ((labels * 2 - 1) * skill)[:, None]
    return embeddings, labels


def weak_of(embeddings, truth, rng, *, accuracy, groups=None):
    said = np.where(rng.random(len(truth)) < accuracy, truth, 1 - truth)
    targets = np.full((len(truth), 2), 1 - accuracy)
    targets[np.arange(len(truth)), said] = accuracy
    return WeakSamples(embeddings, targets, np.arange(-len(truth), 0) if groups is None else groups)


def staged(embeddings, labels, weak, *, seed=0, groups=None):
    rng, config = np.random.default_rng(seed), HeadConfig()
    groups = np.arange(len(labels)) if groups is None else groups
    start = weak_start(weak, embeddings, labels, groups, config=config, rng=rng)
    return train_head(embeddings, labels, groups, n_classes=2, config=config, rng=rng, start=start)


def loss(head, embeddings, labels):
    return -np.log(head.probabilities(embeddings)[np.arange(len(labels)), labels] + 1e-9).mean()


def test_cheap_labels_help_where_experts_labels_are_few(rng):
    fresh, truth = samples(rng, 4000)
    gains = []
    for seed in range(4):
        embeddings, labels = samples(rng, 30)
        cheap, of_cheap = samples(rng, 600)
        trained = staged(embeddings, labels, weak_of(cheap, of_cheap, rng, accuracy=0.8), seed=seed)
        gains.append(loss(trained.alone, fresh, truth) - loss(trained.head, fresh, truth))
    assert np.mean(gains) > 0.08


def test_labels_that_mean_nothing_do_not_hurt_beyond_noise(rng):
    fresh, truth = samples(rng, 4000)
    lost = []
    for seed in range(6):
        embeddings, labels = samples(rng, 80)
        cheap, of_cheap = samples(rng, 600)
        weak = weak_of(cheap, rng.permutation(of_cheap), rng, accuracy=0.9)
        trained = staged(embeddings, labels, weak, seed=seed)
        lost.append(loss(trained.head, fresh, truth) - loss(trained.alone, fresh, truth))
    assert np.mean(lost) < 0.01


def test_labels_that_are_the_wrong_way_round_weigh_nothing(rng):
    embeddings, labels = samples(rng, 80)
    cheap, of_cheap = samples(rng, 600)
    trained = staged(embeddings, labels, weak_of(cheap, 1 - of_cheap, rng, accuracy=0.9))
    assert trained.report.trust == 0
    assert trained.head is trained.alone
    assert trained.report.held_out_loss == trained.report.loss_alone


def test_one_label_of_a_class_is_enough_to_begin_from_cheap_ones(rng):
    fresh, truth = samples(rng, 4000, skill=1.0)
    embeddings, labels = samples(rng, 20, share=0.0, skill=1.0)
    labels[0], embeddings[0] = 1, fresh[truth == 1][0]
    cheap, of_cheap = samples(rng, 600, skill=1.0)
    trained = staged(embeddings, labels, weak_of(cheap, of_cheap, rng, accuracy=0.85))
    assert (trained.report.folds, trained.report.trust) == (0, 1.0)
    assert loss(trained.head, fresh, truth) < loss(trained.alone, fresh, truth)


def test_cheap_labels_of_what_is_held_out_are_held_out_too(rng):
    """Weak samples that copy the experts' own, in whose features there is nothing to learn: a leak would be trusted."""
    embeddings, labels = samples(rng, 60, skill=0.0)
    groups = np.arange(60)
    copies = np.repeat(embeddings, 6, axis=0)
    weak = weak_of(copies, np.repeat(labels, 6), rng, accuracy=0.99, groups=np.repeat(groups, 6))
    kept = weak_start(weak, embeddings, labels, groups, config=HeadConfig(), rng=np.random.default_rng(0))
    assert ranked(kept.logits[kept.fold, np.arange(60)], labels) < 0.7
    assert ranked(kept.head.logits(embeddings), labels) > 0.8


def ranked(logits, labels):
    """How often a sample of class 1 stands above one of class 0."""
    score = logits[:, 1] - logits[:, 0]
    return (score[labels == 1][:, None] > score[labels == 0]).mean()


def test_the_same_seed_gives_the_same_head(rng):
    embeddings, labels = samples(rng, 40)
    weak = weak_of(*samples(rng, MOST + 500), rng, accuracy=0.8)
    first, second = (staged(embeddings, labels, weak, seed=3).head for _ in range(2))
    assert np.array_equal(first.weights, second.weights)


def test_too_little_to_learn_from_is_no_start(rng):
    embeddings, labels = samples(rng, 40)
    few = weak_of(*samples(rng, FEWEST - 1), rng, accuracy=0.8)
    one_class = WeakSamples(few.embeddings.repeat(4, 0), np.tile([1.0, 0.0], (76, 1)), np.arange(-76, 0))
    for weak in (few, one_class):
        assert weak_start(weak, embeddings, labels, np.arange(40), config=HeadConfig(), rng=rng) is None


def test_nan_is_refused(rng):
    embeddings, labels = samples(rng, 40)
    weak = weak_of(*samples(rng, 50), rng, accuracy=0.8)
    weak.targets[3, 1] = np.nan
    with pytest.raises(NotFinite):
        staged(embeddings, labels, weak)
