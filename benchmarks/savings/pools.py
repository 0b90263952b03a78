"""The pools: one rare class each, split anew by every seed into a pool, a gold set and a test set.

The test set holds far more of the rare class than the pool, weighed down to the pool's share: so its average precision
does not hang on a few dozen pictures.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from sklearn.datasets import load_digits

from benchmarks.savings import sources
from ml.arrays import Costs, Embeddings, Labels
from ml.heads import LinearHead

RARE = 1
WIDTH = 128
FALSE_ALARM = 1.0

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Everything there is of a data set: (n, d) embeddings and which rows are of the rare class."""

    embeddings: Embeddings
    rare: Bools


@dataclass(frozen=True, slots=True)
class Recipe:
    """share: of the rare class in the pool. pool, test: how many of the others each holds. gold: drawn from the pool.

    batch: samples a round. missed: what a missed one costs, a false alarm costing 1.
    """

    name: str
    load: Callable[[], Data]
    share: float
    pool: int
    test: int
    gold: int
    batch: int
    missed: float = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """embeddings, labels: of what may be asked about. Gold and test are never asked about, nor learned from.

    heads: those trained so far, by what they learned from.
    """

    recipe: Recipe
    seed: int
    embeddings: Embeddings
    labels: Labels
    gold: Embeddings
    gold_labels: Labels
    test: Embeddings
    test_labels: Labels
    test_weights: npt.NDArray[np.float64]
    heads: dict[bytes, LinearHead] = field(default_factory=dict)

    @property
    def costs(self) -> Costs:
        return np.array([[0.0, FALSE_ALARM], [self.recipe.missed, 0.0]])

    @property
    def rng_key(self) -> tuple[int, ...]:
        """So that no two pools, nor seeds, share their draws."""
        return (self.seed, *self.recipe.name.encode())


def draw(recipe: Recipe, data: Data, seed: int) -> Pool:
    """Pool and gold are drawn at random at the recipe's share; what the rare class has left over tests."""
    rng = np.random.default_rng([seed, *recipe.name.encode()])
    others, rare = rng.permutation(np.flatnonzero(~data.rare)), rng.permutation(np.flatnonzero(data.rare))
    n_rare = round(recipe.pool * recipe.share / (1 - recipe.share))
    pool = rng.permutation(np.concatenate((others[: recipe.pool], rare[:n_rare])))
    test_others = others[recipe.pool : recipe.pool + recipe.test]
    test_rare = rare[n_rare : n_rare + max(recipe.test // 2, 1)]
    test = np.concatenate((test_others, test_rare))
    labels = data.rare.astype(np.int64)
    weight = len(test_others) * recipe.share / (1 - recipe.share) / len(test_rare)
    embeddings = _reduced(data.embeddings, pool)
    gold, asked = pool[: recipe.gold], pool[recipe.gold :]
    return Pool(
        recipe=recipe,
        seed=seed,
        embeddings=embeddings[asked],
        labels=labels[asked],
        gold=embeddings[gold],
        gold_labels=labels[gold],
        test=embeddings[test],
        test_labels=labels[test],
        test_weights=np.where(labels[test] == RARE, weight, 1.0),
    )


def _reduced(embeddings: Embeddings, pool: npt.NDArray[np.int64]) -> Embeddings:
    """The pool's principal components where embeddings are wide: for every contestant alike, to save time."""
    if embeddings.shape[1] <= WIDTH:
        return embeddings
    centre = embeddings[pool].mean(axis=0)
    seen = embeddings[pool] - centre
    _, directions = np.linalg.eigh(seen.T @ seen)
    return np.ascontiguousarray((embeddings - centre) @ directions[:, ::-1][:, :WIDTH], np.float32)


def _garment(name: str) -> Callable[[], Data]:
    def load() -> Data:
        embeddings, labels = sources.fashion()
        return Data(embeddings, labels == sources.FASHION_CLASSES.index(name))

    return load


def _cells() -> Data:
    """Cells that the experts all called defective, among those that they all called good."""
    embeddings, grade = sources.solar_cells()
    clear = (grade == 0) | (grade == 1)
    return Data(embeddings[clear], grade[clear] == 1)


def _digits() -> Data:
    pixels, digit = load_digits(return_X_y=True)
    return Data(np.asarray(pixels, np.float32), digit == 8)


def _table(load: Callable[[], sources.Table]) -> Callable[[], Data]:
    """Columns of one spread, so that distances mean something."""

    def standardised() -> Data:
        features, rare = load()
        spread = np.maximum(features.std(axis=0), 1e-9)
        return Data(np.asarray((features - features.mean(axis=0)) / spread, np.float32), rare)

    return standardised


_RECIPES = (
    Recipe("sandal", _garment("Sandal"), share=0.015, pool=11_000, test=6_000, gold=300, batch=20),
    Recipe("sneaker", _garment("Sneaker"), share=0.015, pool=11_000, test=6_000, gold=300, batch=20),
    Recipe("pullover", _garment("Pullover"), share=0.015, pool=11_000, test=6_000, gold=300, batch=20),
    Recipe("cells", _cells, share=0.025, pool=1_100, test=400, gold=150, batch=20),
    Recipe("digit-8", _digits, share=0.025, pool=1_100, test=500, gold=150, batch=20),
    Recipe("default", _table(sources.credit_default), share=0.0333, pool=6_000, test=3_600, gold=300, batch=20),
    Recipe("caravan", _table(sources.caravan), share=0.06, pool=3_400, test=2_000, gold=300, batch=20),
)
RECIPES: Mapping[str, Recipe] = {recipe.name: recipe for recipe in _RECIPES}
