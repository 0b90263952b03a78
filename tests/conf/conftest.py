"""A supervisor in a process of its own, and questions about what it started."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parents[2]


class Supervised:
    """A running supervisor; iterate over it to read what it says."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=os.environ | {"PYTHONPATH": str(CHECKOUT / "platform")} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def until(self, text: str) -> list[str]:
        """The lines up to the first that contains `text`."""
        lines = []
        for line in self.process.stderr or ():
            lines.append(line.rstrip("\n"))
            if text in line:
                return lines
        raise AssertionError(f"Ended without saying {text!r}:\n" + "\n".join(lines))

    def end(self) -> tuple[int, str, list[str]]:
        """Its exit code, its standard output, and the rest of its lines, once it has ended."""
        output, errors = self.process.communicate()
        return self.process.returncode, output, errors.splitlines()

    def stop(self) -> tuple[int, str, list[str]]:
        self.process.terminate()
        return self.end()

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


class Supervise:
    """Starts supervisors and sees to it that they end with the test."""

    def __init__(self, home: Path, stack: ExitStack) -> None:
        self.home = home
        self._stack = stack

    def __call__(self, *programs: dict[str, Any], main: dict[str, Any] | None = None) -> Supervised:
        told = json.dumps({"programs": programs, "main": main})
        return self._start([str(Path(__file__).with_name("supervise.py")), str(self.home), told])

    def up(self, *names: str, **environment: str) -> Supervised:
        """`manage.py up` in this home."""
        ours = {"HEEDFUL_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": "heedful.conf.settings"}
        return self._start(["manage.py", "up", *names], ours | environment)

    def _start(self, arguments: list[str], environment: dict[str, str] | None = None) -> Supervised:
        supervised = Supervised([sys.executable, *arguments], environment or {})
        self._stack.callback(supervised.close)
        return supervised


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    with ExitStack() as stack:
        yield Supervise(tmp_path / "home", stack)


class Watched:
    """Processes that are expected to end. Linux only, as the tests are."""

    def __init__(self, pids: list[int], stack: ExitStack) -> None:
        self._alive = {os.pidfd_open(pid) for pid in pids}
        for descriptor in self._alive:
            stack.callback(os.close, descriptor)

    def ended_within(self, seconds: float) -> bool:
        alive = set(self._alive)
        while alive:
            ended, _, _ = select.select(alive, [], [], seconds)
            if not ended:
                return False
            alive -= set(ended)
        return True


@pytest.fixture
def watch() -> Iterator[Any]:
    with ExitStack() as stack:
        yield lambda *pids: Watched(list(pids), stack)
