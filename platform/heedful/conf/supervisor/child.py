"""A started program: its process, the group around it, its output."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Callable
from pathlib import Path
from typing import Self

from heedful.conf.supervisor.program import Program
from heedful.conf.supervisor.watchdog import Watchdog

LAUNCH = Path(__file__).with_name("launch.py")
MAX_LINE_BYTES = 2**16


class Child:
    """One life of a program. Its group is watched from start() until wait() has seen the last of it."""

    def __init__(self, program: Program, process: Process, output: asyncio.Task[None], watchdog: Watchdog) -> None:
        self._program = program
        self._process = process
        self._output = output
        self._watchdog = watchdog
        watchdog.add(process.pid)
        self._ending = asyncio.create_task(self._end())

    @classmethod
    async def start(cls, program: Program, *, watchdog: Watchdog, on_line: Callable[[str], None] | None) -> Self:
        """Start it. Its output goes to `on_line`, or straight to ours if that is None.

        Raises FileNotFoundError if there is no such program.
        """
        executable = shutil.which(program.command[0], path=program.env.get("PATH"))
        if executable is None:
            raise FileNotFoundError(f"{program.name}: there is no program {program.command[0]}.")
        # A pipe of our own: with asyncio's, some Python versions take a process for alive while a grandchild
        # holds its output (https://github.com/python/cpython/issues/119710).
        read_end, write_end = os.pipe()
        output = asyncio.create_task(_read_lines(read_end, on_line or _ignore))
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid())),
                *(executable, *program.command[1:]),
                stdin=DEVNULL,
                stdout=write_end if on_line else None,
                stderr=STDOUT if on_line else None,
                env=program.env,
                cwd=program.cwd,
                start_new_session=True,
            )
        finally:
            os.close(write_end)
        return cls(program, process, output, watchdog)

    async def wait(self) -> int:
        """Its exit code, after whatever it left running has been killed and its output read."""
        return await asyncio.shield(self._ending)

    async def _end(self) -> int:
        code = await self._process.wait()
        self._signal_group(signal.SIGKILL)
        self._watchdog.remove(self._process.pid)
        await self._output
        return code

    async def stop(self) -> bool:
        """Ask it to stop, then make it; whether asking was enough."""
        if self._process.returncode is None:
            # The program alone: what it started is its own to end, in its own order.
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(self._program.stop_signal)
        try:
            async with asyncio.timeout(self._program.stop_timeout):
                await self._process.wait()
            stopped = True
        except TimeoutError:
            self._signal_group(signal.SIGKILL)
            stopped = False
        await self.wait()
        return stopped

    def _signal_group(self, number: signal.Signals) -> None:
        # PermissionError: macOS's answer for a group of which only the dead remain.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


def _ignore(line: str) -> None:
    """Nothing is written to the pipe of a program that has our output."""


async def _read_lines(pipe: int, on_line: Callable[[str], None]) -> None:
    """Hand over each line; one that does not end is cut."""
    stream = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(stream)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(pipe, "rb"))
    pending = b""
    while chunk := await stream.read(MAX_LINE_BYTES):
        *lines, pending = (pending + chunk).split(b"\n")
        if len(pending) > MAX_LINE_BYTES:
            lines, pending = [*lines, pending], b""
        for line in lines:
            on_line(line.decode(errors="replace").rstrip("\r"))
    if pending:
        on_line(pending.decode(errors="replace"))
