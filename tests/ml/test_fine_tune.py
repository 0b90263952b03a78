"""Deep rounds: what is learned, in which stages, and what is refused."""

import numpy as np
import pytest
import torch

from ml.errors import NotEnoughLabels, NotFinite, OneClass, UnreadablePicture, WrongShape
from ml.inference.embedding import read
from ml.inference.preprocessing import Preprocessing
from ml.training.augmentation import Augmentation
from ml.training.fine_tune import FineTuneConfig, TrainingStage, fine_tune
from ml.training.head import torch_threads
from ml.training.stages import LOSSES, generalised_cross_entropy, splits
from tests.ml.conftest import SmallBackbone

SMALL = Preprocessing(64, 0.5, 0.5)


@pytest.fixture(autouse=True)
def one_thread():
    with torch_threads(1):
        yield


def stage(paths, labels, *, classes=("good", "defective"), name="experts", groups=None, **more):
    groups = np.arange(len(labels)) if groups is None else groups
    return TrainingStage(name=name, sources=paths, labels=labels, groups=groups, classes=classes, **more)


def tune(module, *stages, config=None, **more):
    config = config or FineTuneConfig(stages=2, epochs=3, augmentation=Augmentation(("mirror",), views=2))
    return fine_tune(module, SMALL, stages, config=config, seed=1, **more)


def weights(tuned):
    return [*(parameter.detach() for parameter in tuned.module.parameters()), torch.from_numpy(tuned.head.weights)]


def test_fine_tuning_learns_what_the_frozen_backbone_does_not_show(small_backbone, make_pictures):
    labels = np.arange(60) % 2
    paths = make_pictures(60, bright=labels == 1)
    before = [parameter.detach().clone() for parameter in small_backbone.parameters()]
    seen = []
    config = FineTuneConfig(stages=2, epochs=6, head_rate=0.02, stage_rate=0.005)
    tuned = tune(
        small_backbone, stage(paths, labels), config=config, on_progress=lambda done, total: seen.append((done, total))
    )
    after = list(tuned.module.parameters())
    assert all(torch.equal(a, b) for a, b in zip(before, small_backbone.parameters(), strict=True))
    assert all(torch.equal(a, b) for a, b in zip(before[:9], after[:9], strict=True))
    assert not torch.equal(before[-3], after[-3])
    assert seen[0] == (32, 6 * 48)
    assert seen == sorted(seen)

    images = torch.from_numpy(np.stack([read(path, SMALL) for path in paths]))
    with torch.no_grad():
        embeddings = tuned.module(images)[0].numpy()
    assert (tuned.head.probabilities(embeddings).argmax(axis=1) == labels).mean() > 0.9


def test_batch_statistics_stay_those_of_the_pretraining(small_backbone, make_pictures):
    tuned = tune(small_backbone, stage(make_pictures(12), np.arange(12) % 2))
    for name, buffer in small_backbone.named_buffers():
        assert torch.equal(buffer, dict(tuned.module.named_buffers())[name])


def test_fine_tuning_stops_when_its_time_is_over(small_backbone, make_pictures):
    tuned = tune(small_backbone, stage(make_pictures(12), np.arange(12) % 2), time_limit=0.0)
    assert tuned.report.stages[0].out_of_time
    assert len(tuned.report.stages[0].validation_losses) == 1


def test_fine_tuning_is_the_same_by_seed(small_backbone, make_pictures):
    paths, labels = make_pictures(12), np.arange(12) % 2
    first, second = (tune(small_backbone, stage(paths, labels)) for _ in range(2))
    assert first.report.stages == second.report.stages
    assert all(torch.equal(a, b) for a, b in zip(weights(first), weights(second), strict=True))


def test_stages_join_one_by_one_from_the_head_down(small_backbone, make_pictures):
    labels = np.arange(60) % 2
    paths = make_pictures(60, bright=labels == 1)
    before = list(small_backbone.stages.parameters())
    moved = []
    for epochs in (1, 2, 3):
        config = FineTuneConfig(stages=2, epochs=epochs, unfreeze_every=1, patience=1, head_rate=0.002, batch_size=9)
        after = tune(small_backbone, stage(paths, labels), config=config).module.stages.parameters()
        moved.append([place for place, (a, b) in enumerate(zip(before, after, strict=True)) if not torch.equal(a, b)])
    assert moved == [[], [12, 13, 14], [9, 10, 11, 12, 13, 14]]


def test_patience_waits_until_all_stages_learn(small_backbone, make_pictures):
    labels = np.random.default_rng(0).integers(2, size=24)
    config = FineTuneConfig(stages=2, epochs=30, unfreeze_every=3, patience=1, head_rate=0.1)
    report = tune(small_backbone, stage(make_pictures(24), labels), config=config).report.stages[0]
    assert report.best_epoch < 6 < len(report.validation_losses) < 30


def test_rates_fall_towards_the_input(small_backbone, make_pictures):
    """Adam's first step moves each weight by about its rate."""
    config = FineTuneConfig(stages=2, epochs=1, rate_decay=0.5, stage_rate=1e-3, weight_decay=0.0, batch_size=100)
    labels = np.arange(24) % 2
    first = tune(small_backbone, stage(make_pictures(24), labels), config=config)
    # The head starts at zero, through which nothing reaches the stages: the second epoch's step is their first.
    second = tune(
        small_backbone, stage(make_pictures(24), labels), config=FineTuneConfig(**(_fields(config) | {"epochs": 2}))
    )
    moved = [
        float((a.detach() - b.detach()).abs().max())
        for a, b in zip(first.module.stages.parameters(), second.module.stages.parameters(), strict=True)
    ]
    assert moved[12] == pytest.approx(2 * moved[9], rel=0.1)


def _fields(config):
    return {name: getattr(config, name) for name in config.__slots__}


def test_a_stage_of_cheap_labels_comes_first_and_its_head_is_kept(small_backbone, make_pictures):
    labels = np.arange(60) % 2
    paths = make_pictures(60, bright=labels == 1)
    config = FineTuneConfig(stages=2, epochs=20, patience=20, batch_size=8, head_rate=0.02, stage_rate=0.005)
    few = stage(paths[:12], labels[:12], epochs=1)
    wrong = np.where(np.arange(48) % 7 == 0, 1 - labels[12:], labels[12:])
    many = stage(paths[12:], wrong, name="cheap", groups=np.arange(12, 60), loss="generalised_cross_entropy")
    staged = tune(small_backbone, many, few, config=config).report
    alone = tune(small_backbone, few, config=config).report
    assert [one.name for one in staged.stages] == ["cheap", "experts"]
    assert staged.stages[1].best_loss < 0.5 * alone.stages[0].best_loss


def test_other_classes_start_a_new_last_layer(small_backbone, make_pictures):
    labels = np.arange(36) % 3
    paths = make_pictures(36)
    ages = stage(paths, labels, classes=("young", "middle", "old"), name="cheap", epochs=1)
    tuned = tune(small_backbone, ages, stage(paths, labels % 2))
    assert tuned.head.weights.shape == (2, 24)


def test_what_a_later_stage_holds_out_no_earlier_one_sees(make_pictures):
    rng = np.random.default_rng(3)
    groups = rng.integers(20, size=80)
    cheap = stage([], rng.integers(2, size=80), name="cheap", groups=groups)
    experts = stage([], rng.integers(2, size=40), groups=rng.integers(20, size=40))
    (learned, _), (_, held_out) = splits([cheap, experts], 5, 0)
    assert not set(groups[learned]) & set(experts.groups[held_out])
    assert np.array_equal(held_out, splits([experts], 5, 0)[0][1])


def test_only_trusted_labels_judge_and_runs_that_hold_out_the_same_can_be_compared(small_backbone, make_pictures):
    labels = np.arange(60) % 2
    paths = make_pictures(60, bright=labels == 1)
    groups = np.concatenate([np.arange(24), np.arange(36)])
    experts = stage(paths[:24], labels[:24], groups=groups[:24])
    both = stage(paths, labels, groups=groups, trusted=np.arange(60) < 24)
    (of_both,), (of_experts,) = splits([both], 5, 0), splits([experts], 5, 0)
    assert np.array_equal(np.flatnonzero(of_both[1]), np.flatnonzero(of_experts[1]))
    assert not set(groups[of_both[0]]) & set(groups[of_both[1]])
    config = FineTuneConfig(stages=2, epochs=8, head_rate=0.02, stage_rate=0.005)
    losses = [tune(small_backbone, one, config=config).report.held_out_loss for one in (experts, both)]
    assert losses[1] < losses[0] < np.log(2)


def test_an_absurd_label_pulls_less_under_generalised_cross_entropy():
    logits = torch.tensor([[6.0, 0.0], [0.5, 0.0]], requires_grad=True)
    wrong = torch.tensor([[0.0, 1.0], [0.0, 1.0]])
    pulls = [torch.autograd.grad(loss(logits, wrong).sum(), logits)[0][:, 1].abs() for loss in LOSSES.values()]
    assert pulls[0][0] > pulls[0][1]
    assert pulls[1][0] < pulls[1][1]
    near = generalised_cross_entropy(logits, wrong, q=1e-4)
    assert torch.allclose(near, LOSSES["cross_entropy"](logits, wrong), atol=1e-2)


def test_half_precision_learns_the_same_lesson(small_backbone, make_pictures):
    labels = np.arange(60) % 2
    paths = make_pictures(60, bright=labels == 1)
    losses = []
    for precision in ("float32", "bfloat16"):
        config = FineTuneConfig(stages=2, epochs=6, head_rate=0.02, stage_rate=0.005, precision=precision)
        tuned = tune(small_backbone, stage(paths, labels), config=config)
        assert all(parameter.dtype == torch.float32 for parameter in tuned.module.parameters())
        losses.append(tuned.report.stages[0].best_loss)
    assert losses[0] != losses[1]
    assert losses[1] == pytest.approx(losses[0], abs=0.1)


def test_fine_tuning_needs_two_groups_of_each_class(small_backbone, make_pictures):
    with pytest.raises(NotEnoughLabels, match="class 1: at least 2") as caught:
        tune(small_backbone, stage(make_pictures(12), np.array([0] * 11 + [1])))
    assert caught.value.missing == (1,)


def test_a_class_without_labels_is_named(small_backbone, make_pictures):
    with pytest.raises(NotEnoughLabels, match="class 2"):
        tune(small_backbone, stage(make_pictures(12), np.arange(12) % 2, classes=("a", "b", "c")))


def test_one_class_is_nothing_to_learn(small_backbone, make_pictures):
    with pytest.raises(OneClass, match="Add a second class"):
        tune(small_backbone, stage(make_pictures(4), np.zeros(4, np.int64), classes=("good",)))


def test_an_unreadable_picture_is_named(small_backbone, make_pictures):
    paths = make_pictures(12)
    paths[6].write_bytes(b"not a picture")
    with pytest.raises(UnreadablePicture, match=r"Picture 7 of 12 .*6\.png"):
        tune(small_backbone, stage(paths, np.arange(12) % 2))


def test_a_backbone_that_makes_nan_is_refused(small_backbone, make_pictures):
    broken = SmallBackbone().eval()
    with torch.no_grad():
        next(broken.parameters()).fill_(torch.nan)
    with pytest.raises(NotFinite, match="backbone"):
        tune(broken, stage(make_pictures(12), np.arange(12) % 2))


def test_a_backbone_of_another_width_than_it_says_is_refused(make_pictures):
    class Wide(SmallBackbone):
        embedding_width = 32

    with pytest.raises(WrongShape, match="should be 32 wide"):
        tune(Wide().eval(), stage(make_pictures(12), np.arange(12) % 2))


def test_rates_that_are_too_high_are_said_to_be(small_backbone, make_pictures):
    config = FineTuneConfig(stages=2, epochs=9, stage_rate=1e30, head_rate=1e30)
    with pytest.raises(NotFinite, match="Lower the rates"):
        tune(small_backbone, stage(make_pictures(12), np.arange(12) % 2), config=config)
