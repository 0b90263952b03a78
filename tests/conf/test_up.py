"""`manage.py up` with real programs, in a home of its own."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from heedful.conf import predictor, valkey

pytestmark = pytest.mark.services


def processes_of(home: Path) -> Iterator[int]:
    """The processes that were started with this home in their environment or on their command line."""
    needle = os.fsencode(home)
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if needle in told:
            yield int(process.name)


def test_the_queue_survives_a_kill_and_no_process_does(supervise, watch):
    up = supervise.up("worker-heavy")
    up.until("worker-heavy is ready")
    with Redis(unix_socket_path=str(valkey.socket_path(supervise.home))) as redis:
        redis.rpush("queue", "message")
        # Valkey writes its file once a second; this asks it to have done so.
        redis.waitaof(1, 0, 2000)
    started = list(processes_of(supervise.home))
    assert len(started) >= 4  # the supervisor, Valkey, the worker and its child
    watched = watch(*started)
    os.kill(up.process.pid, signal.SIGKILL)
    assert watched.ended_within(3)

    again = supervise.up("valkey")
    again.until("valkey is ready")
    with Redis(unix_socket_path=str(valkey.socket_path(supervise.home))) as redis:
        assert redis.lpop("queue") == b"message"
    assert again.stop()[0] == 0
    assert list(processes_of(supervise.home)) == []


def test_the_predictor_comes_up_on_its_socket_also_after_a_kill(supervise, watch):
    path = predictor.socket_path(supervise.home)
    for _ in range(2):
        up = supervise.up("predictor")
        up.until("predictor is ready")
        assert path.is_socket()
        watched = watch(*processes_of(supervise.home))
        os.kill(up.process.pid, signal.SIGKILL)
        assert watched.ended_within(3)
    again = supervise.up("predictor")
    again.until("predictor is ready")
    assert again.stop()[0] == 0


def test_a_second_up_is_refused(supervise):
    first = supervise.up("valkey")
    first.until("valkey is ready")
    code, _, said = supervise.up("valkey").end()
    assert code == 1
    assert f"already running in {supervise.home} (process {first.process.pid})" in said[-1]


def test_an_unknown_program_is_refused_with_the_known_ones(supervise):
    code, _, said = supervise.up("vlakey").end()
    assert code == 1
    assert "No such program: vlakey" in said[-1]
    assert "valkey" in said[-1]
