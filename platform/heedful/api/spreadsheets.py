"""Tables as CSV files, which people open in a spreadsheet: text there must never be read as a formula."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.http import StreamingHttpResponse

FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_response(name: str, columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_lines(list(columns), rows), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


class _Line:
    """A file that hands back what the csv module writes to it."""

    def write(self, line: str) -> str:
        return line


def _lines(columns: list[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    writer = csv.DictWriter(_Line(), columns)
    yield writer.writeheader()
    for row in rows:
        yield writer.writerow({column: cell(row[column]) for column in columns})


def cell(value: object) -> object:
    """The value, or its text with an apostrophe in front if a spreadsheet would take it for a formula."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_BEGINS) else value
