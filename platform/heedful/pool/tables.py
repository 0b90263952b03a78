"""Tables of pictures' paths with metadata, CSV or Parquet, read as records of text."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from heedful.core.errors import InvalidInput
from heedful.pool.pictures import Refused

PATH_COLUMNS = ("path", "file", "filename", "image")

Record = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """`records`: a row that cannot be read is the reason why, in its place."""

    path_column: str
    count: int
    records: Iterable[Record | Refused]


def read_csv(path: Path, group_column: str) -> Table:
    """Raises InvalidInput for what is no CSV file, or lacks a column."""
    with _readable(path, "a CSV file in UTF-8"), path.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.DictReader(stream)
        columns = list(reader.fieldnames or [])
        records = [{key: _text(value) for key, value in record.items() if key is not None} for record in reader]
    return Table(_path_column(path, columns, group_column), len(records), records)


def read_parquet(path: Path, group_column: str) -> Table:
    """Raises InvalidInput for what is no Parquet file, or lacks a column; also while its rows are read, where it is
    damaged."""
    with _readable(path, "a Parquet file"):
        file = pq.ParquetFile(path)
        schema, count = file.schema_arrow, int(file.metadata.num_rows)
    path_column = _path_column(path, schema.names, group_column)
    if pa.types.is_nested(kind := schema.field(path_column).type) or pa.types.is_binary(kind):
        raise InvalidInput(
            f"Column “{path_column}” of {path.name} holds {kind}, not paths: put each picture's path there as text.",
            field="path",
        )
    return Table(path_column, count, _records(path, file))


def _records(path: Path, file: pq.ParquetFile) -> Iterator[Record | Refused]:
    with _readable(path, "a whole Parquet file"), file:
        for batch in file.iter_batches(batch_size=1000):
            for row in range(batch.num_rows):
                yield _record(batch, row)


def _record(batch: pa.RecordBatch, row: int) -> Record | Refused:
    record = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            record[name] = _text(column[row].as_py())
        except (ValueError, OverflowError) as error:
            return Refused(f"What its column “{name}” holds cannot be read: {error}.")
    return record


def _text(value: Any) -> str:
    """PostgreSQL keeps no zero character."""
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    return "" if value is None else str(value).replace("\0", "\N{REPLACEMENT CHARACTER}")


def _path_column(path: Path, columns: list[str], group_column: str) -> str:
    path_column = next((column for column in columns if column.lower() in PATH_COLUMNS), None)
    if path_column is None:
        raise InvalidInput(
            f"{path.name} needs a column named {' or '.join(PATH_COLUMNS)}; it has {', '.join(columns) or 'none'}.",
            field="path",
        )
    if group_column and group_column not in columns:
        raise InvalidInput(
            f"{path.name} has no column “{group_column}”; it has {', '.join(columns)}.", field="group_column"
        )
    return path_column


@contextmanager
def _readable(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except (UnicodeDecodeError, csv.Error, pa.ArrowException) as error:
        raise InvalidInput(f"{path.name} is not {what}: {error}.", field="path") from error
    except OSError as error:
        # The system's own errors have a number and may pass; pyarrow's, of damage, have none.
        if error.errno is not None:
            raise
        raise InvalidInput(f"{path.name} is not {what}: {error}.", field="path") from error
