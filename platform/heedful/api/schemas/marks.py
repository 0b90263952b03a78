"""Samples that people put first or exclude, and those that the champion found foreign."""

from decimal import Decimal
from typing import Annotated, Literal

from ninja import Field, Schema


class MarksIn(Schema):
    """first: the next round asks about these before all else. exclude: they are not asked about. clear: as before;
    what was found foreign may be asked about from then on."""

    samples: Annotated[list[int], Field(min_length=1)]
    mark: Literal["first", "exclude", "clear"]
    reason: Annotated[str, Field(max_length=200)] = ""


class SetAsideOut(Schema):
    """`score` above `threshold`: higher is more foreign to the version that found it so."""

    sample_id: int
    sample_name: str
    picture_url: str
    why: str
    score: float | None
    threshold: float | None
    model_number: int | None


class MarksOut(Schema):
    """`first`: so many wait to be asked about first; `price`: what an expert's answer to each would cost; None where
    nobody can be asked. `set_aside`: so many are not asked about, `foreign` of them because the
    champion has seen nothing like them."""

    first: int
    price: Decimal | None
    currency: str
    set_aside: int
    foreign: int
    items: list[SetAsideOut]
