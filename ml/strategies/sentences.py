"""What each strategy says of a sample it chose, in one sentence made of the facts that chose it."""

from dataclasses import dataclass

import numpy as np

from ml.arrays import Probabilities


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The labeled sample that tells why another was chosen. likeness: their cosine similarity, -1..1."""

    sample_id: int
    name: str
    label: int
    likeness: float


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """probabilities: (c,) of the sample, None at a cold start. size: places of its slot. score: of the strategy."""

    probabilities: Probabilities | None
    classes: tuple[str, ...]
    target: int | None
    size: int
    score: float = 0.0
    neighbour: Neighbour | None = None

    def name(self, index: int) -> str:
        return self.classes[index] if self.classes else f"class {index}"

    def likeliest(self) -> tuple[int, int]:
        """The two likeliest classes."""
        assert self.probabilities is not None
        order = np.argsort(-self.probabilities, kind="stable")
        return int(order[0]), int(order[1])

    def p(self, index: int) -> str:
        assert self.probabilities is not None
        return f"p({self.name(index)}) {self.probabilities[index]:.2f}"

    @property
    def of_target(self) -> str:
        return self.p(self.target or 0)


def at_random(facts: Facts) -> str:
    if facts.probabilities is None:
        return "Drawn at random, as a control."
    top, _ = facts.likeliest()
    return f"Drawn at random, as a control; the model says {facts.name(top)} at {facts.probabilities[top]:.2f}."


def two_close(facts: Facts) -> str:
    assert facts.probabilities is not None
    top, second = facts.likeliest()
    gap = float(facts.probabilities[top] - facts.probabilities[second])
    tells = "the model cannot tell them apart" if gap < 0.1 else "among the closest calls of the pool"
    return f"{facts.p(top)} against {facts.p(second)}: {tells}."


def undecided(facts: Facts) -> str:
    top, second = facts.likeliest()
    return f"{facts.p(top)}, {facts.p(second)}: among the {facts.size} least decided of the pool."


def unsure(facts: Facts) -> str:
    return f"{facts.p(facts.likeliest()[0])} is the most the model says: among the {facts.size} least sure of the pool."


def rare(facts: Facts) -> str:
    return (
        f"{facts.of_target}, among the {facts.size} highest of the pool: "
        "a case, or a look-alike the model should learn."
    )


def dear(facts: Facts) -> str:
    return f"{facts.of_target}: whatever is decided, a mistake is expected to cost {facts.score:.2f}."


def divided(facts: Facts) -> str:
    top, _ = facts.likeliest()
    return f"{facts.p(top)}, but models that learned from the same labels, weighed differently, disagree about it."


def of_predicted(facts: Facts) -> str:
    top, second = facts.likeliest()
    return f"{facts.p(top)}, {facts.p(second)}: among the least decided of what is predicted {facts.name(top)}."


def at_threshold(facts: Facts) -> str:
    target = facts.name(facts.target or 0)
    return f"{facts.of_target}: near the score at which the labels turn from {target} to the others."


def unlike_its_like(facts: Facts) -> str:
    return f"{facts.p(facts.likeliest()[0])}, but the model says something else of what resembles it."


def wavering(facts: Facts) -> str:
    return f"{facts.p(facts.likeliest()[0])}, but the model changes its mind when it sees part of what it looks at."


def most_typical(facts: Facts) -> str:
    return f"One of the {facts.size} most typical samples of what is not yet labeled."


def far(facts: Facts) -> str:
    return "Far from everything labeled so far."


def covers(facts: Facts) -> str:
    return f"{facts.score:.0f} samples that nothing labeled resembles look like this one."


def moves(facts: Facts) -> str:
    if facts.probabilities is None:
        return "Its label would move the model in a direction of its own."
    return f"{facts.p(facts.likeliest()[0])}: its label would move the model in a direction of its own."


def of_its_cluster(facts: Facts) -> str:
    return f"Stands for a group of its own among the candidates, one of {facts.size}."


def near_positive(facts: Facts) -> str:
    return f"Looks like {_named(facts)}."


def contradicted(facts: Facts) -> str:
    return f"{facts.of_target}, but the labels around it speak against it: the nearest other is {_named(facts)}."


def look_alike(facts: Facts) -> str:
    target = facts.name(facts.target or 0)
    return f"{facts.of_target}, and it looks like {_named(facts)}, which the model took for {target}."


def never_seen(facts: Facts) -> str:
    top, _ = facts.likeliest()
    return f"{facts.p(top)}: sure of something unlike all that is labeled; the nearest is {_named(facts)}."


def plain(name: str, facts: Facts) -> str:
    """For a strategy that says nothing itself."""
    if facts.probabilities is None:
        return f"Chosen by {name}."
    return f"Chosen by {name}; the model says {facts.p(facts.likeliest()[0])}."


def _named(facts: Facts) -> str:
    """“picture 12” (good, 93% alike)."""
    one = facts.neighbour
    if one is None:
        return "a labeled sample"
    return f"“{one.name}” ({facts.name(one.label)}, {max(one.likeness, 0):.0%} alike)"
