"""Projects: classes, costs, money."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from heedful.api.schemas.common import Color, Money, PermissionName, RateKind, Role, Share
from heedful.api.schemas.querying import QueryPlan


class BackboneOut(Schema):
    name: str
    origin: str
    licence: str
    size: int
    embedding_width: int
    parameters: float
    available: bool
    distribution: str


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
    classes: Annotated[list[LabelClassIn], Field(max_length=200)]
    costs: list[list[Annotated[Decimal, Field(max_digits=14, decimal_places=4)]]]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    budget: Money
    rate: RateIn
    backbone: str = "efficientnet-lite0"
    round_size: Annotated[int, Field(ge=1, le=10_000)] = 20
    gold_size: Annotated[int, Field(ge=1, le=100_000)] = 200
    control_share: Share = 0.1


class ProjectPatch(Schema):
    """Only what is given is changed; `yearly_volume`, `target_cost`, `compute_price` and bounds go by null."""

    name: Annotated[str, Field(min_length=3, max_length=120)] | None = None
    autopilot: bool | None = None
    round_size: Annotated[int, Field(ge=1, le=10_000)] | None = None
    control_share: Share | None = None
    query_plan: QueryPlan | None = None
    budget: Money | None = None
    yearly_volume: Annotated[int, Field(ge=1, le=2_000_000_000)] | None = None
    target_cost: Money | None = None
    item_days: int | None = None
    plan_approval: bool | None = None
    agreement_bar: float | None = None
    gold_answers: int | None = None
    honeypot_share: float | None = None
    honeypot_bar: float | None = None
    honeypot_minimum: int | None = None
    honeypot_feedback: bool | None = None
    blind_share: float | None = None
    foreign_share: float | None = None
    corruption_bound: Money | None = None
    noise_bound: float | None = None
    nonsense_bound: float | None = None
    card_notes: Annotated[str, Field(max_length=5000)] | None = None
    compute_price: Money | None = None


class BudgetOut(Schema):
    """`expected_price` and `labels_left` are of the experts."""

    currency: str
    limit: Decimal
    spent: Decimal
    reserved: Decimal
    left: Decimal
    frozen: bool
    expected_price: Decimal
    labels_left: int | None


class ProjectOutlineOut(Schema):
    """What every member sees of a project, and what the caller may do there. A superuser may have no role."""

    id: int
    name: str
    problem: str
    classes: list[LabelClassOut]
    role: Role | None
    permissions: list[PermissionName]
    created_at: datetime


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
    query_plan: QueryPlan
    autopilot: bool
    simulated_experts: bool
    notice: str
    yearly_volume: int | None
    target_cost: Decimal | None
    item_days: int
    plan_approval: bool
    agreement_bar: float
    gold_answers: int
    honeypot_share: float
    honeypot_bar: float
    honeypot_minimum: int
    honeypot_feedback: bool
    blind_share: float
    foreign_share: float
    corruption_bound: Decimal | None
    noise_bound: float | None
    nonsense_bound: float | None
    card_notes: str
    compute_price: Decimal | None
    created_at: datetime
