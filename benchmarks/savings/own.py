"""Heedful's own choosing, as a round does it (`workers.tasks.score`, `workers.asking`): the pool a shard at a time into
a shortlist by the plan, then the selection among the shortlist.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from benchmarks.savings.labeling import Project
from benchmarks.savings.pools import RARE
from ml.strategies.auto import ARMS, RoundOutcome, shares
from ml.strategies.candidates import Candidates
from ml.strategies.evidence import Evidence
from ml.strategies.plan import QueryPlan, cold_start_plan, default_plan, searching_plan
from ml.strategies.recipes import RANDOM, RECIPES, mixture
from ml.strategies.selection import Choice, select
from ml.strategies.shortlist import Shortlist
from ml.strategies.strategy import Need

SHARD = 4_096
CLASSES = ("common", "rare")
CONTROL_SHARE = 0.1
RANDOM_ARM, DEFAULT, AUTO = "random", "default plan", "auto"

Planner = Callable[[Project], QueryPlan]


def chosen_by(planner: Planner) -> Callable[[Project, int], list[int]]:
    """What the plan lacks is left out, as in a project; where nothing is left, the usual plan asks."""

    def choose(project: Project, size: int) -> list[int]:
        evidence = _evidence(project)
        have = _have(project, evidence)
        plan = planner(project).with_what_is_there(have) or usual_plan(project)
        if Need.ENSEMBLE in plan.uses & have:
            evidence = replace(evidence, ensemble=project.ensemble)
        choices = chosen(project, plan, evidence, size)
        project.note({slot: sum(one.slot == slot for one in choices) for slot in {one.slot for one in choices}})
        return [choice.sample_id for choice in choices]

    return choose


def chosen(project: Project, plan: QueryPlan, evidence: Evidence, size: int) -> list[Choice]:
    pool, unasked = project.pool, project.unasked
    shortlist = Shortlist(plan, size=size, evidence=evidence)
    for number, start in enumerate(range(0, len(unasked), SHARD), start=1):
        ids = unasked[start : start + SHARD]
        probabilities = project.head.probabilities(pool.embeddings[ids]) if project.head else None
        shortlist.add(ids, probabilities, project.rng(number), pool.embeddings[ids])
    kept = shortlist.ids
    candidates = Candidates(
        ids=kept,
        embeddings=pool.embeddings[kept],
        probabilities=project.head.probabilities(pool.embeddings[kept]) if project.head else None,
        labeled=project.labeled if project.rows else None,
        control_ids=shortlist.control_ids,
        eligible=shortlist.eligible,
        classes=CLASSES,
        evidence=evidence,
    )
    return select(candidates, plan, size=size, rng=project.rng())


def usual_plan(project: Project) -> QueryPlan:
    if project.head:
        return default_plan(RARE, CONTROL_SHARE)
    return searching_plan(CONTROL_SHARE) if project.rows else cold_start_plan(CONTROL_SHARE)


def by_recipes(named: Mapping[str, float], *, control_share: float = CONTROL_SHARE) -> Planner:
    plan = mixture(named, target=RARE, n_classes=len(CLASSES), control_share=control_share)
    return lambda _: plan


def auto(project: Project) -> QueryPlan:
    """The bandit's shares, from what the rounds before bought; arms that lack their evidence wait."""
    have = _have(project, _evidence(project))
    arms = [name for name in ARMS if by_recipes({name: 1.0})(project).with_what_is_there(have)]
    history = [RoundOutcome(one.spent, one.money, one.cost) for one in project.bought]
    return by_recipes({one.name: one.share for one in shares(arms, history, project.rng(stream=AUTO_STREAM))})(project)


AUTO_STREAM = 1_000_004


def at_random(draw: int) -> Callable[[Project, int], list[int]]:
    """The next of one order for all rounds. The rounds of many labels are larger: a tenth of what there is."""

    def choose(project: Project, size: int) -> list[int]:
        order = np.random.default_rng([*project.pool.rng_key, draw]).permutation(len(project.pool.labels))
        return [int(row) for row in order[len(project.rows) :][: max(size, len(project.rows) // 10)]]

    return choose


def planners() -> Mapping[str, Planner]:
    """What a project does unless told otherwise, what it learns to do, and each recipe alone, without a control."""
    alone = {name: by_recipes({name: 1.0}, control_share=0.0) for name in RECIPES if name != RANDOM}
    return {DEFAULT: usual_plan, AUTO: auto, **alone}


def _evidence(project: Project) -> Evidence:
    return Evidence(
        ids=project.asked,
        embeddings=project.labeled,
        labels=project.answers,
        said=np.array(project.said, np.int64),
        costs=project.pool.costs,
        names=[f"sample {row}" for row in project.rows],
        head=project.head,
    )


def _have(project: Project, evidence: Evidence) -> set[Need]:
    found = {
        Need.EMBEDDINGS: True,
        Need.TARGET_CLASS: True,
        Need.COSTS: True,
        Need.PROBABILITIES: project.head is not None,
        Need.HEAD: project.head is not None,
        Need.ENSEMBLE: project.head is not None,
        Need.LABELS: len(evidence.ids) > 0,
        Need.LABELS_OF_TARGET: len(evidence.of_class(RARE)) > 0,
        Need.MISTAKES: len(evidence.mistaken_for(RARE)) > 0,
    }
    return {need for need, there in found.items() if there}
