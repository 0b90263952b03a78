"""Kills the process groups that a killed supervisor leaves behind.

The supervisor starts this file as a process of its own and writes `+<group>` and `-<group>` lines to it. The
pipe closes when the supervisor ends, however it ends; groups still on the list are killed then. Until that is
done this process holds the installation's lock, so that the next supervisor meets none of them.
"""

import contextlib
import os
import signal
import subprocess
import sys
from types import TracebackType
from typing import Self


class Watchdog:
    """The supervisor's end of the pipe."""

    def __init__(self, lock: int) -> None:
        # -I -S: it needs nothing but the standard library, and starts at once.
        end, self._pipe = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__], stdin=end, pass_fds=[lock], start_new_session=True
        )
        os.close(end)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        os.close(self._pipe)
        self._process.wait()

    def add(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def remove(self, group: int) -> None:
        self._tell(f"-{group}\n")

    def _tell(self, line: str) -> None:
        # Somebody may have killed the watchdog; the other guards remain.
        with contextlib.suppress(BrokenPipeError):
            os.write(self._pipe, line.encode())


def watch() -> None:
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line[0] == "+":
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        # PermissionError: macOS's answer for a group of which only the dead remain.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watch()
