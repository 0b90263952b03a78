"""What each part of training is worth on real pictures of solar cells, left out or put in one at a time.

`python -m benchmarks.ablation`. Every arm of a seed sees the same cells: few with an expert's label, many with a cheap
one that is wrong as often as stated, gold drawn at random, and the rest to judge by at the pool's frequencies. What is
worth nothing here is off by default.
"""

import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import t
from torch import Tensor

from benchmarks.report import Report, Row, keep
from heedful.demo.cells import cells, left_out
from ml.arrays import Embeddings, Indices, Labels
from ml.backbones.efficientnet_lite import LITE0, pretrained
from ml.evaluation.decisions import decide
from ml.evaluation.metrics import average_precision
from ml.heads import LinearHead
from ml.inference.preprocessing import Preprocessing
from ml.training.augmentation import candidates
from ml.training.calibration import calibrated
from ml.training.features import frozen_features
from ml.training.fine_tune import FineTuneConfig, TrainingStage, fine_tune, parts
from ml.training.head import HeadConfig, torch_threads, train_head
from ml.training.held_out import HeldOut, best_beyond_noise
from ml.training.processes import alone

PREPROCESSING, CLASSES = Preprocessing(96, 0.5, 0.5), ("good", "defective")
COSTS = np.array([[0.0, 5.0], [100.0, 0.0]])
SHARE, ACCURACY = 0.12, 0.8
EXPERTS, GOLD, JUDGED, CHEAP = 120, 150, 500, 700
ONES = np.ones((1, JUDGED))

Labeling = Literal["experts", "together", "in turn"]


DEFAULT = FineTuneConfig()


@dataclass(frozen=True, slots=True)
class Arm:
    """labeling: the experts' labels alone; the cheap ones together with them, or in turn, the cheap ones first.
    weighed: cheap labels count as far as they are likely to be right. deep: False for a head on the frozen backbone.
    """

    name: str
    config: FineTuneConfig = DEFAULT
    labeling: Labeling = "experts"
    weighed: bool = True
    loss: str = "cross_entropy"
    calibrate: bool = True
    deep: bool = True


BASE = Arm("deep, experts' labels: the base")
ARMS_OF_LABELS = (
    BASE,
    replace(BASE, name="rates that fall by 0.7 a stage", config=FineTuneConfig(rate_decay=0.7)),
    replace(BASE, name="gradual unfreezing", config=FineTuneConfig(unfreeze_every=1)),
    replace(BASE, name="not calibrated on gold", calibrate=False),
    replace(BASE, name="cheap labels with them", labeling="together"),
    replace(BASE, name="cheap ones first", labeling="in turn"),
    replace(BASE, name="cheap first, at their word", labeling="in turn", weighed=False),
    replace(BASE, name="… with generalised loss", labeling="in turn", weighed=False, loss="generalised_cross_entropy"),
    replace(BASE, name="head alone, experts' labels", deep=False),
    replace(BASE, name="head alone, cheap with them", deep=False, labeling="together"),
)

VERSIONS = {
    f"augmentation: {name}": replace(BASE, name=f"augmentation: {name}", config=FineTuneConfig(augmentation=policy))
    for name, policy in candidates(["mirror", "upside_down"]).items()
}
ARMS = (*ARMS_OF_LABELS, *VERSIONS.values())
SEARCHED = "augmentation searched"

COURSES = (BASE.name, "cheap labels with them", "cheap ones first")
CHOSEN = "the best of these three on held-out labels"


@dataclass(frozen=True, slots=True)
class Pool:
    """Every cell of the data set: what the frozen stages make of it, its embedding, whether it is defective."""

    features: Tensor
    embeddings: Embeddings
    labels: Labels
    paths: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class Draw:
    """What a seed deals out. `said`: the cheap labels, in the order of `cheap`."""

    experts: Indices
    cheap: Indices
    gold: Indices
    judged: Indices
    said: Labels


def run(quick: bool, *, seeds: int = 5, arms: str = "") -> Report:
    seeds = 2 if quick else seeds
    chosen = [arm for arm in ARMS if arm is BASE or arms in arm.name]
    found: dict[str, list[Mapping[str, float]]] = {arm.name: [] for arm in chosen}
    held_out: dict[str, list[HeldOut | None]] = {arm.name: [] for arm in chosen}
    # Steps this small only lose time waiting for a second thread.
    with torch_threads(1):
        pool = _pool()
        for seed in range(seeds):
            draw = _draw(pool, seed)
            for arm in chosen:
                figures, judged = _measured(arm, pool, draw, seed)
                found[arm.name].append(figures)
                held_out[arm.name].append(judged)
            print(f"seed {seed + 1} of {seeds}", flush=True)
    return Report(
        rows=_rows(found, held_out),
        notes=[
            f"{seeds} seeds; {EXPERTS} labels of experts, a third of them defective, {CHEAP} cheap ones right in "
            f"{ACCURACY:.0%}, {GOLD} of gold, {JUDGED} to judge by, {SHARE:.0%} of these two defective.",
            "Cost: a sample, under decisions of least expected cost; a miss costs 20 times a false alarm.",
            "Differences to the base are paired by seed, with 95% intervals; better is more precision, and less cost.",
        ],
    )


def _pool() -> Pool:
    clear = [cell for cell in [*cells(seed=0), *left_out(seed=0)] if cell.grade == 0 or cell.grade > 0.5]
    module = pretrained(LITE0).requires_grad_(False)
    frozen, learning = parts(module, FineTuneConfig())
    paths = [cell.path for cell in clear]
    features = frozen_features(frozen, PREPROCESSING, paths, team=alone("cpu"))
    labels = np.array([int(cell.grade > 0) for cell in clear])
    return Pool(features, _embeddings(learning, features[0]), labels, paths)


def _embeddings(learning: torch.nn.Sequential, features: Tensor) -> Embeddings:
    with torch.no_grad():
        return np.concatenate([learning(some).mean(dim=(2, 3)).numpy() for some in torch.split(features, 64)])


def _draw(pool: Pool, seed: int) -> Draw:
    rng = np.random.default_rng([seed, 9])
    good, bad = (iter(rng.permutation(np.flatnonzero(pool.labels == label))) for label in (0, 1))

    def take(count: int, share: float) -> Indices:
        defective = round(count * share)
        chosen = [next(good) for _ in range(count - defective)] + [next(bad) for _ in range(defective)]
        return rng.permutation(np.array(chosen))

    experts, gold, judged, cheap = take(EXPERTS, 1 / 3), take(GOLD, SHARE), take(JUDGED, SHARE), take(CHEAP, SHARE)
    truth = pool.labels[cheap]
    return Draw(experts, cheap, gold, judged, np.where(rng.random(CHEAP) < ACCURACY, truth, 1 - truth))


def _measured(arm: Arm, pool: Pool, draw: Draw, seed: int) -> tuple[Mapping[str, float], HeldOut | None]:
    started = time.perf_counter()
    learned = (_deep if arm.deep else _quick)(arm, pool, draw, seed)
    seconds = time.perf_counter() - started
    head = learned.head
    if arm.calibrate:
        head = calibrated(head, learned.embeddings(draw.gold), pool.labels[draw.gold])
    truth, said = pool.labels[draw.judged], head.probabilities(learned.embeddings(draw.judged))
    figures = {
        "precision": float(average_precision(said[:, 1], truth == 1)(ONES)[0]),
        "cost": float(COSTS[truth, decide(said, COSTS)].mean()),
        "seconds": seconds,
    }
    return figures, learned.held_out


Found = Mapping[str, Sequence[Mapping[str, float]]]
Judged = Mapping[str, Sequence[HeldOut | None]]


def _chosen(found: Found, held_out: Judged) -> list[Mapping[str, float]]:
    """What a deep run keeps of its three courses, in the time of all three."""
    rows = []
    for seed in range(len(found[BASE.name])):
        losses = {name: one.loss for name in COURSES if (one := held_out[name][seed])}
        rows.append(_after(COURSES, found, min(losses, key=losses.__getitem__), seed))
    return rows


def _searched(found: Found, held_out: Judged) -> list[Mapping[str, float]]:
    """What a deep run keeps of the policies, in the time of all."""
    rows = []
    for seed in range(len(found[BASE.name])):
        judged = {name: one for name in (BASE.name, *VERSIONS) if (one := held_out[name][seed])}
        best, _ = best_beyond_noise(judged[BASE.name], {name: judged[name] for name in VERSIONS}, seed)
        rows.append(_after((BASE.name, *VERSIONS), found, best or BASE.name, seed))
    return rows


def _after(tried: Sequence[str], found: Found, best: str, seed: int) -> Mapping[str, float]:
    return {**found[best][seed], "seconds": sum(found[name][seed]["seconds"] for name in tried)}


@dataclass(frozen=True, slots=True)
class Learned:
    """embeddings: of the cells at these rows. held_out: labels of experts; none for a head alone."""

    head: LinearHead
    embeddings: Callable[[Indices], Embeddings]
    held_out: HeldOut | None = None


def _deep(arm: Arm, pool: Pool, draw: Draw, seed: int) -> Learned:
    stages, as_they_are = _stages(arm, pool, draw), not arm.config.augmentation.transforms
    tuned = fine_tune(
        pretrained(LITE0),
        PREPROCESSING,
        [replace(stage, sources=[pool.paths[row] for row in stage.groups]) for stage in stages],
        config=arm.config,
        seed=seed,
        features=[pool.features[:, stage.groups] for stage in stages] if as_they_are else None,
    )
    _, learned = parts(tuned.module, arm.config)
    return Learned(tuned.head, lambda rows: _embeddings(learned, pool.features[0, rows]), tuned.held_out)


def _quick(arm: Arm, pool: Pool, draw: Draw, seed: int) -> Learned:
    stage = _stages(arm, pool, draw)[-1]
    rows = stage.groups.astype(np.int64)
    trained = train_head(
        pool.embeddings[rows],
        stage.labels,
        rows,
        n_classes=2,
        config=HeadConfig(),
        rng=np.random.default_rng(seed),
        sureness=stage.sureness,
    )
    return Learned(trained.head, lambda rows: pool.embeddings[rows])


def _stages(arm: Arm, pool: Pool, draw: Draw) -> Sequence[TrainingStage]:
    """Pictures are told apart by their rows in the pool, which also name their groups."""
    likely = _sureness(draw.said) if arm.weighed else np.ones(CHEAP)
    cheap = _stage(draw.cheap, draw.said, likely, arm.loss)
    experts = _stage(draw.experts, pool.labels[draw.experts], np.ones(EXPERTS))
    both = replace(
        _stage(
            np.concatenate([draw.experts, draw.cheap]),
            np.concatenate([experts.labels, draw.said]),
            np.concatenate([np.ones(EXPERTS), likely]),
        ),
        trusted=np.arange(EXPERTS + CHEAP) < EXPERTS,
    )
    orders = {"experts": [experts], "together": [both], "in turn": [cheap, experts]}
    return orders[arm.labeling]


def _stage(
    rows: Indices, labels: Labels, sureness: npt.NDArray[np.float64], loss: str = "cross_entropy"
) -> TrainingStage:
    return TrainingStage("", [], labels, rows, CLASSES, sureness=sureness, loss=loss)


def _sureness(said: Labels) -> npt.NDArray[np.float64]:
    """How likely each is to be right, by Bayes' rule."""
    prior = np.where(said == 1, SHARE, 1 - SHARE)
    return np.asarray(prior * ACCURACY / (prior * ACCURACY + (1 - prior) * (1 - ACCURACY)))


def _rows(found: Found, held_out: Judged) -> list[Row]:
    base, also = found[BASE.name], {}
    if found.keys() >= set(COURSES):
        also[CHOSEN] = _chosen(found, held_out)
    if found.keys() >= VERSIONS.keys():
        also[SEARCHED] = _searched(found, held_out)
    return [_row(name, figures, base) for name, figures in {**found, **also}.items()]


def _row(arm: str, found: Sequence[Mapping[str, float]], base: Sequence[Mapping[str, float]]) -> Row:
    return {
        "arm": arm,
        "average precision": fmean(one["precision"] for one in found),
        "against the base": _difference(found, base, "precision", 3),
        "cost a sample": fmean(one["cost"] for one in found),
        "cost against the base": _difference(found, base, "cost", 2),
        "seconds": fmean(one["seconds"] for one in found),
    }


def _difference(
    found: Sequence[Mapping[str, float]], base: Sequence[Mapping[str, float]], figure: str, digits: int
) -> str | None:
    """Paired by seed, with its 95% interval (Student's t)."""
    if found is base:
        return None
    apart = np.array([one[figure] - other[figure] for one, other in zip(found, base, strict=True)])
    half = float(t.ppf(0.975, len(apart) - 1) * apart.std(ddof=1) / len(apart) ** 0.5)
    low, middle, high = (f"{apart.mean() + shift:+.{digits}f}" for shift in (-half, 0.0, half))
    return f"{middle} ({low} to {high})"


def main() -> None:
    parser = ArgumentParser(prog="python -m benchmarks.ablation", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two seeds, to see that it runs; the figures mean nothing")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--arms", default="", help="only those whose name holds this, beside the base")
    options = parser.parse_args()
    found = run(options.quick, seeds=options.seeds, arms=options.arms)
    print(found)
    print(f"-> {keep('-'.join(filter(None, ['ablation', options.arms])), found, quick=options.quick)}")


if __name__ == "__main__":
    main()
