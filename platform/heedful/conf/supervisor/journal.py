"""One terminal for many programs: each line with its program's name in front, and again in its own file."""

import logging
import os
import sys
from collections.abc import Container, Sequence
from itertools import cycle
from logging.handlers import RotatingFileHandler
from pathlib import Path

COLOURS = (36, 33, 32, 35, 34, 31)
MAX_FILE_BYTES = 10 * 2**20
SUPERVISOR = "heedful"


class Journal:
    """Lines go to standard error and to `<home>/logs/<program>.log`, which starts anew beyond 10 MB."""

    def __init__(self, home: Path, names: Sequence[str], *, quiet: Container[str] = ()) -> None:
        """Programs named in `quiet` write to their files only."""
        self._folder = home / "logs"
        self._folder.mkdir(parents=True, exist_ok=True)
        coloured = sys.stderr.isatty() and "NO_COLOR" not in os.environ
        width = max(map(len, [SUPERVISOR, *names]))
        self._logs = {
            name: self._log(name, f"{name:{width}} | ", colour if coloured else None, echo=name not in quiet)
            for name, colour in zip([SUPERVISOR, *names], cycle(COLOURS), strict=False)
        }

    def line(self, text: str, *, program: str = SUPERVISOR) -> None:
        self._logs[program].info("%s", text)

    def close(self) -> None:
        for log in self._logs.values():
            for handler in log.handlers:
                handler.close()

    def _log(self, name: str, prefix: str, colour: int | None, *, echo: bool) -> logging.Logger:
        # Not from logging.getLogger: these lines belong to nobody else's configuration.
        log = logging.Logger(f"supervisor.{name}")
        terminal = logging.StreamHandler(sys.stderr)
        start, end = (f"\x1b[{colour}m", "\x1b[0m") if colour else ("", "")
        terminal.setFormatter(logging.Formatter(f"{start}{prefix}{end}%(message)s"))
        file = RotatingFileHandler(
            self._folder / f"{name}.log", maxBytes=MAX_FILE_BYTES, backupCount=1, encoding="utf-8"
        )
        file.setFormatter(logging.Formatter("%(message)s"))
        log.handlers = [terminal, file] if echo else [file]
        return log
