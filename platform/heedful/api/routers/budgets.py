"""What a manager decides about money: the budget, its rules, rates, allowances, and what is owed."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of, user_of
from heedful.api.present import budget_out
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.money import (
    AllowanceIn,
    AllowanceOut,
    BudgetRulesIn,
    BudgetStateOut,
    DecisionIn,
    MovementIn,
    NewRateIn,
    OwedOut,
    RateCardOut,
)
from heedful.budgets import limits
from heedful.budgets.allowances import use_of
from heedful.budgets.charges import approve
from heedful.budgets.models import Allowance, RateCard
from heedful.budgets.rates import NewRate, current_of, rates_of
from heedful.budgets.services import lower, top_up
from heedful.core.errors import NotFound
from heedful.core.money import ZERO
from heedful.labeling.models import Annotator
from heedful.labeling.pricing import add_rate, waive
from heedful.labeling.spending import owed_answers
from heedful.projects.models import Project
from heedful.triggers.loop import request_advance

router = Router(tags=["money"])


@router.get(
    "/projects/{project_id}/budget",
    operation_id="getBudget",
    response={200: BudgetStateOut, 404: ErrorOut},
    **needs(Permission.SEE_MONEY),
)
def get_budget(request: HttpRequest, project_id: int) -> BudgetStateOut:
    return _state(project_of(request, project_id))


@router.patch(
    "/projects/{project_id}/budget",
    operation_id="changeBudgetRules",
    response={200: BudgetStateOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_MONEY),
)
def change_rules(request: HttpRequest, project_id: int, payload: BudgetRulesIn) -> BudgetStateOut:
    """What answers may cost from now on."""
    project = project_of(request, project_id)
    limits.change_rules(project_id=project.pk, **payload.model_dump(), by=user_of(request))
    return _state(project_of(request, project_id))


@router.post(
    "/projects/{project_id}/budget/top-up",
    operation_id="topUpBudget",
    response={200: BudgetStateOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_MONEY),
)
def top_up_budget(request: HttpRequest, project_id: int, payload: MovementIn) -> BudgetStateOut:
    project = project_of(request, project_id)
    top_up(project_id=project.pk, amount=payload.amount, by=user_of(request), note=payload.note)
    request_advance(project.pk)
    return _state(project_of(request, project_id))


@router.post(
    "/projects/{project_id}/budget/lower",
    operation_id="lowerBudget",
    response={200: BudgetStateOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_MONEY),
)
def lower_budget(request: HttpRequest, project_id: int, payload: MovementIn) -> BudgetStateOut:
    """Not below what is spent and reserved."""
    project = project_of(request, project_id)
    lower(project_id=project.pk, amount=payload.amount, by=user_of(request), note=payload.note)
    return _state(project_of(request, project_id))


@router.post(
    "/projects/{project_id}/budget/freeze",
    operation_id="freezeBudget",
    response={200: BudgetStateOut, 404: ErrorOut},
    **needs(Permission.CHANGE_MONEY),
)
def freeze_budget(request: HttpRequest, project_id: int) -> BudgetStateOut:
    """Reserve nothing new; what is reserved may still be charged."""
    limits.freeze(project_id=project_of(request, project_id).pk, by=user_of(request))
    return _state(project_of(request, project_id))


@router.post(
    "/projects/{project_id}/budget/unfreeze",
    operation_id="unfreezeBudget",
    response={200: BudgetStateOut, 404: ErrorOut},
    **needs(Permission.CHANGE_MONEY),
)
def unfreeze_budget(request: HttpRequest, project_id: int) -> BudgetStateOut:
    project = project_of(request, project_id)
    limits.unfreeze(project_id=project.pk, by=user_of(request))
    request_advance(project.pk)
    return _state(project_of(request, project_id))


@router.get(
    "/projects/{project_id}/rates",
    operation_id="listRates",
    response={200: list[RateCardOut], 404: ErrorOut},
    **needs(Permission.SEE_MONEY),
)
def list_rates(request: HttpRequest, project_id: int) -> list[RateCardOut]:
    """Every rate there was, is and will be, the newest first."""
    cards = rates_of(project_of(request, project_id).pk)
    current = current_of(cards)
    return [_rate_out(card, current=card in current) for card in cards]


@router.post(
    "/projects/{project_id}/rates",
    operation_id="addRate",
    response={201: RateCardOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_MONEY),
)
def post_rate(request: HttpRequest, project_id: int, payload: NewRateIn) -> Status[RateCardOut]:
    """A new rate of a tier or an annotator. What was charged before keeps its own."""
    project = project_of(request, project_id)
    new = NewRate(
        kind=payload.kind,
        amount=payload.amount,
        expected_seconds=payload.expected_seconds,
        cap_seconds=payload.cap_seconds,
        effective_from=payload.effective_from,
    )
    card = add_rate(
        project_id=project.pk,
        new=new,
        tier_id=payload.tier_id,
        annotator_id=payload.annotator_id,
        by=user_of(request),
    )
    return Status(201, _rate_out(card, current=card in current_of(rates_of(project.pk))))


@router.get(
    "/projects/{project_id}/allowances",
    operation_id="listAllowances",
    response={200: list[AllowanceOut], 404: ErrorOut},
    **needs(Permission.SEE_MONEY),
)
def list_allowances(request: HttpRequest, project_id: int) -> list[AllowanceOut]:
    """The limits beside the budget's own, each with its use."""
    allowances = project_of(request, project_id).allowances.select_related("tier", "annotator").order_by("pk")
    return [_allowance_out(allowance) for allowance in allowances]


@router.put(
    "/projects/{project_id}/allowances",
    operation_id="setAllowance",
    response={200: AllowanceOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_MONEY),
)
def put_allowance(request: HttpRequest, project_id: int, payload: AllowanceIn) -> AllowanceOut:
    """Not below what is spent and held in the present period."""
    project = project_of(request, project_id)
    if payload.annotator_id and not Annotator.objects.filter(pk=payload.annotator_id, project=project).exists():
        raise NotFound(f"There is no annotator {payload.annotator_id} in this project.")
    allowance = limits.set_allowance(
        project_id=project.pk,
        period=Allowance.Period(payload.period),
        limit=payload.limit,
        tier_id=payload.tier_id,
        annotator_id=payload.annotator_id,
        by=user_of(request),
    )
    return _allowance_out(allowance)


@router.delete(
    "/projects/{project_id}/allowances/{allowance_id}",
    operation_id="removeAllowance",
    response={204: None, 404: ErrorOut},
    **needs(Permission.CHANGE_MONEY),
)
def delete_allowance(request: HttpRequest, project_id: int, allowance_id: int) -> Status[None]:
    project = project_of(request, project_id)
    limits.remove_allowance(project_id=project.pk, allowance_id=allowance_id, by=user_of(request))
    return Status(204, None)


@router.get(
    "/projects/{project_id}/owed",
    operation_id="listOwed",
    response={200: list[OwedOut], 404: ErrorOut},
    **needs(Permission.SEE_MONEY),
)
def list_owed(request: HttpRequest, project_id: int) -> list[OwedOut]:
    """Answers that are worth more than could be charged, the latest first."""
    return [_owed_out(annotation) for annotation in owed_answers(project_of(request, project_id).pk)]


@router.post(
    "/projects/{project_id}/owed/{annotation_id}/approve",
    operation_id="approveOwed",
    response={200: BudgetStateOut, 402: ErrorOut, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.CHANGE_MONEY),
)
def approve_owed(request: HttpRequest, project_id: int, annotation_id: int, payload: DecisionIn) -> BudgetStateOut:
    """Charge what an answer is owed."""
    project = project_of(request, project_id)
    approve(project_id=project.pk, annotation_id=annotation_id, by=user_of(request), note=payload.note)
    return _state(project_of(request, project_id))


@router.post(
    "/projects/{project_id}/owed/{annotation_id}/waive",
    operation_id="waiveOwed",
    response={200: BudgetStateOut, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.CHANGE_MONEY),
)
def waive_owed(request: HttpRequest, project_id: int, annotation_id: int, payload: DecisionIn) -> BudgetStateOut:
    """Strike what an answer is owed."""
    project = project_of(request, project_id)
    waive(project_id=project.pk, annotation_id=annotation_id, by=user_of(request), note=payload.note)
    return _state(project_of(request, project_id))


def _state(project: Project) -> BudgetStateOut:
    budget = project.budget
    return BudgetStateOut(
        **budget_out(project).model_dump(),
        owed=project.ledger.total("owed"),
        overrun_share=budget.overrun_share,
        median_factor=budget.median_factor,
    )


def _rate_out(card: RateCard, *, current: bool) -> RateCardOut:
    return RateCardOut(
        id=card.pk,
        tier_id=card.tier_id,
        annotator_id=card.annotator_id,
        of=str(card.tier or card.annotator),
        kind=card.kind,
        amount=card.amount,
        expected_seconds=card.expected_seconds,
        cap_seconds=card.cap_seconds,
        expected_price=card.expected_price(),
        effective_from=card.effective_from,
        created_by=str(card.created_by) if card.created_by else None,
        current=current,
    )


def _allowance_out(allowance: Allowance) -> AllowanceOut:
    now = timezone.now()
    use = use_of(allowance, allowance.project.budget, now=now)
    return AllowanceOut(
        id=allowance.pk,
        tier_id=allowance.tier_id,
        annotator_id=allowance.annotator_id,
        of=str(allowance.tier or allowance.annotator or "project"),
        period=allowance.period,
        limit=allowance.limit,
        spent=use.spent,
        held=use.held,
        left=max(allowance.limit - use.sum, ZERO),
        since=allowance.began(now),
    )


def _owed_out(annotation: Any) -> OwedOut:
    """From an annotation of `owed_answers`, which carries the sums."""
    return OwedOut(
        annotation_id=annotation.pk,
        item_id=annotation.item_id,
        sample_id=annotation.sample_id,
        sample_name=annotation.sample.name,
        annotator=str(annotation.annotator),
        tier=annotation.tier.kind,
        answered_at=annotation.answered_at,
        lead_seconds=annotation.lead_seconds,
        paid_seconds=annotation.paid_seconds,
        cap_seconds=annotation.cap_seconds,
        timing=annotation.timing,
        paid=annotation.paid,
        owed=annotation.owed,
        because=annotation.owed_because,
    )
