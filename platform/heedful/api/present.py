"""Rows as the API shows them: what several routers need."""

from heedful.api.schemas.projects import BudgetOut, LabelClassOut, ProjectOut, RateOut
from heedful.budgets.services import affordable
from heedful.projects.models import LabelClass, Project


def class_out(label_class: LabelClass) -> LabelClassOut:
    return LabelClassOut(id=label_class.pk, name=label_class.name, color=label_class.color)


def budget_out(project: Project) -> BudgetOut:
    budget = project.budget
    return BudgetOut(
        currency=budget.currency,
        limit=budget.limit,
        spent=budget.spent,
        reserved=budget.reserved,
        left=budget.left,
        expected_price=project.rate.expected_price(),
        labels_left=affordable(project_id=project.pk),
    )


def project_out(project: Project) -> ProjectOut:
    rate = project.rate
    return ProjectOut(
        id=project.pk,
        name=project.name,
        problem=project.problem,
        classes=[class_out(one) for one in project.classes()],
        costs=project.cost_matrix(),
        rate=RateOut(
            kind=rate.kind,
            amount=rate.amount,
            expected_seconds=rate.expected_seconds,
            cap_seconds=rate.cap_seconds,
            expected_price=rate.expected_price(),
        ),
        budget=budget_out(project),
        backbone=project.backbone,
        round_size=project.round_size,
        gold_size=project.gold_size,
        control_share=project.control_share,
        autopilot=project.autopilot,
        simulated_experts=project.simulated_experts,
        notice=project.notice,
        created_at=project.created_at,
    )
