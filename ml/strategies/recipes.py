"""The ways of asking that a person can choose by name: each a chain of strategies, alone or mixed with others.

A recipe `for_each_class` becomes a slot for each class of the project, any other that needs a class a slot for the
costly one. An installed package's strategy is a recipe of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ml.errors import BrokenStrategy
from ml.strategies.catalogue import find
from ml.strategies.plan import QueryPlan, Slot

RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Recipe:
    name: str
    strategies: tuple[str, ...]
    for_each_class: bool = False


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe("spread-margin", ("margin", "k-center")),
        Recipe("margin", ("margin",)),
        Recipe("entropy", ("entropy",)),
        Recipe("least-confidence", ("least-confidence",)),
        Recipe("bald", ("bald",)),
        Recipe("expected-cost", ("expected-cost",)),
        Recipe("spread-cost", ("expected-cost", "k-center")),
        Recipe("rare-class", ("rare-class",)),
        Recipe("class-quota", ("class-quota",), for_each_class=True),
        Recipe("class-threshold", ("class-threshold",), for_each_class=True),
        Recipe("contrastive", ("contrastive",)),
        Recipe("neighbours", ("neighbours", "rare-class")),
        Recipe("badge", ("margin", "badge")),
        Recipe("cluster-margin", ("margin", "clusters")),
        Recipe("dropquery", ("dropout", "centroids")),
        Recipe("k-center", ("k-center",)),
        Recipe("typicality", ("typicality",)),
        Recipe("probcover", ("probcover",)),
        Recipe("contradicted", ("contradicted",)),
        Recipe("look-alike", ("look-alike",)),
        Recipe("outlying", ("outlying",)),
        Recipe(RANDOM, ("uniform",)),
    )
}


def recipe(name: str) -> Recipe:
    return RECIPES.get(name) or Recipe(name, (name,))


def works(name: str) -> bool:
    """Whether all of its strategies are there."""
    try:
        for strategy in recipe(name).strategies:
            find(strategy)
    except BrokenStrategy:
        return False
    return True


def mixture(
    shares: Mapping[str, float], *, target: int, n_classes: int, control_share: float, oversample: int = 10
) -> QueryPlan:
    """A plan of these recipes by their shares, which need not sum to 1. What is to be random goes to the control, so
    that its chance is known. Raises ValueError for what cannot work.
    """
    total = sum(shares.values())
    if total <= 0:
        raise ValueError("A mixture needs a share above 0.")
    at_random = shares.get(RANDOM, 0.0) / total
    if at_random == 1:
        return QueryPlan((), control_share, oversample)
    shares = {name: share for name, share in shares.items() if name != RANDOM and share > 0}
    total = sum(shares.values())
    control_share += (1 - control_share) * at_random
    slots: list[Slot] = []
    for name, share in shares.items():
        one = recipe(name)
        classes = range(n_classes) if one.for_each_class else (target,)
        slots += [Slot(name, one.strategies, share / total / len(classes), target=c) for c in classes]
    return QueryPlan(tuple(slots), control_share, oversample)
