"""How large the next round had better be, by what this one knows: how alike its samples are, and how long the work
takes."""

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
from django.db.models import Avg

from heedful.acquisition.models import QueryRound
from heedful.budgets.models import LedgerEntry
from heedful.budgets.rates import askable_tiers, current_rate
from heedful.projects.models import Project
from heedful.registry.models import TrainingRun
from heedful.triggers.costs import expected_cost
from ml.strategies.candidates import Candidates
from ml.strategies.plan import QueryPlan
from ml.strategies.round_size import advise, redundancy
from ml.strategies.selection import select

# Sizes are looked at up to so many times that of the round, and so many samples.
TIMES, MOST = 4, 400
# A stream of chance of its own.
ADVICE = 1_000_006


def advice_on_size(query_round: QueryRound, candidates: Candidates, plan: QueryPlan) -> Mapping[str, object] | None:
    """None while no run has shown how long training takes."""
    project = query_round.project
    training = expected_cost(project, TrainingRun.Kind.QUICK).seconds
    if training is None or candidates.embeddings is None:
        return None
    rng = np.random.default_rng([project.seed, query_round.number, ADVICE])
    choices = select(candidates, plan, size=min(query_round.size * TIMES, MOST), rng=rng)
    if not choices:
        return None
    told_twice = redundancy(candidates.embeddings[[choice.row for choice in choices]])
    experts = askable_tiers(project.pk)[0]
    advice = advise(
        told_twice,
        training_seconds=training,
        answer_seconds=_answer_seconds(project, experts.tier_id),
        people=experts.people,
    )
    return {key: value for key, value in asdict(advice).items() if key in ("size", "redundancy", "sentence")}


def _answer_seconds(project: Project, tier_id: int) -> float:
    """As measured of that tier; before any answer, as its rate expects."""
    charged = project.ledger.filter(kind=LedgerEntry.Kind.CHARGE, tier_id=tier_id, measured_ms__gt=0)
    measured = charged.aggregate(mean=Avg("measured_ms"))["mean"]
    return float(measured) / 1000 if measured else max(current_rate(tier_id).expected_seconds, 1.0)
