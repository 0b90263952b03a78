"""What the API takes and gives. Money is a decimal string in the project's currency; times are ISO 8601 in UTC.

Uncertain figures come as `Interval`: the value with the 95% bounds of its bootstrap.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

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


# --- people


class LoginIn(Schema):
    email: str
    password: str


class UserOut(Schema):
    id: int
    email: str
    name: str


class TokenIn(Schema):
    name: Annotated[str, Field(min_length=1, max_length=80)]


class TokenOut(Schema):
    id: int
    name: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None


class NewTokenOut(TokenOut):
    """The only time that the secret itself is shown."""

    token: str


# --- projects


class BackboneOut(Schema):
    name: str
    origin: str
    licence: str
    embedding_width: int


class LabelClassIn(Schema):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    color: Color


class LabelClassOut(Schema):
    id: int
    name: str
    color: str


class RateIn(Schema):
    """`per_label`: `amount` a label. `hourly`: `amount` an hour, times the measured lead time up to the cap."""

    kind: Literal["per_label", "hourly"]
    amount: Money
    expected_seconds: Annotated[float, Field(gt=0, le=36_000)] = 36.0
    cap_seconds: Annotated[float, Field(gt=0, le=36_000)] = 120.0


class RateOut(Schema):
    kind: RateKind
    amount: Decimal
    expected_seconds: float
    cap_seconds: float
    expected_price: Decimal


class ProjectIn(Schema):
    """`costs[t][p]`: what it costs to call a sample of class t a p, in the project's currency; diagonal 0."""

    name: Annotated[str, Field(min_length=3, max_length=120)]
    problem: Literal["image_classification"] = "image_classification"
    classes: Annotated[list[LabelClassIn], Field(min_length=2, max_length=200)]
    costs: list[list[Money]]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    budget: Money
    rate: RateIn
    backbone: str = "efficientnet-lite0"
    round_size: Annotated[int, Field(ge=1, le=10_000)] = 20
    gold_size: Annotated[int, Field(ge=1, le=100_000)] = 200
    control_share: Share = 0.1


class ProjectPatch(Schema):
    """Only what is given is changed."""

    name: Annotated[str, Field(min_length=3, max_length=120)] | None = None
    autopilot: bool | None = None
    round_size: Annotated[int, Field(ge=1, le=10_000)] | None = None
    control_share: Share | None = None


class BudgetOut(Schema):
    currency: str
    limit: Decimal
    spent: Decimal
    reserved: Decimal
    left: Decimal
    expected_price: Decimal
    labels_left: int | None


class ProjectOut(Schema):
    id: int
    name: str
    problem: str
    classes: list[LabelClassOut]
    costs: list[list[Decimal]]
    rate: RateOut
    budget: BudgetOut
    backbone: str
    round_size: int
    gold_size: int
    control_share: float
    autopilot: bool
    simulated_experts: bool
    notice: str
    created_at: datetime


# --- the loop


class ClassCount(Schema):
    label_class: LabelClassOut
    count: int


class PoolState(Schema):
    samples: int
    unlabeled: int
    refused: int
    importing: bool


class GoldState(Schema):
    drawn: int
    labeled: int


class QueueState(Schema):
    round_number: int | None
    round_kind: RoundKind | None
    waiting: int
    answered: int
    size: int


class ExpertState(Schema):
    active: int
    answered_last_hour: int


class LabelState(Schema):
    settled: int
    by_class: list[ClassCount]
    until_training: int | None


class ModelState(Schema):
    champion: int | None
    versions: int
    training: bool


Action = Literal["import", "resume", "retry", "raise_budget", "label"]


class NextStep(Schema):
    """What the loop does now, or waits for, in a sentence; `action` names the button that helps, if any."""

    code: str
    sentence: str
    action: Action | None = None
    job_id: int | None = None


class OverviewOut(Schema):
    project: ProjectOut
    pool: PoolState
    gold: GoldState
    queue: QueueState
    experts: ExpertState
    labels: LabelState
    model: ModelState
    jobs_live: int
    jobs_failed: int
    rounds_closed: int
    next_step: NextStep
    label_studio_url: str | None


class CurvePoint(Schema):
    """One model version on the gold set, at the money spent on labels when it was trained."""

    model_number: int
    kind: RunKind
    promoted: bool
    spent: Decimal
    labels: int
    expected_cost: Interval
    average_precision: Interval | None
    calibration_error: Interval
    recall: dict[str, Interval | None]


class CurveOut(Schema):
    cost_unit: str
    gold_size: int
    focus_class: str
    points: list[CurvePoint]


class PredictionOut(Schema):
    label_class: LabelClassOut
    probability: float


class QueueItemOut(Schema):
    """A queued sample. `heat_url` is a transparent layer to lay over `picture_url`; see `map_sentence`."""

    id: int
    sample_id: int
    sample_name: str
    round_number: int
    round_kind: RoundKind
    rank: int
    strategy: str
    score: float
    selection_probability: float
    reason: str
    price: Decimal
    charged: Decimal | None
    state: ItemState
    width: int
    height: int
    picture_url: str
    heat_url: str | None
    overlay_url: str | None
    map_sentence: str | None
    predictions: list[PredictionOut]
    label: LabelClassOut | None
    annotator: str | None
    answered_at: datetime | None
    label_studio_url: str | None


class QueuePage(Schema):
    count: int
    items: list[QueueItemOut]


class RoundOut(Schema):
    number: int
    kind: RoundKind
    state: RoundState
    strategy: str
    model_number: int | None
    size: int
    answered: int
    skipped: int
    spent: Decimal
    reserved: Decimal
    opened_at: datetime
    closed_at: datetime | None


# --- models


class VerdictOut(Schema):
    promote: bool
    sentences: list[str]
    probability_cheaper: float | None
    cost_difference: Interval | None


class ModelOut(Schema):
    number: int
    kind: RunKind
    state: VersionState
    backbone: str
    labels: int
    labels_hash: str
    spent: Decimal
    seconds: float | None
    parity: float | None
    metrics: CurvePoint | None
    verdict: VerdictOut | None
    download_url: str | None
    created_at: datetime


class RunIn(Schema):
    kind: Literal["quick", "deep"] = "quick"


class RunOut(Schema):
    id: int
    kind: RunKind
    state: RunState
    reason: str
    labels: int
    model_number: int | None
    error: str
    created_at: datetime
    finished_at: datetime | None


# --- work and money


class JobOut(Schema):
    id: int
    kind: str
    title: str
    state: JobState
    done: int
    total: int
    unit: str
    attempt: int
    max_attempts: int
    error: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expected_end: datetime | None


class JobPage(Schema):
    count: int
    items: list[JobOut]


class LedgerEntryOut(Schema):
    """One movement: `held` changes the money reserved, `spent` the money spent; `reserved_after`/`spent_after`
    are the sums so far."""

    id: int
    at: datetime
    kind: str
    held: Decimal
    spent: Decimal
    reserved_after: Decimal
    spent_after: Decimal
    sample_id: int | None
    sample_name: str | None
    annotator: str | None
    lead_seconds: float | None
    note: str


class LedgerPage(Schema):
    count: int
    budget: BudgetOut
    items: list[LedgerEntryOut]


# --- pool


class SourceIn(Schema):
    """A folder or CSV file on the server, inside one of the allowed import roots."""

    kind: Literal["folder", "csv"]
    path: str
    group_column: str = ""


class SourceOut(Schema):
    id: int
    kind: SourceKind
    name: str
    state: SourceState
    seen: int
    added: int
    duplicates: int
    refused: int
    total: int
    error: str
    created_at: datetime
    finished_at: datetime | None


class RefusalOut(Schema):
    row: int
    name: str
    reason: str


class RefusalPage(Schema):
    count: int
    items: list[RefusalOut]


class SampleOut(Schema):
    id: int
    name: str
    width: int
    height: int
    role: SampleRole
    group: str
    picture_url: str
    label: LabelClassOut | None


class SamplePage(Schema):
    count: int
    items: list[SampleOut]
