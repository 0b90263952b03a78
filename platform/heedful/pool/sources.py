"""What is in a source: folders, zips, tables and pages, each read as the same stream of numbered rows."""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from django.conf import settings

from heedful.core import artifacts
from heedful.core.errors import InvalidInput
from heedful.pool.models import Source
from heedful.pool.pictures import Refused
from heedful.pool.tables import Record, Table, read_csv, read_parquet
from heedful.pool.weak.collector import Plan, collected, fetched
from heedful.pool.weak.crawler import Crawler

MAX_ENTRY_BYTES = 2**30
FOLDER = "folder"
TABLES = {Source.Kind.CSV: read_csv, Source.Kind.PARQUET: read_parquet}


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate sample. `address` is where it lies already; None if `open` is the only way to its bytes."""

    number: int
    name: str
    open: Callable[[], IO[bytes]]
    address: str | None = None
    group: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


def allowed_path(path: str) -> Path:
    """An existing path inside one of IMPORT_ROOTS. Raises InvalidInput that names them."""
    resolved = Path(path).expanduser().resolve()
    roots = [Path(root).resolve() for root in settings.IMPORT_ROOTS]
    if not any(resolved.is_relative_to(root) for root in roots):
        places = ", ".join(map(str, roots))
        raise InvalidInput(f"Only folders below {places} may be imported from.", field="path")
    if not resolved.exists():
        raise InvalidInput(f"{resolved} does not exist on the server.", field="path")
    return resolved


@contextmanager
def rows_of(source: Source) -> Iterator[tuple[int, Iterator[Row]]]:
    """How many rows a source has, and the rows. Raises InvalidInput if the source as a whole cannot be read."""
    read_table = TABLES.get(Source.Kind(source.kind))
    if not read_table and source.group_column not in ("", FOLDER):
        raise InvalidInput(
            f"Only a CSV or Parquet file has columns; here pictures can be grouped by “{FOLDER}”, or not at all.",
            field="group_column",
        )
    if read_table:
        path = Path(source.address)
        yield _rows(read_table(path, source.group_column), path.parent, source.group_column)
    elif source.kind == Source.Kind.FOLDER:
        yield _folder(Path(source.address), source.group_column)
    elif source.kind == Source.Kind.PAGES:
        yield _pages(source)
    else:
        with artifacts.local_copy(source.address) as path, _archive(path) as archive:
            yield _zip(archive, source.group_column)


def _folder(root: Path, group_column: str) -> tuple[int, Iterator[Row]]:
    files = sorted(
        path
        for path in root.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
    )
    return len(files), (
        Row(
            number,
            str(path.relative_to(root)),
            _opener(path),
            address=f"file://{path}",
            group=_folder_group(str(path.relative_to(root)), group_column),
        )
        for number, path in enumerate(files, start=1)
    )


def _folder_group(name: str, group_column: str) -> str:
    parent = str(Path(name).parent)
    return parent if group_column == FOLDER and parent != "." else ""


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise InvalidInput("The file is not a zip archive, or it was cut short. Pack it again.") from error
    with archive:
        yield archive


def _zip(archive: zipfile.ZipFile, group_column: str) -> tuple[int, Iterator[Row]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_clutter(entry.filename)]
    return len(entries), (
        Row(
            number,
            entry.filename,
            _zip_opener(archive, entry),
            group=_folder_group(entry.filename, group_column),
        )
        for number, entry in enumerate(entries, start=1)
    )


def _is_clutter(name: str) -> bool:
    return name.startswith("__MACOSX/") or Path(name).name.startswith(".")


def _zip_opener(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    def open_entry() -> IO[bytes]:
        if entry.file_size > MAX_ENTRY_BYTES:
            raise Refused(f"Unpacked it would be {entry.file_size:,} bytes, which is too large.")
        if entry.flag_bits & 0x1:
            raise Refused("It is encrypted; pack it without a password.")
        try:
            return archive.open(entry)
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise Refused(f"It cannot be unpacked: {error}.") from error

    return open_entry


def _pages(source: Source) -> tuple[int, Iterator[Row]]:
    """At least a row a page; each is fetched when its turn comes."""
    plan, crawler = Plan.of(source), Crawler()
    return len(plan.pages), (
        Row(one.number, one.name, partial(fetched, one, crawler), metadata=one.metadata)
        for one in collected(plan, crawler)
    )


def _rows(table: Table, folder: Path, group_column: str) -> tuple[int, Iterator[Row]]:
    return table.count, (
        Row(number, "", _refuser(record))
        if isinstance(record, Refused)
        else _row(number, record, folder, table.path_column, group_column)
        for number, record in enumerate(table.records, start=1)
    )


def _refuser(refused: Refused) -> Callable[[], IO[bytes]]:
    def open_nothing() -> IO[bytes]:
        raise refused

    return open_nothing


def _row(number: int, record: Record, folder: Path, path_column: str, group_column: str) -> Row:
    name = record[path_column].strip()
    target = (folder / name).resolve()

    def open_target() -> IO[bytes]:
        if not name:
            raise Refused("The path is empty.")
        if not target.is_relative_to(folder.resolve()):
            raise Refused("The path leads out of the table's folder.")
        try:
            there = target.is_file()
        except OSError as error:
            raise Refused(f"The path cannot be looked up: {error.strerror}.") from error
        if not there:
            raise Refused("There is no such file.")
        return target.open("rb")

    metadata = {key: value for key, value in record.items() if key != path_column}
    group = metadata.get(group_column, "") if group_column else ""
    return Row(number, name, open_target, address=f"file://{target}", group=group, metadata=metadata)
