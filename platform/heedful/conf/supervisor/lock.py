"""One supervisor an installation."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE_NAME = "supervisor.lock"
# After `kill -9` of a supervisor its watchdog holds the lock for as long as it cleans up.
PATIENCE_SECONDS = 3.0


class AlreadyRunning(Exception):
    """Another supervisor runs this installation."""


@contextmanager
def hold(home: Path) -> Iterator[int]:
    """Hold the installation in `home`; yields the lock's file descriptor. Raises AlreadyRunning."""
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home / FILE_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, home)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int, home: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                owner = os.pread(descriptor, 20, 0).decode()
                raise AlreadyRunning(f"Heedful is already running in {home} (process {owner}).") from error
            time.sleep(0.1)
