"""How a project's models learn: merged classes, and the means against rare classes and dear mistakes."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from heedful.api.schemas.common import Interval
from heedful.api.schemas.projects import LabelClassOut


class MergeIn(Schema):
    class_ids: Annotated[list[int], Field(max_length=200)]
    for_training: bool
    for_evaluation: bool


class MergeOut(Schema):
    """`undone_at` is null while it stands."""

    id: int
    name: str
    classes: list[LabelClassOut]
    for_training: bool
    for_evaluation: bool
    made_by: str
    made_at: datetime
    undone_by: str | None
    undone_at: datetime | None


class MergedMemberOut(Schema):
    label_class: LabelClassOut
    labels: int
    gold: int


class MergePreviewOut(Schema):
    """`confused` of `gold_size` gold samples are taken for another of these classes by the champion, which costs
    `confused_cost` a sample of gold now and nothing once they are one in evaluation. `undivided_cost` is what their
    confusions cost a sample where they are one in training alone. Null while no champion has told what it confuses.
    """

    members: list[MergedMemberOut]
    model_number: int | None
    gold_size: int
    confused: int | None
    confused_cost: Interval | None
    undivided_cost: Interval | None


class _Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class LossOptions(_Strict):
    """weights: what a sample of a class weighs. beta: of `effective_number`. focal_gamma, logit_adjustment: 0 is
    without; a logit_adjustment of 1 is balanced softmax."""

    weights: Literal["balanced", "effective_number", "none"] = "balanced"
    beta: Annotated[float, Field(ge=0, lt=1)] = 0.99
    cost_weighted: bool = False
    focal_gamma: Annotated[float, Field(ge=0, le=5)] = 0.0
    logit_adjustment: Annotated[float, Field(ge=0, le=2)] = 0.0


class SamplingOptions(_Strict):
    """ratio: how many times as frequent as the rarest class the commonest may be; nothing to `all`."""

    method: Literal["all", "under", "over", "hard_negatives"] = "all"
    ratio: Annotated[float, Field(ge=1, le=1000)] = 3.0


class ImbalanceOptions(_Strict):
    loss: LossOptions = LossOptions()
    sampling: SamplingOptions = SamplingOptions()
