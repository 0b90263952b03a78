"""What several routers share. Money is a decimal string in the project's currency; times are ISO 8601 in UTC.

Uncertain figures come as `Interval`: the value with the 95% bounds of its bootstrap.
"""

from decimal import Decimal
from typing import Annotated, Any

from django.db.models import TextChoices
from ninja import Schema
from pydantic import Field, WithJsonSchema

from heedful.accounts.models import AuditEntry, Membership
from heedful.accounts.permissions import Permission
from heedful.acquisition.models import QueryRound, QueueItem
from heedful.budgets.models import Allowance, RateCard
from heedful.jobs.models import Job
from heedful.labeling.models import Annotation, Annotator
from heedful.notifications.models import Delivery, Notification
from heedful.pool.models import Sample, Source, WeakSource
from heedful.projects.models import Tier
from heedful.registry.models import ModelVersion, TrainingRun
from heedful.triggers.models import RetrainRule

Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Money = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4)]
Share = Annotated[float, Field(ge=0, le=1)]


def _one_of(choices: type[TextChoices]) -> Any:
    """Documents the values of a field that the database already holds to them."""
    return Field(json_schema_extra={"enum": list(choices.values)})


def _in_place(choices: type[TextChoices]) -> Any:
    """Documents an input's values where it is used: by reference, `Job.State` and `Delivery.State` would be one."""
    return WithJsonSchema({"type": "string", "enum": list(choices.values)})


Role = Annotated[str, _one_of(Membership.Role)]
PermissionName = Annotated[str, Field(json_schema_extra={"enum": list(Permission)})]
AuditAction = Annotated[str, _one_of(AuditEntry.Action)]
TierKind = Annotated[str, _one_of(Tier.Kind)]
AnnotatorState = Annotated[str, _one_of(Annotator.State)]
AllowancePeriod = Annotated[str, _one_of(Allowance.Period)]
RateKind = Annotated[str, _one_of(RateCard.Kind)]
RoundKind = Annotated[str, _one_of(QueryRound.Kind)]
RoundState = Annotated[str, _one_of(QueryRound.State)]
Timing = Annotated[str, _one_of(Annotation.Timing)]
ItemState = Annotated[str, _one_of(QueueItem.State)]
RunKind = Annotated[str, _one_of(TrainingRun.Kind)]
RunState = Annotated[str, _one_of(TrainingRun.State)]
RuleKindName = Annotated[str, _one_of(RetrainRule.Kind)]
VersionState = Annotated[str, _one_of(ModelVersion.State)]
JobState = Annotated[str, _one_of(Job.State)]
NotificationKind = Annotated[str, _one_of(Notification.Kind)]
DeliveryState = Annotated[str, _one_of(Delivery.State)]
SourceKind = Annotated[str, _one_of(Source.Kind)]
SourceState = Annotated[str, _one_of(Source.State)]
WeakKind = Annotated[str, _one_of(WeakSource.Kind)]
SampleRole = Annotated[str, _one_of(Sample.Role)]

ActionFilter = Annotated[AuditEntry.Action, _in_place(AuditEntry.Action)]
DeliveryFilter = Annotated[Delivery.State, _in_place(Delivery.State)]
JobFilter = Annotated[Job.State, _in_place(Job.State)]
KindFilter = Annotated[Notification.Kind, _in_place(Notification.Kind)]
KindOfTier = Annotated[Tier.Kind, _in_place(Tier.Kind)]


class ErrorOut(Schema):
    """Every refusal: a machine code, a sentence for people, and the field it is about, if it is about one."""

    code: str
    message: str
    field: str | None = None


class Interval(Schema):
    value: float
    low: float
    high: float
