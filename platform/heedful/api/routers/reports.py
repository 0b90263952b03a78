"""Looking into a version: why it is wrong, what it looks at, what it gained, what fools it, what of that to trust."""

from django.http import HttpRequest
from ninja import Router, Status

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.reports import ReportKind, ReportOut
from heedful.core.errors import InvalidInput
from heedful.projects.models import Project
from heedful.registry.models import ModelReport, ModelVersion
from heedful.registry.reports import request_report, signed, standing
from heedful.registry.variants import named_version

router = Router(tags=["models"])
REPORTS = "/projects/{project_id}/models/{number}/reports"


@router.get(
    REPORTS,
    operation_id="listReports",
    response={200: list[ReportOut], 404: ErrorOut},
    **needs(Permission.SEE),
)
def list_reports(request: HttpRequest, project_id: int, number: int) -> list[ReportOut]:
    """All that was found out about the version so far."""
    model = named_version(project_of(request, project_id), number)
    return [_report_out(model, one.kind, one.subject) for one in model.reports.order_by("kind", "subject")]


@router.get(
    REPORTS + "/{kind}",
    operation_id="getReport",
    response={200: ReportOut, 404: ErrorOut},
    **needs(Permission.SEE),
)
def get_report(request: HttpRequest, project_id: int, number: int, kind: ReportKind, subject: str = "") -> ReportOut:
    """subject: the number of another version for a comparison, the name of a method for its trust."""
    return _report_out(named_version(project_of(request, project_id), number), kind, subject)


@router.post(
    REPORTS + "/{kind}",
    operation_id="requestReport",
    response={202: ReportOut, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut},
    **needs(Permission.RUN_LOOP),
)
def post_report(
    request: HttpRequest, project_id: int, number: int, kind: ReportKind, subject: str = ""
) -> Status[ReportOut]:
    """Have it found out, or found out again, by a worker."""
    project = project_of(request, project_id)
    model = named_version(project, number)
    _check_subject(project, model, kind, subject)
    request_report(model=model, kind=kind, subject=subject)
    return Status(202, _report_out(model, kind, subject))


def _check_subject(project: Project, model: ModelVersion, kind: str, subject: str) -> None:
    if kind == ModelReport.Kind.COMPARISON:
        if not subject.isdecimal() or int(subject) == model.number:
            raise InvalidInput("Name another version to compare with.", field="subject")
        named_version(project, int(subject))
    elif kind == ModelReport.Kind.TRUST and not subject:
        raise InvalidInput("Name a method.", field="subject")


def _report_out(model: ModelVersion, kind: str, subject: str) -> ReportOut:
    now = standing(model, kind, subject)
    return ReportOut(
        model_number=model.number,
        kind=ModelReport.Kind(kind),
        subject=subject,
        body=signed(now.report.body) if now.report else None,
        made_at=now.report.made_at if now.report else None,
        outdated=now.outdated,
        live=now.live,
        done=now.job.done if now.job and now.live else 0,
        total=now.job.total if now.job and now.live else 0,
        unit=now.job.unit if now.job and now.live else "",
        error=now.error,
    )
