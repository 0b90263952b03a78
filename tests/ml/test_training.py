import numpy as np
import pytest

from ml.errors import NotAModelFile, NotEnoughLabels, NotFinite, OneClass
from ml.heads import LinearHead, softmax
from ml.training.head import HeadConfig, soft_targets, torch_threads, train_head
from ml.training.splits import stratified_group_folds

WIDTH = 40


@pytest.fixture(autouse=True)
def one_thread():
    with torch_threads(1):
        yield


def _samples(rng, n, share, *, skill=0.5):
    """Two Gaussian classes in 40 dimensions, one of which tells them apart: their means are 4 * skill apart."""
    labels = (rng.random(n) < share).astype(np.int64)
    embeddings = rng.normal(size=(n, WIDTH)).astype(np.float32)
    embeddings[:, 0] += (labels * 2 - 1) * skill * 2
    return embeddings, labels


def _train(embeddings, labels, *, n_classes=2, seed=0, groups=None, sureness=None):
    groups = np.arange(len(labels)) if groups is None else groups
    return train_head(
        embeddings,
        labels,
        groups,
        n_classes=n_classes,
        config=HeadConfig(),
        rng=np.random.default_rng(seed),
        sureness=sureness,
    )


def test_a_head_learns_what_can_be_learned(rng):
    embeddings, labels = _samples(rng, 300, 0.3, skill=1.5)
    fresh, truth = _samples(rng, 2000, 0.3, skill=1.5)
    head = _train(embeddings, labels).head
    assert (head.probabilities(fresh).argmax(axis=1) == truth).mean() > 0.96


def test_labels_known_to_be_doubtful_teach_the_share_of_each_class(rng):
    """A fifth of the labels are wrong: taken at their word they say that nothing is sure."""
    embeddings, truth = _samples(rng, 1200, 0.3, skill=1.5)
    labels = np.where(rng.random(len(truth)) < 0.8, truth, 1 - truth)
    pool, of_pool = _samples(rng, 5000, 0.3, skill=1.5)
    informed = _train(embeddings, labels, sureness=_posterior(labels, share=0.3, accuracy=0.8))
    ignorant = _train(embeddings, labels)
    shares = [trained.head.probabilities(pool)[:, 1].mean() for trained in (informed, ignorant)]
    assert abs(shares[0] - of_pool.mean()) < 0.04
    assert shares[1] > of_pool.mean() + 0.05


def _posterior(labels, *, share, accuracy):
    """How sure one answer is, by Bayes' rule."""
    prior = np.where(labels == 1, share, 1 - share)
    return prior * accuracy / (prior * accuracy + (1 - prior) * (1 - accuracy))


def test_what_a_label_lacks_in_sureness_goes_to_the_other_classes():
    targets = soft_targets(np.array([0, 1, 2]), np.array([1.0, 0.5, 1 / 3]), 3)
    assert np.allclose(targets, [[1, 0, 0], [0.25, 0.5, 0.25], [1 / 3, 1 / 3, 1 / 3]])


def test_labels_that_mean_nothing_give_doubtful_probabilities(rng):
    embeddings, _ = _samples(rng, 60, 0.5)
    trained = _train(embeddings, rng.integers(2, size=60))
    assert trained.head.probabilities(embeddings[:1] * 0 + rng.normal(size=(500, WIDTH))).max() < 0.9


def test_three_positives_are_enough_to_start(rng):
    embeddings, labels = _samples(rng, 40, 0.0)
    labels[:3] = 1
    embeddings[:3, 0] += 6
    trained = _train(embeddings, labels)
    assert trained.report.folds == 3
    assert trained.report.labels_per_class == (37, 3)
    assert trained.head.probabilities(embeddings)[:3, 1].min() > trained.head.probabilities(embeddings)[3:, 1].max()


def test_one_positive_trains_without_holding_out(rng):
    embeddings, labels = _samples(rng, 20, 0.0)
    labels[4] = 1
    report = _train(embeddings, labels).report
    assert report.folds == 0
    assert report.held_out_loss is None


def test_a_class_without_labels_is_named(rng):
    embeddings, labels = _samples(rng, 20, 0.0)
    with pytest.raises(NotEnoughLabels) as caught:
        _train(embeddings, labels, n_classes=3)
    assert caught.value.missing == (1, 2)


def test_one_class_is_nothing_to_tell_apart(rng):
    embeddings, labels = _samples(rng, 20, 0.0)
    with pytest.raises(OneClass, match="Add a second class"):
        _train(embeddings, labels, n_classes=1)


def test_nan_is_refused(rng):
    embeddings, labels = _samples(rng, 20, 0.5)
    embeddings[3, 3] = np.nan
    with pytest.raises(NotFinite):
        _train(embeddings, labels)


def test_the_same_seed_gives_the_same_head(rng):
    embeddings, labels = _samples(rng, 80, 0.3)
    first, second = (_train(embeddings, labels, seed=5).head for _ in range(2))
    assert np.array_equal(first.weights, second.weights)
    assert np.array_equal(first.bias, second.bias)


def test_scale_and_origin_of_the_embeddings_do_not_matter(rng):
    embeddings, labels = _samples(rng, 100, 0.4, skill=1.0)
    moved = embeddings * 7 + 30
    plain, shifted = _train(embeddings, labels).head, _train(moved, labels).head
    assert np.allclose(plain.probabilities(embeddings), shifted.probabilities(moved), atol=0.01)


def test_folds_keep_groups_whole_and_classes_spread(rng):
    groups = rng.integers(60, size=400)
    labels = (groups % 10 == 0).astype(np.int64)
    folds = stratified_group_folds(labels, groups, 3, rng)
    for group in np.unique(groups):
        assert len(set(folds[groups == group])) == 1
    positives = np.bincount(folds[labels == 1], minlength=3)
    assert positives.min() > 0.5 * positives.mean()


def test_a_head_scores_in_pieces_what_it_scores_whole(rng):
    head = LinearHead(rng.normal(size=(3, 8)).astype(np.float32), rng.normal(size=3).astype(np.float32), 2.0)
    embeddings = rng.normal(size=(40_000, 8)).astype(np.float32)
    plain = softmax((embeddings @ head.weights.T + head.bias) / np.float32(2))
    assert np.allclose(head.probabilities(embeddings), plain, atol=1e-6)


def test_a_saved_head_is_the_same_head(rng, tmp_path):
    head = LinearHead(rng.normal(size=(2, 4)).astype(np.float32), np.ones(2, np.float32), 1.3)
    head.save(tmp_path / "head.npz")
    loaded = LinearHead.load(tmp_path / "head.npz")
    assert np.array_equal(loaded.weights, head.weights)
    assert loaded.temperature == 1.3
    assert [path.name for path in tmp_path.iterdir()] == ["head.npz"]
    (tmp_path / "head.npz").write_bytes(b"torn")
    with pytest.raises(NotAModelFile):
        LinearHead.load(tmp_path / "head.npz")
