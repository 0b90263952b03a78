"""The ledger."""

import csv
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet, Sum, Window
from django.db.models.expressions import RowRange
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router

from heedful.api.access import project_of
from heedful.api.paging import Limit, Offset
from heedful.api.present import budget_out
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.work import LedgerEntryOut, LedgerPage
from heedful.budgets.models import LedgerEntry
from heedful.projects.models import Project

router = Router(tags=["money"])
COLUMNS = list(LedgerEntryOut.model_fields)


@router.get("/projects/{project_id}/ledger", operation_id="listLedger", response={200: LedgerPage, 404: ErrorOut})
def list_ledger(
    request: HttpRequest,
    project_id: int,
    offset: Offset = 0,
    limit: Limit = 50,
) -> LedgerPage:
    """Movements, newest first, each with the sums after it."""
    project = project_of(request, project_id)
    entries = _entries(project).order_by("-pk")
    return LedgerPage(
        count=project.ledger.count(),
        budget=budget_out(project),
        items=[_entry_out(entry) for entry in entries[offset : offset + limit]],
    )


@router.get("/projects/{project_id}/ledger.csv", operation_id="downloadLedger", response={200: None, 404: ErrorOut})
def download_ledger(request: HttpRequest, project_id: int) -> StreamingHttpResponse:
    """Every movement, oldest first."""
    project = project_of(request, project_id)
    response = StreamingHttpResponse(_csv_lines(project), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="ledger-{project.pk}.csv"'
    return response


class _Line:
    """A file that hands back what the csv module writes to it."""

    def write(self, line: str) -> str:
        return line


def _csv_lines(project: Project) -> Iterator[str]:
    writer = csv.DictWriter(_Line(), COLUMNS)
    yield writer.writeheader()
    for entry in _entries(project).order_by("pk").iterator():
        yield writer.writerow(_entry_out(entry).model_dump())


def _entries(project: Project) -> QuerySet[LedgerEntry]:
    so_far = RowRange(start=None, end=0)
    return project.ledger.select_related("item__sample", "annotation__annotator").annotate(
        reserved_after=Window(Sum("held"), order_by="pk", frame=so_far),
        spent_after=Window(Sum("spent"), order_by="pk", frame=so_far),
    )


def _entry_out(entry: Any) -> LedgerEntryOut:
    """From an entry of `_entries`, which carries the sums so far."""
    annotation = entry.annotation
    return LedgerEntryOut(
        id=entry.pk,
        at=entry.at,
        kind=entry.kind,
        held=entry.held,
        spent=entry.spent,
        reserved_after=entry.reserved_after,
        spent_after=entry.spent_after,
        sample_id=entry.item.sample_id,
        sample_name=entry.item.sample.name,
        annotator=str(annotation.annotator) if annotation else None,
        lead_seconds=annotation.lead_seconds if annotation else None,
        note=f"{entry.owed} owed beyond the limit" if entry.owed else "",
    )
