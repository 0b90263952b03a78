"""An arm's project, set up as a manager would."""

from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from heedful.accounts.models import User
from heedful.budgets.limits import set_allowance
from heedful.budgets.models import Allowance
from heedful.budgets.rates import NewRate
from heedful.budgets.services import NewBudget
from heedful.demo.cells import DEFECTIVE, GOOD
from heedful.demo.project import FALSE_ALARM, MISSED_DEFECT
from heedful.labeling.pricing import add_rate
from heedful.projects.models import Project, Tier
from heedful.projects.services import NewProject, change_project, set_tier
from heedful.quality.corrections import correct
from heedful.quality.services import assign_gold
from heedful.triggers.setup import set_up_project
from ml.strategies.gold import draw_gold
from workers.simulation.outcome import Arm, Terms
from workers.simulation.people import hire

BACKBONE = "efficientnet-lite0"


def set_up(arm: Arm, terms: Terms, owner: User) -> Project:
    """Classes and costs of the demo; only the tiers that the arm asks have people and may spend."""
    stated = {tier.kind: tier for tier in terms.tiers}
    experts = stated[Tier.Kind.EXPERT]
    project = set_up_project(
        new=NewProject(
            name=f"{arm.name}, seed {terms.seed}",
            problem=Project.Problem.IMAGE_CLASSIFICATION,
            backbone=BACKBONE,
            classes=[(GOOD, "#2f9e7a"), (DEFECTIVE, "#d9480f")],
            costs=[[Decimal(0), FALSE_ALARM], [MISSED_DEFECT, Decimal(0)]],
            round_size=arm.round_size,
            gold_size=terms.gold,
            control_share=0.0,
            seed=terms.seed,
        ),
        budget=NewBudget(currency="USD", limit=terms.budget, rate_kind="per_label", rate_amount=experts.price),
        owner=owner,
        labels_to_train=max(arm.round_size // 2, 1),
    )
    # They measure people and heatmaps, which is not what this is about.
    change_project(project=project, changes={"honeypot_share": 0.0, "blind_share": 0.0}, by=owner)
    for kind, tier in stated.items():
        row = set_tier(project_id=project.pk, kind=Tier.Kind(kind), claimed_accuracy=tier.accuracy, by=owner)
        if kind in arm.people:
            if kind != Tier.Kind.EXPERT:
                add_rate(project_id=project.pk, tier_id=row.pk, new=NewRate(kind="per_label", amount=tier.price))
            hire(project, row, arm.people[kind])
        elif kind == Tier.Kind.EXPERT:
            # Every project has experts, with a rate: here they may spend nothing.
            set_allowance(project_id=project.pk, period=Allowance.Period.TOTAL, limit=Decimal(0), tier_id=row.pk)
    return project


def give_gold(project: Project, terms: Terms, truth: Mapping[str, bool], owner: User) -> None:
    """Gold drawn as ever, and settled by a manager who knows the truth: it is paid for by nobody."""
    rows = list(project.samples.candidates().order_by("pk").values_list("pk", "group"))
    drawn = draw_gold(np.array([group for _, group in rows]), terms.gold, np.random.default_rng(terms.seed)).rows
    assign_gold(project_id=project.pk, sample_ids=[rows[place][0] for place in drawn.tolist()])
    classes = {one.name: one for one in project.classes()}
    for sample in project.samples.gold().order_by("pk"):
        correct(sample=sample, label_class=classes[DEFECTIVE if truth[sample.name] else GOOD], by=owner)
