"""Starts, keeps and stops the programs in the order of their needs."""

import asyncio
import signal
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from heedful.conf.supervisor import lock
from heedful.conf.supervisor.child import Child
from heedful.conf.supervisor.journal import Journal
from heedful.conf.supervisor.program import Program
from heedful.conf.supervisor.watchdog import Watchdog

ASK_EVERY_SECONDS = 0.2
FIRST_DELAY_SECONDS = 0.2
QUICK_CRASH_SECONDS = 10.0
QUICK_CRASHES = 5


class GaveUp(Exception):
    """A program cannot be kept running."""


def run(programs: Sequence[Program], *, home: Path, main: Program | None = None, greeting: str = "") -> int:
    """Run `programs` until a signal, or until `main` ends; returns the exit code for the supervisor.

    main: starts when all programs are ready and writes to our own output; its exit code becomes ours.
    greeting: printed when all programs are ready.
    0 after SIGINT or SIGTERM (128 + signal if that cut `main` short), 1 if a program had to be given up.
    Raises AlreadyRunning and PortTaken before anything is started.
    """
    with lock.hold(home) as descriptor:
        for program in programs:
            if program.port:
                program.port.check()
        quiet = {program.name for program in programs if not program.echo}
        journal = Journal(home, [program.name for program in programs], quiet=quiet)
        try:
            with Watchdog(descriptor) as watchdog:
                return asyncio.run(Supervisor(programs, main, watchdog, journal).run(greeting))
        finally:
            journal.close()


class Supervisor:
    """One run of all programs."""

    def __init__(self, programs: Sequence[Program], main: Program | None, watchdog: Watchdog, journal: Journal) -> None:
        self._programs = programs
        self._main = main
        self._watchdog = watchdog
        self._journal = journal
        self._ready = {program.name: asyncio.Event() for program in programs}
        self._children: dict[str, Child] = {}
        self._outcome: asyncio.Future[int]

    async def run(self, greeting: str) -> int:
        loop = asyncio.get_running_loop()
        self._outcome = loop.create_future()
        # Under nohup SIGHUP is ignored, and stays so.
        hangup = {signal.SIGHUP} if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL else set()
        for number in {signal.SIGINT, signal.SIGTERM} | hangup:
            loop.add_signal_handler(number, self._end, 128 + number if self._main else 0)
        tasks = [asyncio.create_task(self._keep(program)) for program in self._programs]
        tasks.append(asyncio.create_task(self._guide(greeting)))
        for task in tasks:
            task.add_done_callback(self._on_task_done)
        try:
            return await self._outcome
        except GaveUp as error:
            self._journal.line(str(error))
            return 1
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._stop()

    def _end(self, code: int) -> None:
        if not self._outcome.done():
            self._outcome.set_result(code)

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) and not self._outcome.done():
            self._outcome.set_exception(error)

    async def _guide(self, greeting: str) -> None:
        """Greet when all is ready, then run main, if there is one, to its end."""
        for ready in self._ready.values():
            await ready.wait()
        for line in greeting.splitlines():
            self._journal.line(line)
        if self._main:
            child = await Child.start(self._main, watchdog=self._watchdog, on_line=None)
            self._children[self._main.name] = child
            self._end(await child.wait())

    async def _keep(self, program: Program) -> None:
        """Run a program again and again. Raises GaveUp."""
        for name in program.after:
            await self._ready[name].wait()
        crashes = 0
        while True:
            started = time.monotonic()
            code = await self._live(program)
            if program.once and code == 0:
                return self._ready[program.name].set()
            seconds = time.monotonic() - started
            quick = seconds < QUICK_CRASH_SECONDS or not self._ready[program.name].is_set()
            crashes = crashes + 1 if quick else 1
            end = f"{program.name} ended with {code} after {seconds:.1f} s"
            if program.once or crashes == QUICK_CRASHES:
                raise GaveUp(f"{end}, {crashes} times in a row. Giving up; its last lines are above.")
            delay = FIRST_DELAY_SECONDS * 2 ** (crashes - 1)
            self._journal.line(f"{end}; starting it again in {delay:.1f} s")
            await asyncio.sleep(delay)

    async def _live(self, program: Program) -> int:
        """One life of a program, from start to exit code. Raises GaveUp if it does not get ready."""
        on_line = partial(self._journal.line, program=program.name)
        try:
            child = await Child.start(program, watchdog=self._watchdog, on_line=on_line)
        except OSError as error:
            raise GaveUp(str(error)) from error
        self._children[program.name] = child
        ending = asyncio.create_task(child.wait())
        asking = asyncio.create_task(self._ask(program))
        try:
            await asyncio.wait({ending, asking}, return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                asking.result()
            return await ending
        finally:
            asking.cancel()
            ending.cancel()

    async def _ask(self, program: Program) -> None:
        """Ask a program whether it is ready until it is."""
        if program.once or self._ready[program.name].is_set():
            return
        started = time.monotonic()
        try:
            async with asyncio.timeout(program.ready_timeout):
                while program.ready and not await program.ready():
                    await asyncio.sleep(ASK_EVERY_SECONDS)
        except TimeoutError as error:
            raise GaveUp(f"{program.name} is not ready after {program.ready_timeout:.0f} s.") from error
        self._ready[program.name].set()
        self._journal.line(f"{program.name} is ready after {time.monotonic() - started:.1f} s")

    async def _stop(self) -> None:
        """Stop every program as soon as those that need it have stopped."""
        self._journal.line("stopping")
        started = time.monotonic()
        needs = {program.name: program.after for program in self._programs}
        if self._main:
            needs[self._main.name] = tuple(needs)
        stopped = {name: asyncio.Event() for name in needs}

        async def stop(name: str) -> None:
            for other, needed in needs.items():
                if name in needed:
                    await stopped[other].wait()
            if name in self._children and not await self._children[name].stop():
                self._journal.line(f"{name} had to be killed")
            stopped[name].set()

        await asyncio.gather(*map(stop, needs))
        self._journal.line(f"stopped in {time.monotonic() - started:.1f} s")
