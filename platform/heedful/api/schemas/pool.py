"""Imports and samples."""

from datetime import datetime
from typing import Literal

from ninja import Schema

from heedful.api.schemas.common import SampleRole, SourceKind, SourceState
from heedful.api.schemas.projects import LabelClassOut


class SourceIn(Schema):
    """A folder, or a CSV or Parquet file, on the server, inside one of the allowed import roots."""

    kind: Literal["folder", "csv", "parquet"]
    path: str
    group_column: str = ""


class SourceOut(Schema):
    id: int
    kind: SourceKind
    name: str
    state: SourceState
    seen: int
    added: int
    duplicates: int
    refused: int
    total: int
    error: str
    created_at: datetime
    finished_at: datetime | None


class RefusalOut(Schema):
    row: int
    name: str
    reason: str


class RefusalPage(Schema):
    count: int
    items: list[RefusalOut]


class SampleOut(Schema):
    id: int
    name: str
    width: int
    height: int
    role: SampleRole
    group: str
    picture_url: str
    label: LabelClassOut | None


class SamplePage(Schema):
    count: int
    items: list[SampleOut]
