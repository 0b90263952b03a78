"""What several routers share. Money is a decimal string in the project's currency; times are ISO 8601 in UTC.

Uncertain figures come as `Interval`: the value with the 95% bounds of its bootstrap.
"""

from decimal import Decimal
from typing import Annotated, Any

from django.db.models import TextChoices
from ninja import Schema
from pydantic import Field

from heedful.acquisition.models import QueryRound, QueueItem
from heedful.budgets.models import RateCard
from heedful.jobs.models import Job
from heedful.pool.models import Sample, Source
from heedful.registry.models import ModelVersion, TrainingRun

Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Money = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4)]
Share = Annotated[float, Field(ge=0, le=1)]


def _one_of(choices: type[TextChoices]) -> Any:
    """Documents the values of a field that the database already holds to them."""
    return Field(json_schema_extra={"enum": list(choices.values)})


RateKind = Annotated[str, _one_of(RateCard.Kind)]
RoundKind = Annotated[str, _one_of(QueryRound.Kind)]
RoundState = Annotated[str, _one_of(QueryRound.State)]
ItemState = Annotated[str, _one_of(QueueItem.State)]
RunKind = Annotated[str, _one_of(TrainingRun.Kind)]
RunState = Annotated[str, _one_of(TrainingRun.State)]
VersionState = Annotated[str, _one_of(ModelVersion.State)]
JobState = Annotated[str, _one_of(Job.State)]
SourceKind = Annotated[str, _one_of(Source.Kind)]
SourceState = Annotated[str, _one_of(Source.State)]
SampleRole = Annotated[str, _one_of(Sample.Role)]


class ErrorOut(Schema):
    """Every refusal: a machine code, a sentence for people, and the field it is about, if it is about one."""

    code: str
    message: str
    field: str | None = None


class Interval(Schema):
    value: float
    low: float
    high: float
