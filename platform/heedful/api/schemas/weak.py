"""Weak sources and what is known of them."""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from heedful.api.schemas.common import SourceState, WeakKind
from heedful.api.schemas.projects import LabelClassOut
from heedful.api.schemas.quality import ShareOut


class WeakClassOut(Schema):
    """named: how many samples a source gives this class; right: of those that could be checked; estimate: the same
    drawn to the claim, as far as little was checked."""

    label_class: LabelClassOut
    named: int
    right: ShareOut
    estimate: float


class WeakJudgedOut(Schema):
    """chance: how often the source would be right if its labels had nothing to do with the truth. shared, conflicting:
    samples that other sources label too, and those that one of them labels otherwise."""

    right: ShareOut
    estimate: float
    chance: float
    contradicts: bool
    counts: bool
    shared: int
    conflicting: int
    classes: list[WeakClassOut]


class WeakSourceOut(Schema):
    id: int
    kind: WeakKind
    name: str
    claimed_accuracy: float
    enabled: bool
    state: SourceState
    error: str
    labeled: int
    refused: int
    settings: dict[str, Any]
    judged: WeakJudgedOut | None
    created_at: datetime
    finished_at: datetime | None


class WeakTogetherOut(Schema):
    """Of all sources that count: samples they label, those on which they conflict, and how many of each class that
    probably makes."""

    samples: int
    conflicting: int
    sources: int
    expected: list[float]
    made_at: datetime


class WeakLabelsOut(Schema):
    pool: int
    classes: list[LabelClassOut]
    metadata_keys: list[str]
    functions_allowed: bool
    sources: list[WeakSourceOut]
    together: WeakTogetherOut | None


class WeakRefusalOut(Schema):
    row: int
    name: str
    reason: str


class WeakRefusalPage(Schema):
    count: int
    kept: int
    items: list[WeakRefusalOut]


class TableLookOut(Schema):
    """A table's columns, those that are probably meant (empty: none), and its first rows."""

    columns: list[str]
    key: str
    label: str
    confidence: str
    rows: list[dict[str, str]]


class FunctionIn(Schema):
    code: str = Field(max_length=20_000)


class NewFunctionIn(FunctionIn):
    name: str
    claimed_accuracy: float = 0.8


class ClassRuleIn(Schema):
    """What a page says counts as the class where this regular expression is found in it."""

    pattern: str = Field(max_length=400)
    class_name: str


class NewCollectorIn(Schema):
    """picture, label: `meta:NAME`, `title`, `TAG@ATTRIBUTE` or `regex:PATTERN`, read in each page's source."""

    name: str
    claimed_accuracy: float = 0.8
    pages: list[str]
    picture: str = "meta:og:image"
    label: str = "meta:keywords"
    rules: list[ClassRuleIn] = []


class PreviewOut(Schema):
    """label: what experts have settled. said: what the function says, null where it abstains or cannot."""

    id: int
    name: str
    picture_url: str
    label: LabelClassOut | None
    said: str | None
    refusal: str


class WeakSourceChangeIn(Schema):
    enabled: bool | None = None
    claimed_accuracy: float | None = None
