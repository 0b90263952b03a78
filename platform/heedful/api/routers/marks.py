"""Samples that people put first or exclude, and those that the champion found foreign."""

from django.http import HttpRequest
from ninja import Router

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of, user_of
from heedful.api.paging import Limit, Offset
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.marks import MarksIn, MarksOut, SetAsideOut
from heedful.budgets.rates import askable_tiers
from heedful.core.signing import media_url
from heedful.pool.marks import as_before, exclude, set_aside, waiting_first, want_first
from heedful.pool.models import SetAside
from heedful.projects.models import Project

router = Router(tags=["pool"])
MARKS = "/projects/{project_id}/marks"


@router.get(MARKS, operation_id="getMarks", response={200: MarksOut, 404: ErrorOut}, **needs(Permission.SEE))
def get_marks(request: HttpRequest, project_id: int, offset: Offset = 0, limit: Limit = 50) -> MarksOut:
    return _marks_out(project_of(request, project_id), offset, limit)


@router.post(
    MARKS,
    operation_id="markSamples",
    response={200: MarksOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.RUN_LOOP),
)
def post_marks(request: HttpRequest, project_id: int, payload: MarksIn) -> MarksOut:
    """Put samples first, exclude them, or take either back."""
    project, by = project_of(request, project_id), user_of(request)
    if payload.mark == "first":
        reason = payload.reason.strip() or f"Put first by {by}."
        want_first(project=project, sample_ids=payload.samples, reason=reason, by=by)
    elif payload.mark == "exclude":
        exclude(project=project, sample_ids=payload.samples, by=by)
    else:
        as_before(project=project, sample_ids=payload.samples, by=by)
    return _marks_out(project, 0, 50)


def _marks_out(project: Project, offset: int, limit: int) -> MarksOut:
    first, aside = waiting_first(project.pk).count(), set_aside(project.pk)
    tiers = askable_tiers(project.pk)
    return MarksOut(
        first=first,
        price=tiers[0].price * first if tiers else None,
        currency=project.budget.currency,
        set_aside=aside.count(),
        foreign=aside.filter(why=SetAside.Why.FOREIGN).count(),
        items=[
            SetAsideOut(
                sample_id=one.sample_id,
                sample_name=one.sample.name,
                picture_url=media_url(one.sample.address),
                why=one.get_why_display(),
                score=one.score,
                threshold=one.threshold,
                model_number=one.model_number,
            )
            for one in aside[offset : offset + limit]
        ],
    )
