"""The pool: imports, what they refused, and the samples."""

from django.db.models import Count
from django.http import HttpRequest
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of
from heedful.api.paging import Limit, Offset
from heedful.api.present import class_out
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.pool import RefusalOut, RefusalPage, SampleOut, SamplePage, SourceIn, SourceOut
from heedful.core.errors import InvalidInput, NotFound
from heedful.core.signing import media_url
from heedful.pool.models import Refusal, Sample, Source
from heedful.pool.services import add_source, store_upload
from heedful.pool.sources import allowed_path

router = Router(tags=["pool"])


@router.get(
    "/projects/{project_id}/sources",
    operation_id="listSources",
    response={200: list[SourceOut], 404: ErrorOut},
    **needs(Permission.SEE),
)
def list_sources(request: HttpRequest, project_id: int) -> list[SourceOut]:
    project = project_of(request, project_id)
    return [_source_out(source) for source in project.sources.order_by("-pk")]


@router.post(
    "/projects/{project_id}/sources",
    operation_id="importSource",
    response={201: SourceOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.IMPORT),
)
def import_source(request: HttpRequest, project_id: int, payload: SourceIn) -> Status[SourceOut]:
    """Import a folder, or a CSV or Parquet file of paths and metadata, that lies on the server."""
    project = project_of(request, project_id)
    path = allowed_path(payload.path)
    if (payload.kind == "folder") != path.is_dir():
        raise InvalidInput(f"{path} is not a {'folder' if payload.kind == 'folder' else 'file'}.", field="path")
    source = add_source(
        project=project,
        kind=Source.Kind(payload.kind),
        name=path.name,
        address=str(path),
        group_column=payload.group_column,
    )
    return Status(201, _source_out(source))


@router.post(
    "/projects/{project_id}/sources/upload",
    operation_id="uploadZip",
    response={201: SourceOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.IMPORT),
)
def upload_zip(
    request: HttpRequest, project_id: int, file: File[UploadedFile], group_column: Form[str] = ""
) -> Status[SourceOut]:
    """Import an uploaded zip of pictures; each picture's folder in it is its group if `group_column` is `folder`."""
    project = project_of(request, project_id)
    name = file.name or "upload.zip"
    address = store_upload(project=project, name=name, content=file)
    source = add_source(project=project, kind=Source.Kind.ZIP, name=name, address=address, group_column=group_column)
    return Status(201, _source_out(source))


@router.get(
    "/projects/{project_id}/sources/{source_id}/refusals",
    operation_id="listRefusals",
    response={200: RefusalPage, 404: ErrorOut},
    **needs(Permission.SEE),
)
def list_refusals(
    request: HttpRequest,
    project_id: int,
    source_id: int,
    offset: Offset = 0,
    limit: Limit = 100,
) -> RefusalPage:
    source = project_of(request, project_id).sources.filter(pk=source_id).first()
    if source is None:
        raise NotFound(f"There is no import {source_id} in this project.")
    refusals = source.refusals.order_by("row")
    return RefusalPage(
        count=refusals.count(), items=[RefusalOut.from_orm(one) for one in refusals[offset : offset + limit]]
    )


@router.get(
    "/projects/{project_id}/samples",
    operation_id="listSamples",
    response={200: SamplePage, 404: ErrorOut},
    **needs(Permission.SEE),
)
def list_samples(
    request: HttpRequest,
    project_id: int,
    name: str = "",
    label: int | None = None,
    offset: Offset = 0,
    limit: Limit = 60,
) -> SamplePage:
    """`name`: a part of it, whatever its case."""
    samples = project_of(request, project_id).samples.select_related("label__label_class").order_by("pk")
    if name:
        samples = samples.filter(name__icontains=name)
    if label is not None:
        samples = samples.filter(label__label_class_id=label)
    return SamplePage(count=samples.count(), items=[_sample_out(one) for one in samples[offset : offset + limit]])


def _sample_out(sample: Sample) -> SampleOut:
    label = getattr(sample, "label", None)
    return SampleOut(
        id=sample.pk,
        name=sample.name,
        width=sample.width,
        height=sample.height,
        role=sample.role,
        group="" if sample.group == sample.content_hash else sample.group,
        picture_url=media_url(sample.address),
        label=class_out(label.label_class) if label else None,
    )


def _source_out(source: Source) -> SourceOut:
    refused = Refusal.objects.filter(source=source).aggregate(count=Count("pk"))["count"]
    return SourceOut(
        id=source.pk,
        kind=source.kind,
        name=source.name,
        state=source.state,
        seen=source.added + source.duplicates + refused,
        added=source.added,
        duplicates=source.duplicates,
        refused=refused,
        total=source.total,
        error=source.error,
        created_at=source.created_at,
        finished_at=source.finished_at,
    )
