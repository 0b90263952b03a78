"""Where the money went: the ledger, its sums, payroll."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date
from typing import Annotated, Any

from django.db.models import QuerySet, Sum, Window
from django.db.models.expressions import RowRange
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of
from heedful.api.paging import Limit, Offset
from heedful.api.present import budget_out
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.money import DayOut, LedgerEntryOut, LedgerPage, SpendOut
from heedful.api.spreadsheets import csv_response
from heedful.budgets.models import LedgerEntry
from heedful.labeling.payroll import PayrollLine, PayrollRow, payroll, payroll_lines
from heedful.labeling.spending import By, Day, Spend, burn_down, spend
from heedful.projects.models import Project

router = Router(tags=["money"])
FirstDay = Annotated[date, Query(alias="from")]
LastDay = Annotated[date, Query(alias="to")]


@router.get(
    "/projects/{project_id}/ledger",
    operation_id="listLedger",
    response={200: LedgerPage, 404: ErrorOut},
    **needs(Permission.SEE_MONEY),
)
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


@router.get(
    "/projects/{project_id}/ledger.csv",
    operation_id="downloadLedger",
    response={200: None, 404: ErrorOut},
    **needs(Permission.SEE_MONEY),
)
def download_ledger(request: HttpRequest, project_id: int) -> StreamingHttpResponse:
    """Every movement, oldest first."""
    project = project_of(request, project_id)
    entries = (_entry_out(entry).model_dump() for entry in _entries(project).order_by("pk").iterator())
    return csv_response(f"ledger-{project.pk}", LedgerEntryOut.model_fields, entries)


@router.get(
    "/projects/{project_id}/payroll.csv",
    operation_id="downloadPayroll",
    response={200: None, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.SEE_MONEY),
)
def download_payroll(
    request: HttpRequest, project_id: int, first_day: FirstDay, last_day: LastDay
) -> StreamingHttpResponse:
    """What each annotator gets for the days from first to last (UTC), at each of their rates."""
    project = project_of(request, project_id)
    rows = payroll(project_id=project.pk, first_day=first_day, last_day=last_day)
    return _table(f"payroll-{project.pk}-{first_day}-{last_day}", PayrollRow, rows)


@router.get(
    "/projects/{project_id}/payroll-lines.csv",
    operation_id="downloadPayrollLines",
    response={200: None, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.SEE_MONEY),
)
def download_payroll_lines(
    request: HttpRequest, project_id: int, first_day: FirstDay, last_day: LastDay
) -> StreamingHttpResponse:
    """The movements that the payroll of these days is the sum of."""
    project = project_of(request, project_id)
    lines = payroll_lines(project_id=project.pk, first_day=first_day, last_day=last_day)
    return _table(f"payroll-lines-{project.pk}-{first_day}-{last_day}", PayrollLine, lines)


@router.get(
    "/projects/{project_id}/spend",
    operation_id="listSpend",
    response={200: list[SpendOut], 404: ErrorOut},
    **needs(Permission.SEE_MONEY),
)
def list_spend(request: HttpRequest, project_id: int, by: By) -> list[Spend]:
    """What was spent, is owed and is held, in groups that add up to the ledger."""
    return spend(project_id=project_of(request, project_id).pk, by=by)


@router.get(
    "/projects/{project_id}/burn-down",
    operation_id="getBurnDown",
    response={200: list[DayOut], 404: ErrorOut},
    **needs(Permission.SEE_MONEY),
)
def get_burn_down(request: HttpRequest, project_id: int) -> list[Day]:
    """Limit, spending and reservations at the end of each day on which something moved."""
    return list(burn_down(project_of(request, project_id).pk))


def _table(name: str, row: type[PayrollRow | PayrollLine], rows: Iterable[Any]) -> StreamingHttpResponse:
    return csv_response(name, [field.name for field in fields(row)], (asdict(one) for one in rows))


def _entries(project: Project) -> QuerySet[LedgerEntry]:
    so_far = RowRange(start=None, end=0)
    return project.ledger.select_related("item__sample", "annotation", "annotator", "tier", "by").annotate(
        reserved_after=Window(Sum("held"), order_by="pk", frame=so_far),
        spent_after=Window(Sum("spent"), order_by="pk", frame=so_far),
    )


def _entry_out(entry: Any) -> LedgerEntryOut:
    """From an entry of `_entries`, which carries the sums so far."""
    item, annotation = entry.item, entry.annotation
    return LedgerEntryOut(
        id=entry.pk,
        at=entry.at,
        kind=entry.kind,
        held=entry.held,
        spent=entry.spent,
        reserved_after=entry.reserved_after,
        spent_after=entry.spent_after,
        granted=entry.granted,
        owed=entry.owed,
        tier=entry.tier.kind if entry.tier else None,
        item_id=entry.item_id,
        sample_id=item.sample_id if item else None,
        sample_name=item.sample.name if item else None,
        annotation_id=entry.annotation_id,
        annotator=str(entry.annotator) if entry.annotator else None,
        lead_seconds=annotation.lead_seconds if annotation else None,
        paid_seconds=annotation.paid_seconds if annotation else None,
        by=str(entry.by) if entry.by else None,
        note=entry.note,
    )
