"""Who selects, and how: each case is a function that prepares a pool and returns the selection to be timed."""

from dataclasses import dataclass

from ml.strategies.recipes import RECIPES

MARGIN, TWO_STAGE, DIVERSE = "margin", "margin, then k-center", "diversity over the pool"


@dataclass(frozen=True, slots=True)
class Case:
    """`function`: module:name below this package, perhaps =argument. Cases of one `task` can be compared."""

    library: str
    task: str
    method: str
    function: str


OWN = "heedful"
CASES = (
    Case(OWN, MARGIN, "margin, shard by shard", "own:ranking"),
    Case(OWN, MARGIN, "margin, as a round with reasons", "own:margin"),
    Case("scikit-activeml", MARGIN, "UncertaintySampling(margin_sampling)", "with_skactiveml:margin"),
    Case("baal", MARGIN, "Margin", "with_baal:margin"),
    Case("small-text", MARGIN, "BreakingTies", "with_small_text:margin"),
    Case(OWN, TWO_STAGE, "margin → k-center", "own:two_stage"),
    Case("scikit-activeml", TWO_STAGE, "UncertaintySampling → CoreSet", "with_skactiveml:two_stage"),
    Case("small-text", TWO_STAGE, "BreakingTies → GreedyCoreset", "with_small_text:two_stage"),
    Case(OWN, "default plan", "margin → k-center, rare class, control", "own:default"),
    Case("scikit-activeml", DIVERSE, "CoreSet", "with_skactiveml:core_set"),
    Case("small-text", DIVERSE, "LightweightCoreset", "with_small_text:lightweight"),
)

EVERY_RECIPE = tuple(
    Case(OWN, f"recipe {name}", " → ".join(one.strategies), f"recipes:prepared={name}") for name, one in RECIPES.items()
)
