"""One sample with its whole history, and what people say about its label."""

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from heedful.accounts.permissions import Permission, may
from heedful.api.access import needs, project_of, user_of
from heedful.api.paging import Limit, Offset
from heedful.api.present import class_out
from heedful.api.sample import comment_out, correction_out, sample_out
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.samples import (
    CommentIn,
    CommentOut,
    CorrectionIn,
    CorrectionOut,
    DisputeOut,
    DisputePage,
    SampleDetailOut,
)
from heedful.core.errors import InvalidInput, NotFound
from heedful.core.signing import media_url
from heedful.pool.masks import mask_of, outline
from heedful.pool.models import Sample
from heedful.pool.pictures import Refused
from heedful.projects.models import LabelClass, Project
from heedful.quality.corrections import comment_on, correct, open_disputes, resolve, take_correction_back
from heedful.quality.models import Comment

router = Router(tags=["samples"])
SAMPLE = "/projects/{project_id}/samples/{sample_id}"


@router.get(SAMPLE, operation_id="getSample", response={200: SampleDetailOut, 404: ErrorOut}, **needs(Permission.SEE))
def get_sample(request: HttpRequest, project_id: int, sample_id: int) -> SampleDetailOut:
    project = project_of(request, project_id)
    sees_money = may(user_of(request), project.pk, Permission.SEE_MONEY)
    return sample_out(_sample(project, sample_id), project, sees_money=sees_money)


@router.get(
    SAMPLE + "/mask", operation_id="getSampleMask", response={200: None, 404: ErrorOut}, **needs(Permission.SEE)
)
def get_mask(request: HttpRequest, project_id: int, sample_id: int) -> HttpResponse:
    """The outline of the object, as large as the picture: a transparent PNG."""
    try:
        mask = mask_of(_sample(project_of(request, project_id), sample_id))
    except Refused as refused:
        raise NotFound(str(refused)) from refused
    if mask is None:
        raise NotFound("Nobody drew a mask of this sample.")
    return HttpResponse(outline(mask), content_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


@router.post(
    SAMPLE + "/corrections",
    operation_id="correctSample",
    response={201: CorrectionOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CORRECT_LABELS),
)
def post_correction(
    request: HttpRequest, project_id: int, sample_id: int, payload: CorrectionIn
) -> Status[CorrectionOut]:
    """Settle the label, whatever was answered; open disputes are closed by it."""
    project = project_of(request, project_id)
    sample = _sample(project, sample_id)
    label_class = LabelClass.objects.filter(pk=payload.label_class_id, project=project).first()
    if label_class is None:
        raise InvalidInput("Name a class of this project.", field="label_class_id")
    made = correct(sample=sample, label_class=label_class, by=user_of(request), comment=payload.comment)
    return Status(201, correction_out(made))


@router.delete(
    SAMPLE + "/corrections",
    operation_id="takeCorrectionBack",
    response={204: None, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.CORRECT_LABELS),
)
def delete_correction(request: HttpRequest, project_id: int, sample_id: int) -> Status[None]:
    """Let the answers decide again."""
    take_correction_back(sample=_sample(project_of(request, project_id), sample_id), by=user_of(request))
    return Status(204, None)


@router.post(
    SAMPLE + "/comments",
    operation_id="commentOnSample",
    response={201: CommentOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.COMMENT),
)
def post_comment(request: HttpRequest, project_id: int, sample_id: int, payload: CommentIn) -> Status[CommentOut]:
    """Annotators may comment on what they answered."""
    sample = _sample(project_of(request, project_id), sample_id)
    made = comment_on(sample=sample, by=user_of(request), text=payload.text, disputes=payload.disputes)
    return Status(201, comment_out(made))


@router.post(
    SAMPLE + "/comments/{comment_id}/resolve",
    operation_id="resolveDispute",
    response={200: CommentOut, 404: ErrorOut},
    **needs(Permission.CORRECT_LABELS),
)
def post_resolve(request: HttpRequest, project_id: int, sample_id: int, comment_id: int) -> CommentOut:
    """Close a dispute: the label stands."""
    sample = _sample(project_of(request, project_id), sample_id)
    return comment_out(resolve(sample=sample, comment_id=comment_id, by=user_of(request)))


@router.get(
    "/projects/{project_id}/disputes",
    operation_id="listDisputes",
    response={200: DisputePage, 404: ErrorOut},
    **needs(Permission.SEE),
)
def list_disputes(request: HttpRequest, project_id: int, offset: Offset = 0, limit: Limit = 50) -> DisputePage:
    """What waits for a manager's word, the oldest first."""
    disputes = open_disputes(project_of(request, project_id).pk).order_by("pk")
    page = disputes.select_related("by", "sample__label__label_class")[offset : offset + limit]
    return DisputePage(count=disputes.count(), items=[_dispute_out(one) for one in page])


def _sample(project: Project, sample_id: int) -> Sample:
    sample = project.samples.select_related("source").filter(pk=sample_id).first()
    if sample is None:
        raise NotFound(f"There is no sample {sample_id} in this project.")
    return sample


def _dispute_out(comment: Comment) -> DisputeOut:
    sample = comment.sample
    label = getattr(sample, "label", None)
    return DisputeOut(
        comment_id=comment.pk,
        sample_id=sample.pk,
        sample_name=sample.name,
        picture_url=media_url(sample.address),
        label=class_out(label.label_class) if label else None,
        by=str(comment.by),
        text=comment.text,
        at=comment.at,
    )
