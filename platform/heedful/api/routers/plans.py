"""The plan of a round: who answers what, and its price, shown and changed before the money is reserved."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from heedful.accounts.permissions import Permission
from heedful.acquisition.models import ASK_AGAIN, QueryRound, QueueItem
from heedful.acquisition.plans import approve_plan, change_planned, drop_planned, planned_tiers
from heedful.api.access import needs, project_of, user_of
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.plans import (
    AskableTierOut,
    PlannedItemIn,
    PlannedItemOut,
    PlannedTierOut,
    PlanOut,
    RerankingOut,
)
from heedful.budgets.rates import askable_tiers
from heedful.core.errors import NotFound
from heedful.core.money import ZERO, rounded
from heedful.core.signing import media_url
from heedful.projects.models import Project
from heedful.triggers.loop import request_advance

router = Router(tags=["queue"])
PLAN = "/projects/{project_id}/plan"


@router.get(PLAN, operation_id="getPlan", response={200: PlanOut, 404: ErrorOut}, **needs(Permission.SEE_MONEY))
def get_plan(request: HttpRequest, project_id: int) -> PlanOut:
    """Of the newest round, planned or already asked."""
    return _plan_out(project_of(request, project_id))


@router.post(
    PLAN + "/approve",
    operation_id="approvePlan",
    response={200: PlanOut, 402: ErrorOut, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.CHANGE_MONEY),
)
def post_approval(request: HttpRequest, project_id: int) -> PlanOut:
    """Reserve the money of the planned round and have it sent."""
    project = project_of(request, project_id)
    approve_plan(project_id=project.pk, by=user_of(request))
    request_advance(project.pk)
    return _plan_out(project)


@router.patch(
    PLAN + "/items/{item_id}",
    operation_id="changePlannedItem",
    response={200: PlanOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_MONEY),
)
def patch_planned(request: HttpRequest, project_id: int, item_id: int, payload: PlannedItemIn) -> PlanOut:
    """Give a planned item to another tier, or to more or fewer people."""
    project = project_of(request, project_id)
    change_planned(
        project_id=project.pk,
        item_id=item_id,
        tier_id=payload.tier_id,
        answers=payload.answers,
        by=user_of(request),
    )
    return _plan_out(project)


@router.delete(
    PLAN + "/items/{item_id}",
    operation_id="dropPlannedItem",
    response={204: None, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.CHANGE_MONEY),
)
def delete_planned(request: HttpRequest, project_id: int, item_id: int) -> Status[None]:
    """Do not ask about this sample in this round."""
    drop_planned(project_id=project_of(request, project_id).pk, item_id=item_id, by=user_of(request))
    return Status(204, None)


def _plan_out(project: Project) -> PlanOut:
    newest: QueryRound | None = project.rounds.order_by("number").last()
    if newest is None:
        raise NotFound("There is no round yet. The first plan appears when the pool is ready.")
    items = list(newest.items.select_related("tier", "sample").order_by("rank"))
    outlook: dict[str, Any] = newest.plan or {}
    return PlanOut(
        round_number=newest.number,
        kind=newest.kind,
        state=newest.state,
        opened_at=newest.opened_at,
        price=sum((item.price * item.answers_wanted for item in items), ZERO),
        expected_price=_amount(outlook, "expected_price"),
        risk_before=_amount(outlook, "risk_before"),
        risk_after=_amount(outlook, "risk_after"),
        leverage=outlook.get("leverage"),
        honeypots=sum(item.honeypot for item in items),
        blind=sum(item.blind for item in items),
        asked_again=sum(item.strategy == ASK_AGAIN for item in items),
        rerankings=[
            RerankingOut(
                model_number=one.model_number,
                at=one.at,
                refreshed=one.refreshed,
                outbid=one.outbid,
                released=one.released,
            )
            for one in newest.rerankings.order_by("pk")
        ],
        tiers=[
            PlannedTierOut(tier=one.tier, samples=one.samples, answers=one.answers, price=one.price)
            for one in planned_tiers(items)
        ],
        askable=[
            AskableTierOut(id=one.tier_id, kind=one.kind, price=one.price, people=one.people)
            for one in askable_tiers(project.pk)
        ],
        items=[_item_out(item) for item in items],
    )


def _amount(outlook: dict[str, Any], name: str) -> Decimal | None:
    return rounded(Decimal(str(outlook[name]))) if name in outlook else None


def _item_out(item: QueueItem) -> PlannedItemOut:
    return PlannedItemOut(
        id=item.pk,
        rank=item.rank,
        sample_id=item.sample_id,
        sample_name=item.sample.name,
        picture_url=media_url(item.sample.address),
        strategy=item.strategy,
        reason=item.reason,
        tier_id=item.tier_id,
        tier=item.tier.kind,
        answers=item.answers_wanted,
        price=item.price,
        honeypot=item.honeypot,
        blind=item.blind,
    )
