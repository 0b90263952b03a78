"""Why a version is wrong, beside its report: what it had learned from that is like a sample, and labels asked again."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of, user_of
from heedful.api.present import class_out
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.errors import AskAgainIn, AskAgainOut, AskedAgainOut, KnownNeighbourOut
from heedful.api.schemas.plans import AskableTierOut
from heedful.core.errors import NotFound
from heedful.core.signing import media_url
from heedful.quality.again import ask_again, may_be_asked, offers
from heedful.registry.neighbours import nearest_known
from heedful.registry.services import champion
from heedful.registry.variants import named_version

router = Router(tags=["models"])
Most = Annotated[int, Query(), Field(ge=1, le=50)]
ASK_AGAIN = "/projects/{project_id}/ask-again"
REASON = "Asked again: models that had not learned from its label speak against it."


@router.get(
    "/projects/{project_id}/models/{number}/nearest/{sample_id}",
    operation_id="listNearest",
    response={200: list[KnownNeighbourOut], 404: ErrorOut, 409: ErrorOut, 422: ErrorOut, 503: ErrorOut},
    **needs(Permission.SEE),
)
def list_nearest(
    request: HttpRequest, project_id: int, number: int, sample_id: int, most: Most = 8
) -> list[KnownNeighbourOut]:
    """What the version had learned from that is most like any sample of the project, the nearest first."""
    project = project_of(request, project_id)
    model = named_version(project, number)
    sample = project.samples.filter(pk=sample_id).first()
    if sample is None:
        raise NotFound(f"There is no sample {sample_id} in this project.")
    return [
        KnownNeighbourOut(
            sample_id=one.sample.pk,
            sample_name=one.sample.name,
            picture_url=media_url(one.sample.address),
            width=one.sample.width,
            height=one.sample.height,
            label=class_out(one.label),
            distance=one.distance,
        )
        for one in nearest_known(model=model, sample=sample, most=most)
    ]


@router.get(
    ASK_AGAIN,
    operation_id="getAskAgain",
    response={200: AskAgainOut, 404: ErrorOut},
    **needs(Permission.SEE_MONEY),
)
def get_ask_again(request: HttpRequest, project_id: int, samples: Annotated[list[int], Query()]) -> AskAgainOut:
    """Which of these labels may be asked about again, of whom, and for how much."""
    project = project_of(request, project_id)
    found = offers(project)
    return AskAgainOut(
        currency=project.budget.currency,
        open=may_be_asked(project, samples),
        tiers=[
            AskableTierOut(id=one.tier.tier_id, kind=one.tier.kind, price=one.tier.price, people=one.tier.people)
            for one in found
        ],
        left=[one.left for one in found],
    )


@router.post(
    ASK_AGAIN,
    operation_id="askAgain",
    response={200: AskedAgainOut, 402: ErrorOut, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut},
    **needs(Permission.RUN_LOOP),
)
def post_ask_again(request: HttpRequest, project_id: int, payload: AskAgainIn) -> AskedAgainOut:
    """Have these labels answered again: their price is reserved, and they join the open round or are one of their
    own."""
    project = project_of(request, project_id)
    current = champion(project.pk)
    query_round = ask_again(
        project_id=project.pk,
        sample_ids=payload.samples,
        tier_id=payload.tier_id,
        answers=payload.answers,
        reason=REASON,
        model_number=current.number if current else None,
        by=user_of(request),
    )
    asked = len(set(payload.samples))
    offer = next(one for one in offers(project) if one.tier.tier_id == payload.tier_id)
    return AskedAgainOut(
        round_number=query_round.number,
        asked=asked,
        reserved=offer.tier.price * payload.answers * asked,
        left=offer.left,
    )
