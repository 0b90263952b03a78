"""Predictions and the forms a version can be served in."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from ninja import Schema

from heedful.api.schemas.common import Interval, Money, _in_place, _one_of
from heedful.registry.models import ModelVariant

VariantKind = Annotated[str, _one_of(ModelVariant.Kind)]
VariantChoice = Annotated[ModelVariant.Kind, _in_place(ModelVariant.Kind)]


class PredictedPictureOut(Schema):
    """`decision` is the class that is expected to cost least to call it by, `expected_cost` what that is; `answered_by`
    the variant that said so: in a cascade not the same for each. `out_of_distribution`: the model has learned from
    nothing like it, so that its decision is a guess: its `foreign_score` (higher is more foreign) is above
    `foreign_threshold`; None where that was not looked at."""

    name: str
    decision: str
    expected_cost: Decimal
    probabilities: dict[str, float]
    answered_by: VariantKind
    out_of_distribution: bool | None
    foreign_score: float | None
    foreign_threshold: float | None


class PredictionsOut(Schema):
    """`seconds`: decoding and inference, without the way here."""

    model_number: int
    variant: VariantKind
    seconds: float
    pictures: list[PredictedPictureOut]


class VariantOut(Schema):
    """Speed is that of inference alone on the machine that made it. `per_second` is in batches.

    `cost_difference`: to the full model, on the same gold. `agreement`: share of `compared` pictures of the pool on
    which it decides as the full model. `share`: of a cascade, the pictures that the full model answers. A refused one
    keeps its figures and is not served.
    """

    kind: VariantKind
    passed: bool
    sentences: list[str]
    recipe: str
    size_bytes: int
    latency_ms: float | None
    slow_ms: float | None
    per_second: float | None
    threads: int | None
    expected_cost: Interval | None
    cost_difference: Interval | None
    agreement: float | None
    compared: int | None
    gold_size: int | None
    share: float | None
    bundle_url: str | None
    made_at: datetime


class VariantsOut(Schema):
    """`making`: a job is at it, with `done` of `total` `unit`s; `error`: how the last one failed."""

    model_number: int
    making: bool
    done: int
    total: int
    unit: str
    error: str
    variants: list[VariantOut]


class VariantsIn(Schema):
    """`hour_price`: what an hour of computing is worth, by which a cascade weighs the full model's time. `distil`: also
    teach a small backbone, which takes minutes."""

    hour_price: Money = Decimal(0)
    distil: bool = False
