"""Tables of weak labels, CSV or Parquet, read as one stream of numbered rows."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.utils import timezone

from heedful.core import artifacts
from heedful.core.errors import InvalidInput
from heedful.projects.models import Project

SUFFIXES = (".csv", ".parquet")
KEY_COLUMNS = ("name", "sample", "path", "file", "filename", "image", "content_hash", "hash", "sha256", "id")
CLASS_COLUMNS = ("class", "label", "annotation", "category")
CONFIDENCE_COLUMNS = ("confidence", "probability", "score")
PREVIEWED = 3

Record = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column says what; no `confidence`: the table has none."""

    key: str
    label: str
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """The columns of a table, those that are probably meant, and its first rows."""

    columns: list[str]
    guess: Columns
    rows: list[Record]


def store_table(*, project: Project, name: str, content: IO[bytes]) -> str:
    """Keep an uploaded table for as long as its source is there; returns its address. Raises InvalidInput for what is
    neither CSV nor Parquet, or too large."""
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise InvalidInput(f"{name} is neither a .csv nor a .parquet file.", field="file")
    address = artifacts.url("weak", str(project.pk), f"{timezone.now():%Y%m%d-%H%M%S-%f}{suffix}")
    taken = 0
    with artifacts.staged(address) as path, path.open("wb") as target:
        while chunk := content.read(2**20):
            taken += len(chunk)
            if taken > settings.MAX_TABLE_BYTES:
                limit = f"{settings.MAX_TABLE_BYTES / 2**20:.0f} MiB"
                raise InvalidInput(f"{name} is larger than the {limit} that a table may have.", field="file")
            target.write(chunk)
    return address


def look_into(*, name: str, content: IO[bytes]) -> Look:
    """What an uploaded table holds, without keeping it. Raises InvalidInput."""
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise InvalidInput(f"{name} is neither a .csv nor a .parquet file.", field="file")
    columns, rows = _parquet(content) if suffix == ".parquet" else _csv(content)
    guess = Columns(
        key=_first(columns, KEY_COLUMNS),
        label=_first(columns, CLASS_COLUMNS),
        confidence=_first(columns, CONFIDENCE_COLUMNS),
    )
    return Look(columns, guess, [row for row, _ in zip(rows, range(PREVIEWED), strict=False)])


@contextmanager
def rows_of_table(address: str, columns: Columns) -> Iterator[tuple[int, Iterator[Record]]]:
    """About how many rows a table has, and the rows. Raises InvalidInput for a table that cannot be read or lacks a
    column."""
    with artifacts.local_copy(address) as path, path.open("rb") as stream:
        names, rows = _parquet(stream) if path.suffix == ".parquet" else _csv(stream)
        for column in (columns.key, columns.label, columns.confidence):
            if column and column not in names:
                raise InvalidInput(f"The table has no column “{column}”; it has {', '.join(names) or 'none'}.")
        yield _count(path), rows


def _csv(stream: IO[bytes]) -> tuple[list[str], Iterator[Record]]:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    reader = csv.DictReader(text)
    with _readable("a CSV file in UTF-8"):
        columns = list(reader.fieldnames or [])
    return columns, _csv_rows(reader, text)


def _csv_rows(reader: "csv.DictReader[str]", text: io.TextIOWrapper) -> Iterator[Record]:
    try:
        with _readable("a CSV file in UTF-8"):
            for record in reader:
                yield {key: value or "" for key, value in record.items() if key is not None}
    finally:
        # The stream belongs to whoever opened it.
        text.detach()


def _parquet(stream: IO[bytes]) -> tuple[list[str], Iterator[Record]]:
    with _readable("a Parquet file"):
        table = pq.ParquetFile(stream)
        return list(table.schema_arrow.names), _parquet_rows(table.iter_batches(batch_size=10_000))


def _parquet_rows(batches: Iterable[pa.RecordBatch]) -> Iterator[Record]:
    with _readable("a Parquet file"):
        for batch in batches:
            for record in batch.to_pylist():
                yield {key: "" if value is None else str(value) for key, value in record.items()}


@contextmanager
def _readable(what: str) -> Iterator[None]:
    try:
        yield
    except (UnicodeDecodeError, csv.Error, pa.ArrowInvalid, OSError) as error:
        raise InvalidInput(f"The table is not {what}: {error}.", field="file") from error


def _first(columns: Iterable[str], wanted: Iterable[str]) -> str:
    lower = {column.lower(): column for column in columns}
    return next((lower[one] for one in wanted if one in lower), "")


def _count(path: Path) -> int:
    if path.suffix == ".parquet":
        return int(pq.ParquetFile(path).metadata.num_rows)
    with path.open("rb") as stream:
        return max(sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(2**20), b"")) - 1, 0)
