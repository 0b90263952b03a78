"""Why a sample was chosen, in one sentence made of the facts that chose it."""

from ml.arrays import Probabilities
from ml.errors import BrokenStrategy
from ml.strategies.catalogue import find
from ml.strategies.sentences import Facts, Neighbour, plain


def reason(
    strategy: str,
    *,
    probabilities: Probabilities | None,
    classes: tuple[str, ...],
    target: int | None,
    size: int,
    score: float = 0.0,
    neighbour: Neighbour | None = None,
) -> str:
    """strategy: the first of the slot. probabilities: (c,) of this sample. size: places of its slot."""
    facts = Facts(probabilities, classes, target, size, score, neighbour)
    sentence = find(strategy).sentence
    return sentence(facts) if sentence else plain(strategy, facts)


def names_another(strategy: str) -> bool:
    """Whether its reason names a labeled sample."""
    try:
        return find(strategy).betray is not None
    except BrokenStrategy:
        return False
