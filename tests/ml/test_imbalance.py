"""The options for rare classes and dear mistakes, each against a slow plain version, and what they leave unharmed."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch

from ml.training.checkpoints import Checkpoints, FileStore
from ml.training.features import embeddings
from ml.training.fine_tune import FineTuneConfig, TrainingStage, fine_tune
from ml.training.head import HeadConfig, torch_threads, train_head
from ml.training.losses import (
    LossConfig,
    answering_shift,
    cost_weights,
    effective_number_weights,
    focal_losses,
    logit_offset,
    soft_losses,
    soft_targets,
    weights_of_classes,
)
from ml.training.sampling import SamplingConfig, drawn, epoch_rows, hardest, uses
from tests.ml.conftest import SMALL

COSTS = np.array([[0.0, 5.0, 5.0], [100.0, 0.0, 20.0], [1.0, 1.0, 0.0]])
COUNTS = np.array([90.0, 7.0, 3.0])


@pytest.fixture(autouse=True)
def one_thread():
    with torch_threads(1):
        yield


def test_effective_numbers_are_those_of_the_paper():
    plain = [(1 - 0.9) / (1 - 0.9**n) for n in COUNTS]
    found = effective_number_weights(COUNTS, 0.9)
    assert np.allclose(found / found[0], np.array(plain) / plain[0])
    assert (found * COUNTS).sum() == pytest.approx(COUNTS.sum())


def test_effective_numbers_lie_between_no_weights_and_balanced_ones():
    balanced = weights_of_classes(COUNTS, LossConfig(), None)
    assert np.allclose(effective_number_weights(COUNTS, 0.999999), balanced, rtol=1e-3)
    assert np.allclose(effective_number_weights(COUNTS, 0.0), 1.0)


def test_a_class_weighs_what_it_costs_to_miss_and_a_free_one_is_not_forgotten():
    found = cost_weights(COUNTS, COSTS)
    assert found[1] / found[0] == pytest.approx(60 / 5)
    free = cost_weights(COUNTS, np.array([[0.0, 0.0, 0.0], [9.0, 0.0, 9.0], [9.0, 9.0, 0.0]]))
    assert free[0] > 0


def test_a_cost_weighted_loss_without_costs_is_refused():
    with pytest.raises(ValueError, match="cost matrix"):
        weights_of_classes(COUNTS, LossConfig(cost_weighted=True), None)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_losses_are_those_of_a_loop_also_for_labels_that_are_not_sure(rng, gamma):
    logits = rng.normal(size=(6, 3))
    targets = soft_targets(rng.integers(3, size=6), rng.random(6) * 0.6 + 0.4, 3) * [1.0, 4.0, 2.0]
    found = focal_losses(torch.from_numpy(logits), torch.from_numpy(targets), gamma)
    for row in range(6):
        powers = np.exp(logits[row])
        p = powers / powers.sum()
        plain = -sum(targets[row, c] * (1 - p[c]) ** gamma * np.log(p[c]) for c in range(3))
        assert float(found[row]) == pytest.approx(plain)


def test_focal_losses_have_a_gradient_where_the_model_is_certain():
    logits = torch.tensor([[80.0, -80.0]], requires_grad=True)
    focal_losses(logits, torch.tensor([[1.0, 0.0]]), 0.5).sum().backward()
    assert torch.isfinite(logits.grad).all()


def test_balanced_softmax_is_cross_entropy_with_the_counts_in_the_denominator(rng):
    logits, label = rng.normal(size=3), 2
    offset = logit_offset(COUNTS, LossConfig(logit_adjustment=1.0))
    found = soft_losses(torch.from_numpy(logits + offset)[None], torch.eye(3, dtype=torch.float64)[[label]])
    plain = -np.log(COUNTS[label] * np.exp(logits[label]) / (COUNTS * np.exp(logits)).sum())
    assert float(found[0]) == pytest.approx(plain)


def test_what_weights_and_sampling_make_frequent_is_taken_back():
    """Bayes by hand: a model that saw `seen` at these weights answers p(x|c) * seen * weight."""
    likelihood, seen, weights = np.array([0.2, 0.5, 0.9]), np.array([9.0, 7.0, 3.0]), np.array([0.5, 1.0, 3.0])
    answered = np.log(likelihood * seen * weights) + answering_shift(COUNTS, seen, weights)
    moved = np.exp(answered) / np.exp(answered).sum()
    assert np.allclose(moved, likelihood * COUNTS / (likelihood * COUNTS).sum())


@pytest.fixture
def labels(rng):
    return rng.permutation(np.repeat([0, 1, 2], [60, 11, 4]))


def test_all_uses_every_sample_once_and_no_chance(labels):
    rng = np.random.default_rng(1)
    assert (drawn(labels, 3, SamplingConfig(), rng) == 1).all()
    assert rng.random() == np.random.default_rng(1).random()


def test_under_leaves_at_most_the_ratio_and_none_of_the_rarest_out(labels, rng):
    often = drawn(labels, 3, SamplingConfig("under", 2.0), rng)
    assert set(often) == {0.0, 1.0}
    assert np.bincount(labels, weights=often).tolist() == [8, 8, 4]


@pytest.mark.parametrize("method", ["all", "under", "over", "hard_negatives"])
def test_how_often_a_class_is_used_is_what_is_drawn(labels, rng, method):
    config = SamplingConfig(method, 2.0)
    often = drawn(labels, 3, config, rng)
    assert np.allclose(uses(labels, 3, config), [often[labels == c].mean() for c in range(3)])


def test_over_repeats_rare_samples_alike(labels, rng):
    often = drawn(labels, 3, SamplingConfig("over", 2.0), rng)
    assert np.bincount(labels, weights=often).tolist() == [60, 30, 30]
    for c in range(3):
        assert np.ptp(often[labels == c]) <= 1


def test_the_hardest_of_each_frequent_class_are_those_a_sort_finds(labels, rng):
    losses, available = rng.random((4, len(labels))), (rng.random((4, len(labels))) < 0.8).astype(float)
    found = hardest(*map(torch.from_numpy, (losses, available, labels)), ratio=1.5).numpy()
    for head in range(4):
        inside = available[head] > 0
        rarest = min(n for n in np.bincount(labels[inside], minlength=3) if n)
        for c in range(3):
            rows = [row for row in np.flatnonzero(inside) if labels[row] == c]
            expected = sorted(rows, key=lambda row: -losses[head, row])[: int(np.ceil(rarest * 1.5))]
            assert set(np.flatnonzero((found[head] > 0) & (labels == c))) == set(expected)


def test_an_epoch_is_drawn_anew_and_mines_what_is_hard(labels, rng):
    rows = np.flatnonzero(np.arange(len(labels)) % 5)
    first, second = (epoch_rows(rows, labels, 3, SamplingConfig("under", 1.0), rng) for _ in range(2))
    assert set(first) != set(second)
    assert set(first) | set(second) <= set(rows)
    losses = np.arange(len(labels), dtype=float)
    mined = epoch_rows(rows, labels, 3, SamplingConfig("hard_negatives", 1.0), rng, losses)
    fewest = np.bincount(labels[rows]).min()
    for c in range(3):
        assert sorted(mined[labels[mined] == c]) == sorted(rows[labels[rows] == c])[-fewest:]
    everything = epoch_rows(rows, labels, 3, SamplingConfig(), rng)
    assert sorted(everything) == sorted(rows)


def _imbalanced(rng, n, share=0.06, width=12):
    labels = (rng.random(n) < share).astype(np.int64)
    labels[:6] = 1
    embeddings = rng.normal(size=(n, width)).astype(np.float32)
    embeddings[:, 0] += labels * 2.5
    return embeddings, labels


OPTIONS = [
    LossConfig(),
    LossConfig(weights="none"),
    LossConfig(weights="effective_number"),
    LossConfig(cost_weighted=True),
    LossConfig(focal_gamma=2.0),
    LossConfig(weights="none", logit_adjustment=1.0),
    LossConfig(weights="effective_number", beta=0.9, cost_weighted=True, focal_gamma=1.0, logit_adjustment=0.5),
]
SAMPLINGS = [SamplingConfig(method, 2.0) for method in ("all", "under", "over", "hard_negatives")]


@pytest.mark.parametrize(("loss", "sampling"), list(product(OPTIONS, SAMPLINGS)), ids=str)
def test_each_option_learns_alone_and_with_the_others_from_labels_that_are_not_sure(loss, sampling):
    rng = np.random.default_rng(3)
    embeddings, labels = _imbalanced(rng, 240)
    pool, truth = _imbalanced(rng, 4000)
    sureness = np.where(rng.random(len(labels)) < 0.3, 0.9, 1.0)
    config = replace(HeadConfig(max_steps=60), loss=loss, sampling=sampling)
    heads = [
        train_head(
            embeddings,
            labels,
            np.arange(len(labels)),
            n_classes=2,
            config=config,
            rng=np.random.default_rng(5),
            sureness=sureness,
            costs=np.array([[0.0, 5.0], [100.0, 0.0]]),
        ).head
        for _ in range(2)
    ]
    assert np.array_equal(heads[0].weights, heads[1].weights)
    scores = heads[0].probabilities(pool)[:, 1]
    ranks = np.argsort(np.argsort(scores))
    positives = truth.sum()
    area = (ranks[truth == 1].sum() - positives * (positives - 1) / 2) / (positives * (len(truth) - positives))
    assert area > 0.85


@pytest.mark.parametrize("loss", [one for one in OPTIONS if not one.focal_gamma], ids=str)
@pytest.mark.parametrize("sampling", SAMPLINGS[:3], ids=str)
def test_no_option_makes_the_rare_class_seem_more_frequent_than_its_labels(loss, sampling):
    """The share that the model gives to a random pool is that of random labels, whatever the rare class weighed."""
    rng = np.random.default_rng(8)
    embeddings, labels = _imbalanced(rng, 1500, share=0.1)
    pool, truth = _imbalanced(rng, 6000, share=0.1)
    config = replace(HeadConfig(max_steps=100), loss=loss, sampling=sampling)
    costs = np.array([[0.0, 5.0], [100.0, 0.0]])
    trained = train_head(embeddings, labels, np.arange(len(labels)), n_classes=2, config=config, rng=rng, costs=costs)
    assert abs(trained.head.probabilities(pool)[:, 1].mean() - truth.mean()) < 0.03


DEEP = [
    {"weights": LossConfig(focal_gamma=1.0, cost_weighted=True)},
    {"weights": LossConfig(weights="none", logit_adjustment=1.0)},
    {"sampling": SamplingConfig("under", 1.5)},
    {"sampling": SamplingConfig("over", 1.0)},
    {"sampling": SamplingConfig("hard_negatives", 1.5)},
]


@pytest.mark.parametrize("options", DEEP, ids=str)
def test_a_deep_run_learns_under_each_option_and_goes_on_after_a_kill(small_backbone, make_pictures, tmp_path, options):
    labels = (np.arange(40) % 4 == 0).astype(np.int64)
    stage = TrainingStage(
        "experts",
        make_pictures(40, bright=labels == 1),
        labels,
        np.arange(40),
        ("good", "defective"),
        sureness=np.where(np.arange(40) % 5, 1.0, 0.9),
        costs=np.array([[0.0, 5.0], [100.0, 0.0]]),
        **options,
    )
    config = FineTuneConfig(stages=2, epochs=8, batch_size=8, head_rate=0.02, stage_rate=0.005)

    def tune(**more):
        return fine_tune(small_backbone, SMALL, [stage], config=config, seed=1, **more)

    def killed(done: int, total: int) -> None:
        if done > total // 2:
            raise KeyboardInterrupt

    whole, checkpoints = tune(), Checkpoints(FileStore(tmp_path / "run.pt"), every_steps=1)
    with pytest.raises(KeyboardInterrupt):
        tune(checkpoints=checkpoints, on_progress=killed)
    resumed = tune(checkpoints=checkpoints)
    assert resumed.report.resumed == 1
    assert np.array_equal(whole.head.weights, resumed.head.weights)
    assert np.array_equal(whole.head.bias, resumed.head.bias)
    made = embeddings(whole.module, SMALL, stage.sources)
    scores = whole.head.probabilities(made)[:, 1]
    assert (scores[labels == 1][:, None] > scores[labels == 0]).mean() > 0.9
