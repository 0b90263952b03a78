"""What was found out about a version by looking into it."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema

from heedful.api.schemas.common import _in_place
from heedful.registry.models import ModelReport

ReportKind = Annotated[ModelReport.Kind, _in_place(ModelReport.Kind)]


class ReportOut(Schema):
    """`body`: None until it was found out; in the form that the task of its kind describes. `outdated`: labels have
    changed since. `live`: it is being found out, `done` of `total`. `error`: why it could not be, the last time."""

    model_number: int
    kind: ReportKind
    subject: str
    body: dict[str, Any] | None
    made_at: datetime | None
    outdated: bool
    live: bool
    done: int
    total: int
    unit: str
    error: str
