"""The weak stage: what is learned from cheap labels before any expert's, for a head to begin from.

A linear head learns from the label model's probabilities as soft targets, which is the expected loss under the doubt
that they state. Its classes weigh as they are frequent: a weight against rarity would multiply the little doubt that
each sample of a frequent class leaves, until it drowned the rare class. Afterwards its logits are moved to the
frequencies that the experts' head learns at. Where an expert's label is held out, so are the weak labels of its group;
and the experts' labels decide how long the weak stage learns, and afterwards how far the head begins from it
(`ml.training.head.Start`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from ml.arrays import Embeddings, Labels, Probabilities
from ml.errors import require_finite
from ml.heads import LinearHead
from ml.training.descent import HeadConfig, Problem, descend, on_raw_embeddings, standardise
from ml.training.head import Start
from ml.training.losses import class_weights, soft_losses, soft_targets
from ml.training.splits import fewest_groups_of_a_class, stratified_group_folds

MOST = 5_000
"""More weak samples than that teach a linear head little, and cost seconds; these are drawn at random."""
FEWEST = 20
WEIGHT_DECAYS = (0.3, 3.0)
MAX_STEPS = 60


@dataclass(frozen=True, slots=True, eq=False)
class WeakSamples:
    """embeddings: (m, d). targets: (m, c) probabilities of the classes. groups: (m,) names. None of them is labeled by
    an expert, and none is gold."""

    embeddings: Embeddings
    targets: Probabilities
    groups: npt.NDArray[np.generic]


def weak_start(
    weak: WeakSamples,
    embeddings: Embeddings,
    labels: Labels,
    groups: npt.NDArray[np.generic],
    *,
    config: HeadConfig,
    rng: np.random.Generator,
    sureness: npt.NDArray[np.float64] | None = None,
) -> Start | None:
    """Of weak samples, for a head that is to learn from (n, d) embeddings and (n,) labels. None where there is too
    little to learn from. Raises NotFinite."""
    require_finite("weak embeddings", weak.embeddings)
    require_finite("weak targets", weak.targets)
    weak = _some(weak, rng)
    n_classes = weak.targets.shape[1]
    folds = max(min(config.folds, fewest_groups_of_a_class(labels, groups)), 1)
    fold = stratified_group_folds(labels, groups, folds, rng)
    # Each fold's head, and last the one that learns from everything.
    used = np.stack(
        [*(~np.isin(weak.groups, groups[fold == number]) for number in range(folds)), weak.groups == weak.groups]
    )
    found = weak.targets.sum(axis=0, dtype=np.float64)
    if used.sum(axis=1).min() < FEWEST or found.min() < 1:
        return None
    expert = soft_targets(labels, sureness, n_classes)
    frequencies = expert.sum(axis=0)
    judged = expert * class_weights(frequencies, 1.0)
    balance = 1.0 if config.loss.weights == "balanced" else 0.0
    aim = frequencies * class_weights(frequencies, balance)
    shift = np.log(aim / aim.sum()) - np.log(found / found.sum())
    heads, _ = min(
        _stages(weak, used, shift, embeddings, config),
        key=lambda stage: _held_out_loss(stage[1], fold, judged),
    )
    return Start(fold=fold, logits=_logits(heads[:-1], embeddings), head=heads[-1])


def _some(weak: WeakSamples, rng: np.random.Generator) -> WeakSamples:
    if len(weak.targets) <= MOST:
        return weak
    rows = np.sort(rng.choice(len(weak.targets), MOST, replace=False))
    return WeakSamples(weak.embeddings[rows], weak.targets[rows], weak.groups[rows])


def _stages(
    weak: WeakSamples,
    used: npt.NDArray[np.bool_],
    shift: npt.NDArray[np.float64],
    embeddings: Embeddings,
    config: HeadConfig,
) -> list[tuple[list[LinearHead], npt.NDArray[np.float32]]]:
    """The heads, one a row of `used`, their biases moved by (c,) shift, and their (k, n, c) logits: for each weight
    decay, at each check."""
    scaled, centre, scale = standardise(weak.embeddings)
    problem = Problem(torch.from_numpy(scaled), torch.from_numpy(np.asarray(weak.targets, np.float32)))
    # Heads of folds that leave nothing out are one and the same.
    rows, same = np.unique(used, axis=0, return_inverse=True)
    weights = torch.from_numpy(rows.astype(np.float32)).repeat(len(WEIGHT_DECAYS), 1)
    decays = torch.tensor(WEIGHT_DECAYS).repeat_interleave(len(rows))
    stages = []
    for _, learned, bias in descend(problem, weights, decays, config, MAX_STEPS):
        for place in range(len(WEIGHT_DECAYS)):
            heads = [
                on_raw_embeddings(learned[number].numpy().copy(), bias[number].numpy() + shift, centre, scale, 1.0)
                for number in range(place * len(rows), (place + 1) * len(rows))
            ]
            kept = [heads[number] for number in same.ravel().tolist()]
            stages.append((kept, _logits(kept, embeddings)))
    return stages


def _logits(heads: list[LinearHead], embeddings: Embeddings) -> npt.NDArray[np.float32]:
    """(k, n, c)"""
    return np.stack([head.logits(embeddings) for head in heads])


def _held_out_loss(
    logits: npt.NDArray[np.float32], fold: npt.NDArray[np.int64], judged: npt.NDArray[np.float64]
) -> float:
    """Class-balanced, of each label under the head that knew nothing of its group."""
    own = torch.from_numpy(logits[fold, np.arange(len(fold))])
    return float(soft_losses(own, torch.from_numpy(np.asarray(judged, np.float32))).mean())
