"""Waiting for the running system to get somewhere."""

import time
from collections.abc import Callable


def wait_for(condition: Callable[[], bool], within: float, every: float) -> None:
    """Returns as soon as `condition` holds, looked at every `every` seconds. Raises TimeoutError."""
    until = time.perf_counter() + within
    while not condition():
        if time.perf_counter() > until:
            raise TimeoutError(f"Nothing happened within {within:.0f} s.")
        time.sleep(every)
