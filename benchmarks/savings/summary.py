"""The outcomes as a table: a line for each pool and arm, of the peers the best, and what is to be said of it."""

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.report import Report, Row
from benchmarks.savings.outcomes import (
    HEADLINE,
    OWN,
    PRICE,
    TARGETS,
    Outcome,
    Target,
    best_of_peers,
    by_arm,
    dearer,
    median_money,
    savings,
)
from benchmarks.savings.own import AUTO, DEFAULT, RANDOM_ARM
from benchmarks.savings.pools import RECIPES
from benchmarks.savings.study import AT_MOST, RANDOM_DRAWS

Arms = Mapping[str, Sequence[Outcome]]
RARE_SHARE, TIMES, NEVER_UNDER = 0.03, 8.0, 2.0


def told(outcomes: Sequence[Outcome], notes: Sequence[str] = ()) -> Report:
    pools = {pool: by_arm(one for one in outcomes if one.pool == pool) for pool in _in_order(outcomes)}
    rows = [row for pool, arms in pools.items() for row in _rows(pool, arms)]
    return Report(rows=rows, notes=[*_notes(pools), *notes])


def _in_order(outcomes: Sequence[Outcome]) -> list[str]:
    return [pool for pool in RECIPES if any(one.pool == pool for one in outcomes)]


def _rows(pool: str, arms: Arms) -> Iterator[Row]:
    random = arms[RANDOM_ARM]
    own = [(name, arm) for name, arm in arms.items() if arm[0].library == OWN]
    for name, arm in [*own, *best_of_peers(arms, HEADLINE)]:
        saved = savings(arm, random, HEADLINE)
        yield {
            "pool": pool,
            "arm": name,
            **{f"$ to {target[0]}": _money(arm, target) for target in TARGETS},
            "times less": saved.median,
            "lowest": saved.low,
            "highest": saved.high,
        }


def _money(arm: Sequence[Outcome], target: Target) -> str:
    """The median over the seeds; above it, where half of the seeds or more did not get there."""
    missed = sum(one.labels_to(target) is None for one in arm)
    return f"{'>' if missed * 2 >= len(arm) else ''}{median_money(arm, target):,.0f}"


def _notes(pools: Mapping[str, Arms]) -> Iterator[str]:
    seeds = {len({one.seed for one in arms[RANDOM_ARM]}) for arms in pools.values()}
    yield (
        f"Medians over {min(seeds, default=0)} seeds, ${PRICE} a label. AP: of the average precision that all labels of"
        " the pool reach; cost: of what they save of the expected cost of deciding without a model. From then on it"
        " held for two rounds."
    )
    yield "Gold, which every arm needs alike to be calibrated and judged, is not in it but where it says so."
    yield f"An arm is given up at {AT_MOST} labels, or as many as random took; then the table says more than (>)."
    yield (
        f"times less: than random (the median of {RANDOM_DRAWS} orders) to AP 95%, the median of the seeds' ratios,"
        " with the lowest and the highest seed."
    )
    for pool, arms in pools.items():
        for name in (AUTO, DEFAULT):
            if name in arms:
                yield _verdict(pool, name, arms)


def _verdict(pool: str, name: str, arms: Arms) -> str:
    rare = RECIPES[pool].share < RARE_SHARE
    saved = savings(arms[name], arms[RANDOM_ARM], HEADLINE)
    gold = savings(arms[name], arms[RANDOM_ARM], HEADLINE, both=RECIPES[pool].gold * PRICE)
    against = [f"{other} {_against(arms[name], arm)}" for other, arm in best_of_peers(arms, HEADLINE)]
    goal = (
        f" (goal {TIMES:.0f}, none under {NEVER_UNDER:.0f}: {_met(saved.median >= TIMES and saved.low >= NEVER_UNDER)})"
    )
    return (
        f"{pool}, {name}: {saved.median:.1f} times less than random{goal if rare else ''},"
        f" {gold.median:.1f} with {RECIPES[pool].gold} labels of gold in both; money against the best of each"
        f" peer, with 95% interval: {'; '.join(against)}."
    )


def _against(arm: Sequence[Outcome], other: Sequence[Outcome]) -> str:
    ratio = dearer(arm, other, HEADLINE)
    return f"×{ratio.median:.2f} ({ratio.low:.2f}–{ratio.high:.2f})"


def _met(yes: bool) -> str:
    return "met" if yes else "not met"
