"""Rows as the API shows them: what several routers need."""

from heedful.accounts.models import User
from heedful.accounts.permissions import permissions_of, role_in
from heedful.acquisition.models import QueueItem
from heedful.api.schemas.loop import PredictionOut
from heedful.api.schemas.projects import BudgetOut, LabelClassOut, ProjectOut, ProjectOutlineOut, RateOut
from heedful.api.schemas.querying import QueryPlan
from heedful.budgets.models import RateCard
from heedful.budgets.rates import current_rate, expert_tier
from heedful.budgets.services import affordable
from heedful.projects.models import LabelClass, Project


def class_out(label_class: LabelClass) -> LabelClassOut:
    return LabelClassOut(id=label_class.pk, name=label_class.name, color=label_class.color)


def predictions_out(item: QueueItem, project: Project) -> list[PredictionOut]:
    """Likeliest class first; empty at a cold start."""
    if item.probabilities is None:
        return []
    pairs = zip(project.classes(), item.probabilities, strict=True)
    ranked = sorted(pairs, key=lambda pair: -pair[1])
    return [PredictionOut(label_class=class_out(one), probability=p) for one, p in ranked]


def budget_out(project: Project) -> BudgetOut:
    budget = project.budget
    return BudgetOut(
        currency=budget.currency,
        limit=budget.limit,
        spent=budget.spent,
        reserved=budget.reserved,
        left=budget.left,
        frozen=budget.frozen,
        expected_price=current_rate(expert_tier(project.pk)).expected_price(),
        labels_left=affordable(project_id=project.pk),
    )


def rate_out(rate: RateCard) -> RateOut:
    return RateOut(
        kind=rate.kind,
        amount=rate.amount,
        expected_seconds=rate.expected_seconds,
        cap_seconds=rate.cap_seconds,
        expected_price=rate.expected_price(),
    )


def outline_out(project: Project, user: User) -> ProjectOutlineOut:
    """What every member sees of the project."""
    role = role_in(user, project.pk)
    return ProjectOutlineOut(
        id=project.pk,
        name=project.name,
        problem=project.problem,
        classes=[class_out(one) for one in project.classes()],
        role=role,
        permissions=[str(permission) for permission in permissions_of(user, role)],
        created_at=project.created_at,
    )


def project_out(project: Project) -> ProjectOut:
    rate = current_rate(expert_tier(project.pk))
    return ProjectOut(
        id=project.pk,
        name=project.name,
        problem=project.problem,
        classes=[class_out(one) for one in project.classes()],
        costs=project.cost_matrix(),
        rate=rate_out(rate),
        budget=budget_out(project),
        backbone=project.backbone,
        round_size=project.round_size,
        gold_size=project.gold_size,
        control_share=project.control_share,
        query_plan=QueryPlan(**(project.query_plan or {})),
        autopilot=project.autopilot,
        simulated_experts=project.simulated_experts,
        notice=project.notice,
        yearly_volume=project.yearly_volume,
        target_cost=project.target_cost,
        item_days=project.item_days,
        plan_approval=project.plan_approval,
        agreement_bar=project.agreement_bar,
        gold_answers=project.gold_answers,
        honeypot_share=project.honeypot_share,
        honeypot_bar=project.honeypot_bar,
        honeypot_minimum=project.honeypot_minimum,
        honeypot_feedback=project.honeypot_feedback,
        blind_share=project.blind_share,
        foreign_share=project.foreign_share,
        corruption_bound=project.corruption_bound,
        noise_bound=project.noise_bound,
        nonsense_bound=project.nonsense_bound,
        card_notes=project.card_notes,
        compute_price=project.compute_price,
        created_at=project.created_at,
    )
