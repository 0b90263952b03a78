"""The ways of asking that a project can choose by name, as people see them: what each asks about, and when that is
worth it. What they are made of is `ml.strategies`' affair; a test holds both lists together, since the web server never
loads a model."""

from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

ENTRY_POINTS = "heedful.strategies"


@dataclass(frozen=True, slots=True)
class RecipeInfo:
    """title: in a list of choices. from_package: who brings it, empty for Heedful's own."""

    name: str
    title: str
    sentence: str
    from_package: str = ""


_OWN = (
    RecipeInfo(
        "spread-margin",
        "Margin, then k-center",
        "Where the model cannot tell two classes apart, but no two alike: the usual choice when classes are "
        "about equally frequent.",
    ),
    RecipeInfo(
        "margin",
        "Margin",
        "The smallest gaps between the two likeliest classes: cheap at any size of pool, but the choices can "
        "resemble each other.",
    ),
    RecipeInfo(
        "entropy",
        "Entropy",
        "Where the model spreads its belief over many classes: seldom better than close calls.",
    ),
    RecipeInfo(
        "least-confidence",
        "Least confidence",
        "Where even the likeliest class is unlikely: much like close calls when there are two classes.",
    ),
    RecipeInfo(
        "bald",
        "BALD",
        "Where models that weigh the same labels differently disagree: what more labels can settle, not what "
        "is blurred by nature.",
    ),
    RecipeInfo(
        "expected-cost",
        "Expected cost",
        "Where the cheapest decision is still expected to cost most: fits unequal costs of mistakes.",
    ),
    RecipeInfo(
        "spread-cost",
        "Expected cost, then k-center",
        "The dearest doubts, but no two alike.",
    ),
    RecipeInfo(
        "rare-class",
        "Rare class",
        "The highest scores for the class that is dearest to miss: cases and look-alikes both, for rare classes.",
    ),
    RecipeInfo(
        "class-quota",
        "Class quotas",
        "As many for each predicted class, the least decided of each: keeps frequent classes from taking the round.",
    ),
    RecipeInfo(
        "class-threshold",
        "Class thresholds (GALAXY, DIRECT)",
        "Around the score at which labels turn from a class to the others: finds the border where a class is rare.",
    ),
    RecipeInfo(
        "contrastive",
        "Contrastive (CAL)",
        "Where the model says something else of a sample than of what resembles it: finds missed cases of a rare "
        "class, slower.",
    ),
    RecipeInfo(
        "neighbours",
        "Neighbours of positives (SEALS)",
        "What lies near its confirmed cases: for a class so rare that scores cannot be trusted yet.",
    ),
    RecipeInfo(
        "badge",
        "BADGE",
        "Doubtful, and each would move the model another way: strong on rare classes, slower.",
    ),
    RecipeInfo(
        "cluster-margin",
        "Cluster-Margin",
        "Close calls dealt over clusters, small ones first: for rounds of thousands.",
    ),
    RecipeInfo(
        "dropquery",
        "DropQuery",
        "Where the answer changes when part of the picture's description is missing: for few labels on a "
        "strong backbone.",
    ),
    RecipeInfo(
        "k-center",
        "k-center",
        "The farthest from everything labeled: explores, needs no model, weak when classes are many.",
    ),
    RecipeInfo(
        "typicality",
        "Typicality",
        "The most typical of each region without labels: for the first rounds, needs no model.",
    ),
    RecipeInfo(
        "probcover",
        "ProbCover",
        "The samples that most others resemble: for the first rounds, needs no model.",
    ),
    RecipeInfo(
        "contradicted",
        "Hard negatives: contradicted",
        "A high score for the costly class that the labels around it, or other models, speak against.",
    ),
    RecipeInfo(
        "look-alike",
        "Hard negatives: look-alikes",
        "What resembles confirmed false positives: needs some, so it begins after a few rounds.",
    ),
    RecipeInfo(
        "outlying",
        "Hard negatives: never seen",
        "Sure predictions about something unlike all that is labeled.",
    ),
    RecipeInfo(
        "random",
        "Random",
        "Drawn by chance: what all else is measured against.",
    ),
)


@cache
def recipes() -> dict[str, RecipeInfo]:
    """Heedful's own and those of installed packages, by name; a package's strategy cannot take a name of ours."""
    own = {one.name: one for one in _OWN}
    theirs = {
        point.name: RecipeInfo(
            name=point.name,
            title=point.name,
            sentence=f"Installed from {point.dist.name if point.dist else point.value}.",
            from_package=point.dist.name if point.dist else point.value,
        )
        for point in entry_points(group=ENTRY_POINTS)
    }
    return {**theirs, **own}
