"""Weak labels: their sources, what is known of each, and how a manager makes one."""

from typing import IO, Any, cast

from django.conf import settings
from django.http import HttpRequest
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of, user_of
from heedful.api.paging import Limit, Offset
from heedful.api.present import class_out
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.quality import ShareOut
from heedful.api.schemas.weak import (
    FunctionIn,
    NewCollectorIn,
    NewFunctionIn,
    PreviewOut,
    TableLookOut,
    WeakClassOut,
    WeakJudgedOut,
    WeakLabelsOut,
    WeakRefusalOut,
    WeakRefusalPage,
    WeakSourceChangeIn,
    WeakSourceOut,
    WeakTogetherOut,
)
from heedful.core.errors import InvalidInput
from heedful.core.signing import media_url
from heedful.pool.models import WeakSource, WeakSummary
from heedful.pool.weak.collecting import add_collector
from heedful.pool.weak.collector import ClassRule, Plan
from heedful.pool.weak.functions import Preview, preview_function
from heedful.pool.weak.matching import metadata_keys
from heedful.pool.weak.sources import change_source, delete_source, put_source, run_source, source_of
from heedful.pool.weak.tables import look_into, store_table
from heedful.projects.models import LabelClass

router = Router(tags=["weak labels"])


@router.get(
    "/projects/{project_id}/weak-labels",
    operation_id="getWeakLabels",
    response={200: WeakLabelsOut, 404: ErrorOut},
    **needs(Permission.SEE),
)
def get_weak_labels(request: HttpRequest, project_id: int) -> WeakLabelsOut:
    project = project_of(request, project_id)
    classes = project.classes()
    summary = WeakSummary.objects.filter(project=project).first()
    return WeakLabelsOut(
        pool=project.samples.count(),
        classes=[class_out(one) for one in classes],
        metadata_keys=metadata_keys(project),
        functions_allowed=settings.LABELING_FUNCTIONS,
        sources=[_source_out(source, classes) for source in project.weak_sources.order_by("pk")],
        together=_together_out(summary) if summary and summary.body["samples"] else None,
    )


@router.post(
    "/projects/{project_id}/weak-labels/tables/look",
    operation_id="lookIntoWeakTable",
    response={200: TableLookOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.IMPORT),
)
def look(request: HttpRequest, project_id: int, file: File[UploadedFile]) -> TableLookOut:
    """What a table holds, for choosing its columns; it is not kept."""
    project_of(request, project_id)
    found = look_into(name=file.name or "", content=_content(file))
    return TableLookOut(
        columns=found.columns,
        key=found.guess.key,
        label=found.guess.label,
        confidence=found.guess.confidence,
        rows=[dict(row) for row in found.rows],
    )


@router.post(
    "/projects/{project_id}/weak-labels/tables",
    operation_id="importWeakTable",
    response={201: WeakSourceOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.IMPORT),
)
def import_table(
    request: HttpRequest,
    project_id: int,
    file: File[UploadedFile],
    name: Form[str],
    key: Form[str],
    label: Form[str],
    claimed_accuracy: Form[float] = 0.8,
    confidence: Form[str] = "",
    metadata_key: Form[str] = "",
) -> Status[WeakSourceOut]:
    """Labels from a CSV or Parquet table, its rows keyed by sample name, content hash or id. With `metadata_key` it is
    a join: they are keyed by what the samples' metadata says there. The same name again replaces the table."""
    project = project_of(request, project_id)
    found = look_into(name=file.name or "", content=_content(file))
    for field, column in (("key", key), ("label", label), ("confidence", confidence)):
        if column not in found.columns and (column or field != "confidence"):
            raise InvalidInput(f"The table has no column “{column}”; it has {', '.join(found.columns)}.", field=field)
    _content(file).seek(0)
    address = store_table(project=project, name=file.name or "", content=_content(file))
    how = {"address": address, "file": file.name, "key": key, "label": label, "confidence": confidence}
    source = put_source(
        project=project,
        kind=WeakSource.Kind.JOIN if metadata_key else WeakSource.Kind.TABLE,
        name=name.strip(),
        claimed_accuracy=claimed_accuracy,
        how={**how, "metadata_key": metadata_key},
        by=user_of(request),
    )
    return Status(201, _source_out(source, project.classes()))


@router.post(
    "/projects/{project_id}/weak-labels/functions/preview",
    operation_id="previewLabelingFunction",
    response={200: list[PreviewOut], 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def preview(request: HttpRequest, project_id: int, payload: FunctionIn) -> list[PreviewOut]:
    """What a labeling function would say of 20 samples. The code runs on this server, without a sandbox."""
    return [_preview_out(one) for one in preview_function(project_of(request, project_id), payload.code)]


@router.post(
    "/projects/{project_id}/weak-labels/functions",
    operation_id="saveLabelingFunction",
    response={201: WeakSourceOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def save_function(request: HttpRequest, project_id: int, payload: NewFunctionIn) -> Status[WeakSourceOut]:
    """Python that defines `label(sample)`, which returns a class's name or None; the same name again replaces it. It
    runs on this server, without a sandbox."""
    project = project_of(request, project_id)
    source = put_source(
        project=project,
        kind=WeakSource.Kind.FUNCTION,
        name=payload.name.strip(),
        claimed_accuracy=payload.claimed_accuracy,
        how={"code": payload.code},
        by=user_of(request),
    )
    return Status(201, _source_out(source, project.classes()))


@router.post(
    "/projects/{project_id}/weak-labels/collectors",
    operation_id="startCollector",
    response={201: WeakSourceOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.IMPORT),
)
def start_collector(request: HttpRequest, project_id: int, payload: NewCollectorIn) -> Status[WeakSourceOut]:
    """Collect pictures from the named pages, and weak labels from what the pages say of them. robots.txt is obeyed."""
    project = project_of(request, project_id)
    source = add_collector(
        project=project,
        name=payload.name.strip(),
        claimed_accuracy=payload.claimed_accuracy,
        plan=Plan(
            [page.strip() for page in payload.pages if page.strip()], payload.picture.strip(), payload.label.strip()
        ),
        rules=[ClassRule(one.pattern, one.class_name) for one in payload.rules],
        by=user_of(request),
    )
    return Status(201, _source_out(source, project.classes()))


@router.patch(
    "/projects/{project_id}/weak-labels/{source_id}",
    operation_id="changeWeakSource",
    response={200: WeakSourceOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.IMPORT),
)
def patch_source(request: HttpRequest, project_id: int, source_id: int, payload: WeakSourceChangeIn) -> WeakSourceOut:
    project = project_of(request, project_id)
    source = change_source(project=project, source_id=source_id, by=user_of(request), **payload.dict())
    return _source_out(source, project.classes())


@router.post(
    "/projects/{project_id}/weak-labels/{source_id}/run",
    operation_id="runWeakSource",
    response={200: WeakSourceOut, 404: ErrorOut},
    **needs(Permission.IMPORT),
)
def run(request: HttpRequest, project_id: int, source_id: int) -> WeakSourceOut:
    """Run it over the pool again."""
    project = project_of(request, project_id)
    run_source(source_of(project, source_id))
    return _source_out(source_of(project, source_id), project.classes())


@router.delete(
    "/projects/{project_id}/weak-labels/{source_id}",
    operation_id="deleteWeakSource",
    response={204: None, 404: ErrorOut},
    **needs(Permission.IMPORT),
)
def delete(request: HttpRequest, project_id: int, source_id: int) -> Status[None]:
    delete_source(project=project_of(request, project_id), source_id=source_id, by=user_of(request))
    return Status(204, None)


@router.get(
    "/projects/{project_id}/weak-labels/{source_id}/refusals",
    operation_id="listWeakRefusals",
    response={200: WeakRefusalPage, 404: ErrorOut},
    **needs(Permission.SEE),
)
def list_refusals(
    request: HttpRequest, project_id: int, source_id: int, offset: Offset = 0, limit: Limit = 100
) -> WeakRefusalPage:
    """The first thousand; `count` counts all."""
    source = source_of(project_of(request, project_id), source_id)
    refusals = source.refusals.order_by("row")
    return WeakRefusalPage(
        count=source.refused,
        kept=refusals.count(),
        items=[WeakRefusalOut.from_orm(one) for one in refusals[offset : offset + limit]],
    )


def _content(file: UploadedFile) -> IO[bytes]:
    return cast(IO[bytes], file.file)


def _source_out(source: WeakSource, classes: list[LabelClass]) -> WeakSourceOut:
    return WeakSourceOut(
        id=source.pk,
        kind=source.kind,
        name=source.name,
        claimed_accuracy=source.claimed_accuracy,
        enabled=source.enabled,
        state=source.state,
        error=source.error,
        labeled=source.labeled,
        refused=source.refused,
        settings={key: value for key, value in source.settings.items() if key != "address"},
        judged=_judged_out(source.judged, classes) if source.judged else None,
        created_at=source.created_at,
        finished_at=source.finished_at,
    )


def _judged_out(judged: dict[str, Any], classes: list[LabelClass]) -> WeakJudgedOut:
    of_classes = zip(classes, judged["named"], judged["of_classes"], judged["class_estimates"], strict=False)
    return WeakJudgedOut(
        right=ShareOut.model_validate(judged["over_all"]),
        classes=[
            WeakClassOut(label_class=class_out(one), named=named, right=right, estimate=estimate)
            for one, named, right, estimate in of_classes
        ],
        **{key: judged[key] for key in ("estimate", "chance", "contradicts", "counts", "shared", "conflicting")},
    )


def _together_out(summary: WeakSummary) -> WeakTogetherOut:
    keys = ("samples", "conflicting", "sources", "expected")
    return WeakTogetherOut(made_at=summary.made_at, **{key: summary.body[key] for key in keys})


def _preview_out(one: Preview) -> PreviewOut:
    label = getattr(one.sample, "label", None)
    return PreviewOut(
        id=one.sample.pk,
        name=one.sample.name,
        picture_url=media_url(one.sample.address),
        label=class_out(label.label_class) if label else None,
        said=one.class_name,
        refusal=one.refusal,
    )
