"""All of Heedful in a temporary home, on free ports, for as long as a measurement lasts."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import IO

CHECKOUT = Path(__file__).parents[2]
READY = "Everything is ready."
STOP_SECONDS = 30.0


@contextmanager
def running_stack() -> Iterator[Mapping[str, str]]:
    """Yields the environment in which our programs find this installation. Raises RuntimeError with the last lines of
    the log when it does not start.
    """
    web, label_studio = _free_ports()
    with tempfile.TemporaryDirectory(prefix="heedful-bench-") as home:
        environment = {
            **os.environ,
            "HEEDFUL_HOME": home,
            "HEEDFUL_WEB_PORT": str(web),
            "LABEL_STUDIO_URL": f"http://localhost:{label_studio}",
        }
        print("starting every program (Label Studio makes its database: about a minute)", flush=True)
        command = [sys.executable, "manage.py", "up"]
        supervisor = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stderr=subprocess.PIPE, text=True)
        assert supervisor.stderr is not None
        try:
            _await_readiness(supervisor.stderr)
            # Somebody has to read on, or the supervisor would wait for room in the pipe.
            Thread(target=supervisor.stderr.read, daemon=True).start()
            yield environment
        finally:
            supervisor.send_signal(signal.SIGTERM)
            supervisor.wait(STOP_SECONDS)


def _await_readiness(log: IO[str]) -> None:
    last = deque[str](maxlen=30)
    for line in log:
        last.append(line)
        if READY in line:
            return
    raise RuntimeError("The stack did not start:\n" + "".join(last))


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
