"""Every arm on one pool of one seed, all from the same first labels but the random one, which draws from the start."""

import time
from collections.abc import Collection, Iterator, Mapping

from benchmarks.savings.labeling import Chooser, Project, ceiling, curve
from benchmarks.savings.outcomes import OWN, TARGETS, Outcome
from benchmarks.savings.own import RANDOM_ARM, Planner, at_random, chosen_by, planners, usual_plan
from benchmarks.savings.peers.asking import METHODS, peers
from benchmarks.savings.pools import Data, Recipe, draw

AT_MOST = 400
"""Labels after which an arm is given up, if random did not get there with fewer."""
SHARE = max(share for _, _, share in TARGETS)

Arm = tuple[str, str]
"""Library and method."""


def arms() -> list[Arm]:
    """Random first: it says how far the others need to go."""
    own = [(OWN, name) for name in (RANDOM_ARM, *planners())]
    return own + [(library, method) for library, methods in METHODS.items() for method in methods]


def run(
    recipe: Recipe,
    data: Data,
    seed: int,
    wanted: Collection[Arm],
    done: Mapping[Arm, Outcome],
    extra: Mapping[str, Planner],
) -> Iterator[Outcome]:
    """The outcome of each wanted arm that is not done. extra: plans by name, beside Heedful's own."""
    missing = [arm for arm in wanted if arm not in done]
    if not missing:
        return
    pool = draw(recipe, data, seed)
    best, first = ceiling(pool), first_labels(Project(pool))

    def outcome(arm: Arm, project: Project, chooser: Chooser, at_most: int) -> Outcome:
        started = time.monotonic()
        points = curve(project, chooser, best, at_most=at_most, share=SHARE)
        shares = tuple((point.labels, *best.reached(point)) for point in points)
        return Outcome(recipe.name, seed, *arm, len(pool.labels), shares, round(time.monotonic() - started, 1))

    random = done.get((OWN, RANDOM_ARM))
    if random is None:
        random = outcome((OWN, RANDOM_ARM), Project(pool), at_random, len(pool.labels))
        yield random
    at_most = min(AT_MOST, random.points[-1][0])
    own = {**planners(), **extra}
    libraries = tuple(dict.fromkeys(library for library, _ in missing if library != OWN))
    with peers(libraries) as asked:
        for library, method in missing:
            if (library, method) != (OWN, RANDOM_ARM):
                chooser = chosen_by(own[method]) if library == OWN else asked[library].chooser(method)
                yield outcome((library, method), first.copy(), chooser, at_most)


def first_labels(project: Project) -> Project:
    """Heedful's way to begin, until a sample of each class is found."""
    chooser = chosen_by(usual_plan)
    while not project.found_all:
        project.answer(chooser(project, project.pool.recipe.batch))
    return project
