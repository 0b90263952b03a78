"""How samples are chosen: what the project asks for, what there is to choose of, and what the newest round used."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from ninja import Router

from heedful.accounts.permissions import Permission
from heedful.acquisition.models import QueryRound
from heedful.api.access import needs, project_of
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.querying import Arm, QueryingOut, QueryPlan, RecipeOut, RoundAdvice, UsedPlan, UsedShare
from heedful.projects.models import Project
from heedful.projects.recipes import RecipeInfo, recipes

router = Router(tags=["queue"])
# Standard deviations on either side of the mean, of a 95% interval.
INTERVAL = 1.96


@router.get(
    "/projects/{project_id}/query-plan",
    operation_id="getQueryPlan",
    response={200: QueryingOut, 404: ErrorOut},
    **needs(Permission.SEE),
)
def get_query_plan(request: HttpRequest, project_id: int) -> QueryingOut:
    """It is changed with the project's other settings: `query_plan` of `updateProject`."""
    project = project_of(request, project_id)
    return QueryingOut(
        plan=QueryPlan(**(project.query_plan or {})),
        recipes=[_recipe_out(one) for one in recipes().values()],
        used=_used(project),
    )


def _recipe_out(one: RecipeInfo) -> RecipeOut:
    return RecipeOut(name=one.name, title=one.title, sentence=one.sentence, from_package=one.from_package)


def _used(project: Project) -> UsedPlan | None:
    """Of the newest query round that recorded it."""
    rounds = project.rounds.filter(kind=QueryRound.Kind.QUERY, plan__asked_by__isnull=False)
    newest = rounds.order_by("number").last()
    if newest is None or newest.plan is None:
        return None
    asked_by: Mapping[str, Any] = newest.plan["asked_by"]
    slots = asked_by["slots"]
    return UsedPlan(
        round_number=newest.number,
        kind=asked_by["kind"],
        described=newest.strategy,
        shares=[UsedShare(recipe=one["slot"], title=_title(one["slot"]), share=one["share"]) for one in slots],
        control_share=round(1 - sum(one["share"] for one in slots), 4),
        left_out=[_title(name) for name in asked_by.get("left_out", [])],
        arms=[_arm(one) for one in asked_by.get("arms", [])],
        advice=RoundAdvice(**newest.plan["advice"]) if newest.plan.get("advice") else None,
    )


def _arm(one: Mapping[str, Any]) -> Arm:
    margin = INTERVAL * one["deviation"]
    return Arm(
        recipe=one["recipe"],
        title=_title(one["recipe"]),
        worth=one["mean"],
        low=one["mean"] - margin,
        high=one["mean"] + margin,
    )


def _title(name: str) -> str:
    return recipes()[name].title if name in recipes() else name
