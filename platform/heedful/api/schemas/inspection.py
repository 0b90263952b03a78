"""Methods of explaining, looks at pictures, and models of people's own."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import BeforeValidator

Value = str | float | int
Settings = dict[str, Value]


class SettingOut(Schema):
    """What can be set of a method. `choices`: of a choice; `minimum` and `maximum`, both allowed: of a number."""

    name: str
    title: str
    kind: Literal["choice", "number", "integer", "layer"]
    default: Value
    help: str
    choices: list[str]
    minimum: float | None
    maximum: float | None
    step: float | None


class MethodOut(Schema):
    """`lacking`: why it does not work on this model; empty where it does. `signed`: its maps are below zero where the
    picture speaks against the class."""

    name: str
    title: str
    sentence: str = ""
    paper: str = ""
    signed: bool = False
    settings: list[SettingOut]
    lacking: str


class LookedIntoOut(Schema):
    """The model that is looked into. `metrics`: on gold, or what its owner states of it."""

    name: str
    version: str
    made_at: datetime
    classes: list[str]
    size: int | None
    metrics: dict[str, float]


class MethodsOut(Schema):
    """`layers`: of the model, the first to the last, that have a place in the picture."""

    model: LookedIntoOut
    methods: list[MethodOut]
    layers: list[str]


class MapOut(Schema):
    """What was found for one class: floats as npy, the same as PNG, and a transparent layer for the picture."""

    index: int
    name: str
    probability: float
    lowest: float
    highest: float
    npy_url: str
    png_url: str
    heat_url: str


class LookOut(Schema):
    """One picture. `error`: why it could not be looked at; the rest is missing then. `prepared`: as the model sees it.
    `example`: what one step of the method does to it."""

    name: str
    sample_id: int | None
    error: str
    width: int | None
    height: int | None
    input_url: str | None
    prepared_url: str | None
    example_url: str | None
    maps: list[MapOut]


class LooksOut(Schema):
    model: LookedIntoOut
    method: str
    settings: Settings
    pictures: list[LookOut]


class InspectionOut(Schema):
    """A look at many pictures by a job. `pictures` holds those that are done."""

    id: int
    model_number: int
    method: str
    settings: Settings
    live: bool
    error: str
    done: int
    total: int
    by: str | None
    made_at: datetime


class InspectionDetailOut(InspectionOut):
    model: LookedIntoOut
    pictures: list[LookOut]


def _parsed(text: Any) -> Any:
    """A form holds text alone: what is more than text comes as JSON."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text or "{}")
    except ValueError as error:
        raise ValueError("is not JSON") from error


def _listed(text: Any) -> Any:
    """`a, b` or one form field each."""
    parts = text if isinstance(text, list) else [text]
    return [one.strip() for part in parts for one in str(part).split(",") if one.strip()]


class WishIn(Schema):
    """settings: a JSON object; those that are not named are at their default. classes: names, instead of the likeliest
    `top`."""

    method: str = "activation"
    settings: Annotated[Settings, BeforeValidator(_parsed)] = Field(default_factory=dict)
    top: int = 3
    classes: Annotated[list[str], BeforeValidator(_listed)] = Field(default_factory=list)


class ProjectWishIn(WishIn):
    """version: the champion where none is named. samples: ids, of the pool."""

    version: int | None = None
    samples: Annotated[list[int], BeforeValidator(_listed)] = Field(default_factory=list)


class OwnModelIn(Schema):
    """mean, std: of red, green and blue, for values of 0..1. metrics: a JSON object of figures that you state."""

    name: str
    version: str
    classes: Annotated[list[str], BeforeValidator(_listed)]
    size: int
    mean: Annotated[list[float], BeforeValidator(_listed)]
    std: Annotated[list[float], BeforeValidator(_listed)]
    gives: Literal["logits", "probabilities"] = "logits"
    metrics: Annotated[dict[str, float], BeforeValidator(_parsed)] = Field(default_factory=dict)


class OwnModelOut(Schema):
    """`lacking`: why methods that follow gradients do not work on it; empty where they do."""

    id: int
    name: str
    version: str
    classes: list[str]
    size: int
    mean: list[float]
    std: list[float]
    gives: str
    metrics: dict[str, float]
    lacking: str
    added_at: datetime
