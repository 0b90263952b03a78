"""From which changed versions of the pictures deep runs learn, and what these look like."""

from django.http import HttpRequest
from ninja import Router, Status

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of, user_of
from heedful.api.schemas.augmentation import (
    AugmentationOptions,
    AugmentationOut,
    AugmentationPreviewOut,
    ChangedPictureOut,
    DrawingOut,
    PreviewRowOut,
    TransformOut,
)
from heedful.api.schemas.common import ErrorOut
from heedful.core.signing import media_url
from heedful.jobs.models import Job
from heedful.pool.models import Sample
from heedful.projects.augmentation import TRANSFORMS, augmentation_of, change_augmentation
from heedful.projects.models import Project
from heedful.registry.augmentation import preview_job, request_preview
from heedful.registry.models import AugmentationPreview

router = Router(tags=["learning"])
AUGMENTATION = "/projects/{project_id}/augmentation"


@router.get(
    AUGMENTATION,
    operation_id="getAugmentation",
    response={200: AugmentationOut, 404: ErrorOut},
    **needs(Permission.SEE),
)
def get_augmentation(request: HttpRequest, project_id: int) -> AugmentationOut:
    return _augmentation_out(project_of(request, project_id))


@router.put(
    AUGMENTATION,
    operation_id="changeAugmentation",
    response={200: AugmentationOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def put_augmentation(request: HttpRequest, project_id: int, payload: AugmentationOptions) -> AugmentationOut:
    """Deep runs learn this way from the next one on; what is not named is the default."""
    project = project_of(request, project_id)
    change_augmentation(project=project, options=payload.model_dump(), by=user_of(request))
    return _augmentation_out(project)


@router.post(
    AUGMENTATION + "/preview",
    operation_id="previewAugmentation",
    response={202: AugmentationOut, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def post_preview(request: HttpRequest, project_id: int, payload: AugmentationOptions) -> Status[AugmentationOut]:
    """Have a worker draw what these options do to a few samples; they need not be the project's yet."""
    project = project_of(request, project_id)
    request_preview(project=project, options=payload.model_dump())
    return Status(202, _augmentation_out(project))


def _augmentation_out(project: Project) -> AugmentationOut:
    preview = AugmentationPreview.objects.filter(project=project).first()
    job = preview_job(project)
    return AugmentationOut(
        options=AugmentationOptions.model_validate(augmentation_of(project)),
        transforms=[TransformOut.from_orm(one) for one in TRANSFORMS.values()],
        samples=project.samples.filter(role=Sample.Role.POOL).count(),
        drawing=DrawingOut(live=job.state != Job.State.FAILED, error=job.error) if job else None,
        preview=_preview_out(project, preview) if preview else None,
    )


def _preview_out(project: Project, preview: AugmentationPreview) -> AugmentationPreviewOut:
    rows = preview.body["rows"]
    names = dict(project.samples.filter(pk__in=[row["sample_id"] for row in rows]).values_list("pk", "name"))
    return AugmentationPreviewOut(
        options=preview.body["options"],
        rows=[
            PreviewRowOut(
                sample_id=row["sample_id"],
                sample_name=names[row["sample_id"]],
                original_url=media_url(row["original"]),
                versions=[
                    ChangedPictureOut(policy=one["policy"], url=media_url(one["address"])) for one in row["versions"]
                ],
            )
            for row in rows
            if row["sample_id"] in names
        ],
        made_at=preview.made_at,
    )
