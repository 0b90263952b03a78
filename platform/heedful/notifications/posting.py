"""Posting to an address that somebody entered, as `heedful.core.outside` has it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpcore

from heedful.core.errors import InvalidInput
from heedful.core.outside import Deadline, Outside, exchange

SECONDS = 10.0
EXCERPT_CHARACTERS = 500
# As many bytes as that many characters of UTF-8 may take.
EXCERPT_BYTES = 4 * EXCERPT_CHARACTERS


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status and the beginning of its text, or why there is none."""

    status: int | None
    excerpt: str
    error: str
    seconds: float

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(
    url: str, *, headers: Mapping[str, str], body: bytes, private_allowed: bool, seconds: float = SECONDS
) -> Answer:
    """One attempt, `seconds` at the most. Never raises for what the receiver, or the way to it, does wrong."""
    started = time.monotonic()
    status, text, error = None, b"", ""
    try:
        way = Outside(Deadline(started + seconds), private_allowed)
        answer = exchange("POST", url, headers=headers, body=body, way=way, most_bytes=EXCERPT_BYTES)
        status, text = answer.status, answer.body
    except httpcore.TimeoutException:
        error = f"No answer within {seconds:g} seconds."
    except InvalidInput as refused:
        error = refused.message
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, UnicodeError) as broken:
        error = f"{type(broken).__name__}: {broken}"
    # PostgreSQL stores no zero character.
    excerpt = text.decode(errors="replace").replace("\0", "")[:EXCERPT_CHARACTERS]
    if status is not None and 300 <= status < 400:
        error = "Redirects are not followed; enter the address that it leads to."
    elif status is not None and status >= 400:
        error = f"The receiver answered {status}."
    return Answer(status=status, excerpt=excerpt, error=error, seconds=time.monotonic() - started)
