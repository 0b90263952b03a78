"""What a part of the benchmark found: rows of figures, printed as a table and kept as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import machine

RESULTS = Path(__file__).parent / "results"

Row = Mapping[str, str | int | float | None]
"""A figure or several, by column heading; None where there is none."""


@dataclass(frozen=True, slots=True)
class Report:
    """rows: each with the same columns. notes: what a reader must know to read them."""

    rows: Sequence[Row]
    notes: Sequence[str]

    def __str__(self) -> str:
        columns = list(self.rows[0])
        cells = [columns, *([_cell(row[column]) for column in columns] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(_aligned(cell, width) for cell, width in zip(line, widths, strict=True)) for line in cells]
        lines.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join([*(line.rstrip() for line in lines), *(f"* {note}" for note in self.notes)])


def keep(name: str, report: Report, *, quick: bool) -> Path:
    """Write a part's report and the machine it ran on to benchmarks/results/."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}{'-quick' if quick else ''}.json"
    content = {"part": name, "quick": quick, "machine": machine.describe(), **asdict(report)}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return path


def _cell(value: str | int | float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3g}" if isinstance(value, float) and abs(value) < 100 else _whole(value)


def _whole(value: str | int | float) -> str:
    return value if isinstance(value, str) else f"{value:,.0f}"


def _aligned(cell: str, width: int) -> str:
    numeric = cell[:1].isdigit() or cell == "–"
    return cell.rjust(width) if numeric else cell.ljust(width)
