"""The backbones as a project sees them: what each is, how fast it is here, how it does on the labels at hand."""

from datetime import datetime

from ninja import Schema

from heedful.api.schemas.common import Interval
from heedful.api.schemas.projects import BackboneOut


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


class ZooOut(Schema):
    """`serving`: what the champion stands on, `champion` its number; null before there is one. `missing`: what is still
    to be labeled before backbones can be compared."""

    backbones: list[ZooBackboneOut]
    serving: str | None
    champion: int | None
    switch: SwitchOut | None
    missing: list[str]
    comparing: ComparingOut | None
    comparison: ComparisonOut | None


class BackboneIn(Schema):
    name: str
