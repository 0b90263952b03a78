"""How long work tells its caller how far it is."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with how many are done, and of how many; always on the caller's own thread."""


def no_progress(done: int, total: int) -> None:
    """For callers that do not watch."""
