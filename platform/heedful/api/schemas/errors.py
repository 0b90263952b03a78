"""Why a version is wrong, beside its report: what is like a sample, and labels that are asked again."""

from decimal import Decimal

from ninja import Schema
from pydantic import Field

from heedful.api.schemas.plans import AskableTierOut
from heedful.api.schemas.projects import LabelClassOut
from heedful.quality.again import MOST_AT_ONCE


class KnownNeighbourOut(Schema):
    """`label`: what the version learned of it. `distance`: 0 (the same direction in the embedding) to 2."""

    sample_id: int
    sample_name: str
    picture_url: str
    width: int
    height: int
    label: LabelClassOut
    distance: float


class AskAgainOut(Schema):
    """`open`: which of the named samples may be asked about again now. `tiers`: who may be asked and what an answer is
    expected to cost; `left`: what may still be reserved for each of them."""

    currency: str
    open: list[int]
    tiers: list[AskableTierOut]
    left: list[Decimal]


class AskAgainIn(Schema):
    samples: list[int] = Field(min_length=1, max_length=MOST_AT_ONCE)
    tier_id: int
    answers: int = Field(1, ge=1, le=20)


class AskedAgainOut(Schema):
    """`left`: what may still be reserved after that."""

    round_number: int
    asked: int
    reserved: Decimal
    left: Decimal
