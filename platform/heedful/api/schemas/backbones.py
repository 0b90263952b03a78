"""The backbones as a project sees them: what each is, how fast it is here, how it does on the labels at hand."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from heedful.api.schemas.common import Interval, _one_of
from heedful.api.schemas.projects import BackboneOut
from heedful.registry.models import OwnBackbone

OwnKind = Annotated[str, _one_of(OwnBackbone.Kind)]
OwnState = Annotated[str, _one_of(OwnBackbone.State)]
Words = Annotated[str, Field(max_length=300)]


class ZooBackboneOut(BackboneOut):
    """`per_second`, `latency_ms`: inference alone, measured on this installation on `threads` threads; null until then.
    `to_embed`: samples of the pool that have no embedding under it yet; `embed_seconds`: how long that takes, at the
    speed measured here, with the decoding of the pictures if `with_decoding`."""

    chosen: bool
    per_second: float | None
    latency_ms: float | None
    threads: int | None
    to_embed: int
    embed_seconds: float | None
    with_decoding: bool


class SwitchOut(Schema):
    """A backbone that was chosen while the champion serves on another, and how far the pool is embedded under it."""

    name: str
    embedded: int
    samples: int


class ProbeOut(Schema):
    """Of a backbone on the labels at hand: `expected_cost` a sample, `average_precision` of the class in focus, and the
    `difference` in expected cost to the one in use, whose intervals hold together; `per_second` with decoding."""

    name: str
    expected_cost: Interval
    average_precision: Interval | None
    difference: Interval | None
    per_second: float


class LeftOutOut(Schema):
    name: str
    reason: str


class ComparisonOut(Schema):
    """Made on `labels` of the `of` samples that experts have labeled. `focus`: the class that is dearest to miss."""

    labels: int
    of: int
    focus: str
    current: str
    choose: str
    sentence: str
    rows: list[ProbeOut]
    left_out: list[LeftOutOut]
    made_at: datetime


class ComparingOut(Schema):
    """The job that compares, while it is queued or running, or where it failed."""

    live: bool
    done: int
    total: int
    unit: str
    error: str


class OwnBackboneOut(Schema):
    """One that a manager brought. It can be chosen once it is ready; `error` says what a refused one does not keep."""

    id: int
    name: str
    kind: OwnKind
    state: OwnState
    error: str
    added_at: datetime


class FileIn(Schema):
    """What is declared of a file: pictures of `size` x `size` pixels, each channel's values 0..1 less `mean` over `std`
    (three numbers with commas: red, green, blue), give an embedding of `embedding_width` numbers."""

    name: Annotated[str, Field(max_length=80)]
    licence: Annotated[str, Field(max_length=80)]
    origin: Words
    size: int
    embedding_width: int
    mean: Annotated[str, Field(max_length=100)] = "0.485, 0.456, 0.406"
    std: Annotated[str, Field(max_length=100)] = "0.229, 0.224, 0.225"


class NamedIn(Schema):
    """A backbone of an installed package, by its `name`; or the hub's model `source`, under a name of your own."""

    kind: Literal["package", "hub"]
    name: Annotated[str, Field(max_length=80)]
    source: Words = ""
    licence: Annotated[str, Field(max_length=80)] = ""


class ZooOut(Schema):
    """`own`: what was brought, checked or not. `packages`: names that installed packages bring and nobody has added;
    `hub`: whether models of the transformers hub can be loaded here.

    `serving`: what the champion stands on, `champion` its number; null before there is one. `missing`: what is still
    to be labeled before backbones can be compared."""

    backbones: list[ZooBackboneOut]
    own: list[OwnBackboneOut]
    packages: list[str]
    hub: bool
    serving: str | None
    champion: int | None
    switch: SwitchOut | None
    missing: list[str]
    comparing: ComparingOut | None
    comparison: ComparisonOut | None


class BackboneIn(Schema):
    name: str
