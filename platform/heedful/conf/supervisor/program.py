"""What the supervisor needs to know of a program, and the ways to ask whether it is ready."""

import asyncio
import errno
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PROBE_SECONDS = 2.0


class PortTaken(Exception):
    """Another program listens where one of ours would."""


@dataclass(frozen=True, kw_only=True)
class Port:
    """Where a program will listen, and how its user can choose another place."""

    host: str
    number: int
    remedy: str

    def check(self) -> None:
        """Raises PortTaken, with the remedy, if another program listens here already."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # As servers do: a port that only waits for its last connection to fade is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.number))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                raise PortTaken(f"Port {self.number} is taken by another program. {self.remedy}") from error


@dataclass(frozen=True, kw_only=True)
class Program:
    """One program: how to start it, when it is ready, how to stop it.

    env: the whole environment, nothing is added. after: names of programs that must be ready first.
    ready: asked again and again until it says yes; without it a program is ready once started.
    echo: its lines also go to the terminal, not only to its log file.
    once: it does its work and ends with 0, which is when it is ready.
    stop_timeout: seconds from stop_signal to SIGKILL.
    """

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path | None = None
    after: tuple[str, ...] = ()
    ready: Callable[[], Awaitable[bool]] | None = None
    ready_timeout: float = 300.0
    echo: bool = True
    once: bool = False
    port: Port | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout: float = 5.0


async def answers_http(url: str, socket_path: Path | None = None) -> bool:
    """Whether a GET of `url`, over a socket if one is given, is answered with 200."""
    parts = urlsplit(url)
    request = f"GET {parts.path or '/'} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n"
    opening = (
        asyncio.open_unix_connection(socket_path)
        if socket_path
        else asyncio.open_connection(parts.hostname, parts.port or 80)
    )
    status = await _first_line(opening, request.encode())
    return status.split(b" ")[1:2] == [b"200"]


async def answers_ping(path: Path) -> bool:
    """Whether a Redis-speaking server on the socket `path` answers PING (and has loaded its data)."""
    return await _first_line(asyncio.open_unix_connection(path), b"PING\r\n") == b"+PONG\r\n"


async def _first_line(opening: Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]], request: bytes) -> bytes:
    """The first line of the answer to `request`; empty if nobody answers in time."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            reader, writer = await opening
            try:
                writer.write(request)
                return await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return b""
