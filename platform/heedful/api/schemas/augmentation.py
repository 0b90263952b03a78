"""From which changed versions of the pictures deep runs learn, what that looks like, and what it was worth."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from heedful.api.schemas.common import Interval

Names = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=20)]


class AugmentationOptions(Schema):
    """allowed: of the transforms that may break labels, for a search and for a choice. transforms, strength: of
    `fixed`."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["off", "searched", "fixed"] = "off"
    allowed: Names = []
    transforms: Names = []
    strength: Annotated[float, Field(gt=0, le=1)] = 0.5


class TransformOut(Schema):
    name: str
    title: str
    sentence: str
    may_break: bool


class ChangedPictureOut(Schema):
    policy: str
    url: str


class PreviewRowOut(Schema):
    sample_id: int
    sample_name: str
    original_url: str
    versions: list[ChangedPictureOut]


class AugmentationPreviewOut(Schema):
    options: AugmentationOptions
    rows: list[PreviewRowOut]
    made_at: datetime


class DrawingOut(Schema):
    """A preview that is being drawn, or could not be: `error` says why."""

    live: bool
    error: str


class AugmentationOut(Schema):
    """samples: of the pool, which a preview can be drawn of."""

    options: AugmentationOptions
    transforms: list[TransformOut]
    samples: int
    drawing: DrawingOut | None
    preview: AugmentationPreviewOut | None


class TriedPolicyOut(Schema):
    """held_out_loss: on `held_out` labels that were not learned from, each class alike, in nats. difference,
    probability_better: against none; null for none itself."""

    name: str
    transforms: list[str]
    strength: float
    held_out: int
    held_out_loss: float
    difference: Interval | None
    probability_better: float | None


class AugmentationFoundOut(Schema):
    """What a deep run learned from, and what else it tried."""

    mode: str
    kept: str
    reason: str
    tried: list[TriedPolicyOut]
