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
RANDOM_DRAWS = 3
"""Orders in which random labels a pool: with a handful of the rare class, when it gets there is luck."""
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
    done: Collection[Outcome],
    extra: Mapping[str, Planner],
) -> Iterator[Outcome]:
    """The outcome of each wanted arm that is not done. extra: plans by name, beside Heedful's own."""
    random = [one for one in done if one.method == RANDOM_ARM]
    finished = {(one.library, one.method) for one in done}
    missing = [arm for arm in wanted if arm not in finished and arm != (OWN, RANDOM_ARM)]
    if not missing and len(random) == RANDOM_DRAWS:
        return
    pool = draw(recipe, data, seed)
    best, first = ceiling(pool), first_labels(Project(pool))

    def outcome(arm: Arm, project: Project, chooser: Chooser, at_most: int, order: int = 0) -> Outcome:
        started = time.monotonic()
        points = curve(project, chooser, best, at_most=at_most, share=SHARE)
        shares = tuple((point.labels, *best.reached(point)) for point in points)
        return Outcome(recipe.name, seed, *arm, len(pool.labels), shares, round(time.monotonic() - started, 1), order)

    for order in range(len(random), RANDOM_DRAWS):
        random.append(outcome((OWN, RANDOM_ARM), Project(pool), at_random(order), len(pool.labels), order))
        yield random[-1]
    at_most = min(AT_MOST, max(one.points[-1][0] for one in random))
    own = {**planners(), **extra}
    libraries = tuple(dict.fromkeys(library for library, _ in missing if library != OWN))
    with peers(libraries) as asked:
        for library, method in missing:
            chooser = chosen_by(own[method]) if library == OWN else asked[library].chooser(method)
            yield outcome((library, method), first.copy(), chooser, at_most)


def first_labels(project: Project) -> Project:
    """Heedful's way to begin, until a sample of each class is found."""
    chooser = chosen_by(usual_plan)
    while not project.found_all:
        project.answer(chooser(project, project.pool.recipe.batch))
    return project
