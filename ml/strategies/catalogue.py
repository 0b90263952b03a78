"""The strategies by name, each with what it needs, so that a plan can be checked and shown without running it.

Those of installed packages are found by the entry point group `heedful.strategies`; see `find`.
"""

from functools import cache
from importlib.metadata import entry_points

from ml.errors import BrokenStrategy
from ml.strategies import runs
from ml.strategies import sentences as say
from ml.strategies.strategy import Explanation, Need, Strategy

ENTRY_POINTS = "heedful.strategies"

_P, _E = Need.PROBABILITIES, Need.EMBEDDINGS
_T, _C, _L = Need.TARGET_CLASS, Need.COSTS, Need.LABELS

STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy(
            name="margin",
            paper="Scheffer, Decomain & Wrobel, 2001",
            cost="O(n c)",
            needs=frozenset({_P}),
            explanation=Explanation.CONTRASTIVE,
            score=runs.margin,
            sentence=say.two_close,
        ),
        Strategy(
            name="entropy",
            paper="Shannon, 1948; Holub, Perona & Burl, 2008",
            cost="O(n c)",
            needs=frozenset({_P}),
            explanation=Explanation.CONTRASTIVE,
            score=runs.entropy,
            sentence=say.undecided,
        ),
        Strategy(
            name="least-confidence",
            paper="Lewis & Catlett, 1994",
            cost="O(n c)",
            needs=frozenset({_P}),
            explanation=Explanation.CONTRASTIVE,
            score=runs.least_confidence,
            sentence=say.unsure,
        ),
        Strategy(
            name="expected-cost",
            paper="Chen & Lin, 2013",
            cost="O(n c^2)",
            needs=frozenset({_P, _C}),
            explanation=Explanation.TARGET_CLASS,
            score=runs.expected_cost,
            sentence=say.dear,
        ),
        Strategy(
            name="bald",
            paper="Houlsby, Huszár, Ghahramani & Lengyel, 2011",
            cost="O(members n c)",
            needs=frozenset({_P, Need.ENSEMBLE}),
            explanation=Explanation.CONTRASTIVE,
            score=runs.bald,
            sentence=say.divided,
        ),
        Strategy(
            name="class-quota",
            paper="ClaSP (class-stratified sampling), 2025",
            cost="O(n c)",
            needs=frozenset({_P, _T}),
            explanation=Explanation.CONTRASTIVE,
            score=runs.class_uncertainty,
            sentence=say.of_predicted,
        ),
        Strategy(
            name="class-threshold",
            paper="GALAXY, Zhang et al., 2022; DIRECT, Nuggehalli et al., 2025",
            cost="O(n c)",
            needs=frozenset({_P, _T, Need.HEAD, _L}),
            explanation=Explanation.TARGET_CLASS,
            score=runs.class_threshold,
            sentence=say.at_threshold,
        ),
        Strategy(
            name="rare-class",
            paper="Lewis & Gale, 1994",
            cost="O(n)",
            needs=frozenset({_P, _T}),
            explanation=Explanation.TARGET_CLASS,
            score=runs.rare_class,
            sentence=say.rare,
        ),
        Strategy(
            name="neighbours",
            paper="SEALS, Coleman et al., 2022",
            cost="O(n d labels of the class)",
            needs=frozenset({_E, _T, Need.LABELS_OF_TARGET}),
            explanation=Explanation.TARGET_CLASS,
            score=runs.neighbours,
            sentence=say.near_positive,
            betray=runs.nearest_of_target,
        ),
        Strategy(
            name="contrastive",
            paper="CAL, Margatina, Vernikos, Barrault & Aletras, 2021",
            cost="O(4096 n d)",
            needs=frozenset({_P, _E}),
            explanation=Explanation.CONTRASTIVE,
            score=runs.contrastive,
            sentence=say.unlike_its_like,
        ),
        Strategy(
            name="dropout",
            paper="DropQuery, Gupte et al., 2024",
            cost="O(n c d)",
            needs=frozenset({_P, _E, Need.HEAD}),
            explanation=Explanation.CONTRASTIVE,
            score=runs.dropout,
            sentence=say.wavering,
        ),
        Strategy(
            name="contradicted",
            paper="after Zhu & Ghahramani, 2002",
            cost="O(n d labels)",
            needs=frozenset({_P, _E, _T, _L}),
            uses=frozenset({Need.ENSEMBLE}),
            explanation=Explanation.TARGET_CLASS,
            score=runs.contradicted,
            sentence=say.contradicted,
            betray=runs.nearest_of_others,
        ),
        Strategy(
            name="look-alike",
            paper="after Shrivastava, Gupta & Girshick, 2016",
            cost="O(n d false positives)",
            needs=frozenset({_P, _E, _T, Need.MISTAKES}),
            explanation=Explanation.TARGET_CLASS,
            score=runs.look_alike,
            sentence=say.look_alike,
            betray=runs.nearest_mistake,
        ),
        Strategy(
            name="outlying",
            paper="after Attenberg, Ipeirotis & Provost, 2015",
            cost="O(n d labels)",
            needs=frozenset({_P, _E, _L}),
            explanation=Explanation.PREDICTED_CLASS,
            score=runs.outlying,
            sentence=say.never_seen,
            betray=runs.nearest_labeled,
        ),
        Strategy(
            name="uniform",
            paper="simple random sampling",
            cost="O(n)",
            needs=frozenset(),
            explanation=Explanation.PREDICTED_CLASS,
            score=runs.uniform,
            sentence=say.at_random,
        ),
        Strategy(
            name="k-center",
            paper="Sener & Savarese, 2018",
            cost="O(n d (size + labeled))",
            needs=frozenset({_E}),
            explanation=Explanation.ENERGY,
            pick=runs.k_center,
            sentence=say.far,
        ),
        Strategy(
            name="typicality",
            paper="Hacohen, Dekel & Weinshall, 2022",
            cost="O(n d clusters)",
            needs=frozenset({_E}),
            explanation=Explanation.ENERGY,
            pick=runs.typicality,
            sentence=say.most_typical,
        ),
        Strategy(
            name="probcover",
            paper="Yehuda, Dekel, Hacohen & Weinshall, 2022",
            cost="O(n d (n + labeled))",
            needs=frozenset({_E}),
            explanation=Explanation.ENERGY,
            pick=runs.probcover,
            sentence=say.covers,
        ),
        Strategy(
            name="badge",
            paper="Ash, Zhang, Krishnamurthy, Langford & Agarwal, 2020",
            cost="O(n size (c + d))",
            needs=frozenset({_P, _E}),
            explanation=Explanation.CONTRASTIVE,
            pick=runs.badge,
            sentence=say.moves,
        ),
        Strategy(
            name="clusters",
            paper="Cluster-Margin, Citovsky et al., 2021",
            cost="O(n^2) to 2,000, then O(n d size)",
            needs=frozenset({_E}),
            explanation=Explanation.ENERGY,
            pick=runs.clusters,
            sentence=say.of_its_cluster,
        ),
        Strategy(
            name="centroids",
            paper="DropQuery, Gupte et al., 2024",
            cost="O(n d size)",
            needs=frozenset({_E}),
            explanation=Explanation.ENERGY,
            pick=runs.centroids,
            sentence=say.of_its_cluster,
        ),
    )
}


@cache
def find(name: str) -> Strategy:
    """The built-in strategy, or that of an installed package. Raises BrokenStrategy."""
    if name in STRATEGIES:
        return STRATEGIES[name]
    found = [one for one in entry_points(group=ENTRY_POINTS) if one.name == name]
    if not found:
        raise BrokenStrategy(f"There is no strategy called {name}, and no installed package brings one.")
    try:
        strategy = found[0].load()
    except (ImportError, AttributeError, ValueError) as error:
        raise BrokenStrategy(f"The strategy {name} of {found[0].value} cannot be loaded: {error}") from error
    if not isinstance(strategy, Strategy) or strategy.name != name:
        raise BrokenStrategy(f"{found[0].value} must be a Strategy whose name is {name}.")
    return strategy
