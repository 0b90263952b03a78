"""What each option against rare classes and dear mistakes is worth: the same labels, gold and test set for all of them.

`python -m benchmarks.imbalance` (docs/benchmarks.md). A quick round's head learns under each option and is calibrated
on gold; the difference to the default is taken seed by seed. Then: what merging classes is worth, and how well the
pool's frequencies are known.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.report import Report, Row, keep
from benchmarks.savings import sources
from benchmarks.savings.labeling import Point, judged
from benchmarks.savings.pools import RARE, RECIPES, Pool, draw
from ml.arrays import Embeddings, Indices, Labels
from ml.evaluation.decisions import decide
from ml.evaluation.priors import em_priors
from ml.heads import LinearHead
from ml.training.calibration import calibrated
from ml.training.head import HeadConfig, torch_threads, train_head
from ml.training.losses import LossConfig
from ml.training.merging import free_within, group_of_class, shares_in_group, unfolded
from ml.training.sampling import SamplingConfig

NONE = LossConfig(weights="none")
OPTIONS: Mapping[str, HeadConfig] = {
    "default: balanced, all": HeadConfig(),
    "no weights": HeadConfig(loss=NONE),
    "effective number 0.99": HeadConfig(loss=LossConfig(weights="effective_number")),
    "cost-weighted": HeadConfig(loss=LossConfig(weights="none", cost_weighted=True)),
    "balanced, cost-weighted": HeadConfig(loss=LossConfig(cost_weighted=True)),
    "balanced, focal 2": HeadConfig(loss=LossConfig(focal_gamma=2.0)),
    "balanced softmax": HeadConfig(loss=LossConfig(weights="none", logit_adjustment=1.0)),
    "under, ratio 3": HeadConfig(sampling=SamplingConfig("under")),
    "over, ratio 3": HeadConfig(loss=NONE, sampling=SamplingConfig("over")),
    "hard negatives, ratio 3": HeadConfig(sampling=SamplingConfig("hard_negatives")),
    "hard negatives, ratio 10": HeadConfig(sampling=SamplingConfig("hard_negatives", 10.0)),
}
DEFAULT = next(iter(OPTIONS))
LABELS = 200
RARE_SHARES = {"by chance": None, "chosen": 0.2}
"""Of the labels: as chance has it, or as queries that look for the rare class leave it."""
LEAST = 4
UPPER_BODY = ("T-shirt", "Pullover", "Coat", "Shirt")


def run(*, pools: Sequence[str], seeds: int) -> Report:
    rows: list[Row] = []
    for drawing, share in RARE_SHARES.items():
        found = {
            name: [_points(draw(RECIPES[name], data, seed), share) for seed in range(seeds)]
            for name, data in ((name, RECIPES[name].load()) for name in pools)
        }
        rows += [
            {"labels": drawing, "pool": name, **row}
            for name, of_pool in [*found.items(), ("all", [one for of_pool in found.values() for one in of_pool])]
            for row in _rows(of_pool, absolute=name != "all")
        ]
    return Report(rows=rows, notes=list(_notes(pools, seeds)))


def run_merging(*, seeds: int) -> Report:
    """Ten garments, four of them worn on the upper body and hard to tell apart: learned apart or as one."""
    embeddings, labels = sources.fashion()
    group = group_of_class([[sources.FASHION_CLASSES.index(name) for name in UPPER_BODY]], 10)
    rows: list[Row] = []
    for size in (50, 200):
        found = np.array([_merged_costs(embeddings, labels, group, size, seed) for seed in range(seeds)])
        for place, counted in enumerate(("confusing them is free", "it costs")):
            difference = (found[:, 1, place] - found[:, 0, place]) * 1000
            rows.append(
                {
                    "labels": size,
                    "in evaluation": counted,
                    "learned apart": float(found[:, 0, place].mean() * 1000),
                    "learned as one": float(found[:, 1, place].mean() * 1000),
                    "Δ cost per 1,000": _interval(difference),
                    "cheaper in": f"{int((difference < 0).sum())} of {seeds}",
                }
            )
    return Report(rows=rows, notes=[f"{', '.join(UPPER_BODY)} of Fashion-MNIST; each mistake costs 1; {seeds} seeds."])


def _merged_costs(
    embeddings: Embeddings, labels: Labels, group: Indices, size: int, seed: int
) -> list[tuple[float, ...]]:
    """Learned apart and as one: the expected cost where confusions inside the group are free, and where they cost."""
    rng = np.random.default_rng([seed, size])
    order = rng.permutation(len(labels))
    first = np.array([order[labels[order] == c][0] for c in range(10)])
    learned = np.concatenate((first, np.setdiff1d(order[: size + 10], first)[: size - 10]))
    rest = rng.permutation(np.setdiff1d(order, learned))
    gold, test = rest[:200], rest[200:4200]
    found = []
    for own in (np.arange(10), group):
        with torch_threads(1):
            trained = train_head(
                embeddings[learned],
                own[labels[learned]],
                learned,
                n_classes=int(own.max()) + 1,
                config=HeadConfig(),
                rng=np.random.default_rng(seed),
            )
        head = unfolded(trained.head, own, shares_in_group(labels[learned], own))
        probabilities = calibrated(head, embeddings[gold], labels[gold]).probabilities(embeddings[test])
        costs = [free_within(1 - np.eye(10), group), 1 - np.eye(10)]
        found.append(tuple(float(one[labels[test], decide(probabilities, one)].mean()) for one in costs))
    return found


def run_priors(*, pools: Sequence[str], seeds: int) -> Report:
    """The share of the rare class in the pool, as three ways to know it say."""
    rows: list[Row] = []
    for name in pools:
        data = RECIPES[name].load()
        said: list[tuple[float, float, float, float]] = []
        for seed in range(seeds):
            pool = draw(RECIPES[name], data, seed)
            learned = _labeled(pool, RARE_SHARES["chosen"], np.random.default_rng([*pool.rng_key, LABELS]))
            head = _trained(pool, learned, HeadConfig())
            gold = np.bincount(pool.gold_labels, minlength=2)
            shares = (gold + 0.5) / (gold + 0.5).sum()
            em = em_priors(head.probabilities(pool.embeddings), shares)
            of_labels = float((pool.labels[learned] == RARE).mean())
            said.append((float((pool.labels == RARE).mean()), of_labels, float(shares[RARE]), float(em[RARE])))
        truth, *ways = np.array(said).T
        rows.append(
            {
                "pool": name,
                "share": float(truth.mean()),
                **{
                    f"error of {way}": float(np.sqrt(((told - truth) ** 2).mean()))
                    for way, told in zip(("labels", "gold", "EM"), ways, strict=True)
                },
            }
        )
    return Report(rows=rows, notes=[f"Root mean squared error over {seeds} seeds; {LABELS} chosen labels."])


def _points(pool: Pool, share: float | None) -> Mapping[str, Point]:
    rng = np.random.default_rng([*pool.rng_key, LABELS])
    rows = _labeled(pool, share, rng)
    return {name: judged(pool, _trained(pool, rows, config), len(rows)) for name, config in OPTIONS.items()}


def _labeled(pool: Pool, share: float | None, rng: np.random.Generator) -> Indices:
    """So many rows at random, at least LEAST of the rare class, or a share of it as far as the pool has them."""
    rare, others = (rng.permutation(np.flatnonzero((pool.labels == RARE) == wanted)) for wanted in (True, False))
    chance = rng.binomial(LABELS, len(rare) / len(pool.labels))
    wanted = max(LEAST, min(len(rare), chance if share is None else round(share * LABELS)))
    return np.concatenate((rare[:wanted], others[: LABELS - wanted]))


def _trained(pool: Pool, rows: Indices, config: HeadConfig) -> LinearHead:
    with torch_threads(1):
        found = train_head(
            pool.embeddings[rows],
            pool.labels[rows],
            rows,
            n_classes=len(pool.costs),
            config=config,
            rng=np.random.default_rng(pool.rng_key),
            costs=pool.costs,
        )
    return calibrated(found.head, pool.gold, pool.gold_labels)


def _rows(points: Sequence[Mapping[str, Point]], *, absolute: bool) -> Iterator[Row]:
    """Costs are in thousandths of a false alarm a sample."""
    for name in OPTIONS:
        precisions = np.array([one[name].average_precision - one[DEFAULT].average_precision for one in points])
        costs = np.array([one[name].expected_cost - one[DEFAULT].expected_cost for one in points])
        yield {
            "option": name,
            "average precision": float(np.mean([one[name].average_precision for one in points])) if absolute else None,
            "cost per 1,000": float(np.mean([one[name].expected_cost for one in points]) * 1000) if absolute else None,
            "Δ precision": _interval(precisions),
            "Δ cost": _interval(costs * 1000),
            "cheaper in": f"{int((costs < 0).sum())} of {len(costs)}",
        }


def _interval(differences: npt.NDArray[np.float64]) -> str:
    """The mean with 1.96 standard errors."""
    error = 1.96 * differences.std(ddof=1) / np.sqrt(len(differences))
    return f"{differences.mean():+.3g} ± {error:.2g}"


def _notes(pools: Sequence[str], seeds: int) -> Iterator[str]:
    yield f"{LABELS} labels; {seeds} seeds each of {', '.join(pools)}. A missed rare one costs 20 false alarms."
    yield "Δ: against the default on the same labels, the mean over seeds with 1.96 standard errors."


def main() -> None:
    parser = ArgumentParser(prog="python -m benchmarks.imbalance", description=__doc__)
    parser.add_argument("--pools", nargs="+", choices=RECIPES, default=["cells", "digit-8", "sandal", "caravan"])
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--only", choices=["options", "merging", "priors"], action="append")
    options = parser.parse_args()
    parts: Mapping[str, Callable[[], Report]] = {
        "options": lambda: run(pools=options.pools, seeds=options.seeds),
        "merging": lambda: run_merging(seeds=options.seeds),
        "priors": lambda: run_priors(pools=options.pools, seeds=options.seeds),
    }
    for name in options.only or parts:
        found = parts[name]()
        print(f"\n# {name}\n{found}")
        print(f"-> {keep(f'imbalance-{name}', found, quick=False)}", flush=True)


if __name__ == "__main__":
    main()
