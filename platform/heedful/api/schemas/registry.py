"""Model versions, verdicts and training runs."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Field, Schema

from heedful.api.schemas.augmentation import AugmentationFoundOut
from heedful.api.schemas.common import Interval, RunKind, RunState, VersionState
from heedful.api.schemas.forecast import MoneyBand
from heedful.api.schemas.loop import CurvePoint


class VerdictOut(Schema):
    promote: bool
    sentences: list[str]
    probability_cheaper: float | None
    cost_difference: Interval | None


class PriorsOut(Schema):
    """The share of each class, in class order: of the labels trained on, of gold, and of the pool by the model's
    scores. `warning` is a sentence where the labels differ much from the others."""

    labels: list[float]
    gold: list[float]
    pool: list[float]
    warning: str | None


class TriedCourseOut(Schema):
    """One way of a deep run to learn from labels: its loss on `held_out` labels of experts, in nats, which decides; and
    its expected cost a sample on gold, where the run recorded it."""

    name: str
    kept: bool
    held_out_loss: float
    expected_cost: Interval | None


class WeakStageOut(Schema):
    """What the cheap labels of a version were worth: expected cost a sample on gold without and with them, and expert
    money that they replaced, else `reason` says why that cannot be said. trust: how far the head began from them, 0..1;
    a deep run keeps all or nothing, and `courses` are what it tried. spent: on the cheap answers themselves."""

    samples: int
    sources: list[str]
    contradicting: list[str]
    trust: float
    without: Interval
    staged: Interval
    difference: Interval
    probability_cheaper: float
    replaced: MoneyBand | None
    reason: str | None
    courses: list[TriedCourseOut]
    held_out: int | None
    spent: Decimal | None


class TermOut(Schema):
    name: str
    says: str


class ModelOut(Schema):
    """terms: what it was trained and judged on, in words. alarms: of classes that it may recognise by what is not the
    object."""

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
    priors: PriorsOut | None
    weak_stage: WeakStageOut | None
    augmentation: AugmentationFoundOut | None
    alarms: list[str]
    terms: list[TermOut]
    download_url: str | None
    bundle_url: str
    created_at: datetime


class PromotionIn(Schema):
    """Why the version is to serve, whatever its verdict."""

    reason: Annotated[str, Field(max_length=500)]


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
