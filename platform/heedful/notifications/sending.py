"""Reaching programs that may be down: at least once, and never marked sent twice.

The pause after an attempt is written down before the attempt is made, so a worker that dies costs that pause and loses
nothing. An attempt that outlives its worker's lease may be made again by another: the receiver sees the same id twice,
and here it is marked sent once.
"""

import zlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from heedful.notifications.models import Sending

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]


def begin(row: Sending, now: datetime) -> bool:
    """Take the next attempt. False if another worker took it, or it is no longer wanted."""
    following = now + pause(row.attempt + 1, salt=row)
    taken = _waiting(row).filter(attempt=row.attempt).update(attempt=row.attempt + 1, next_try_at=following)
    row.attempt += 1
    return bool(taken)


def end(row: Sending, *, sent: bool) -> None:
    """The attempt that began is over. One that another worker has overtaken still counts if it was heard."""
    if sent:
        _waiting(row).update(state=Sending.State.SENT)
    elif row.attempt >= row.tries:
        _waiting(row).filter(attempt=row.attempt).update(state=Sending.State.FAILED)


def put_off(due: QuerySet[Sending], now: datetime) -> None:
    """Leave a receiver that does not answer alone: it costs one timeout, not one for each thing due there."""
    due.update(next_try_at=now + Sending.PAUSES[0])


def pause(attempt: int, *, salt: object) -> timedelta:
    """After the `attempt`-th try, up to a tenth longer or shorter: what failed together does not come back together."""
    share = zlib.crc32(f"{salt}:{attempt}".encode()) / 2**32
    return Sending.PAUSES[min(attempt, len(Sending.PAUSES)) - 1] * (0.9 + 0.2 * share)


def _waiting(row: Sending) -> QuerySet[Sending]:
    return type(row)._default_manager.filter(pk=row.pk, state=Sending.State.WAITING)
