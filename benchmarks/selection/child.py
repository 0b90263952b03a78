"""One case in a process of its own, in the environment of the library that it tries.

`python -m benchmarks.selection.child CASE POOL SIZE SECONDS OUT`: set up, select, tell seconds and memory as JSON.
A selection that takes longer than SECONDS is ended by the kernel's alarm, whatever it is doing.
"""

import json
import resource
import signal
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.selection.pool import Pool

MEMORY_CAP = 16 * 2**30
REPEATS, REPEAT_WITHIN_SECONDS = 5, 5.0


def main(function: str, folder: str, size: str, limit: str, out: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_CAP, MEMORY_CAP))
    module, _, name = function.partition(":")
    name, _, argument = name.partition("=")
    prepare = getattr(import_module(f"benchmarks.selection.{module}"), name)
    given = (argument,) if argument else ()
    run: Callable[[], Any] = prepare(Pool(Path(folder)), int(size), *given)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    before = _resident_mb("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    first, picked = _timed(run, int(limit))
    peak = _resident_mb("VmHWM")
    taken = [first]
    while len(taken) < REPEATS and sum(taken) + first < REPEAT_WITHIN_SECONDS:
        taken.append(_timed(run, int(limit))[0])
    np.save(out, np.asarray(picked, np.int64).ravel())
    print(json.dumps({"seconds": taken, "peak_mb": peak, "over_set_up_mb": peak - before}))


def _timed(run: Callable[[], Any], limit: int) -> tuple[float, Any]:
    signal.alarm(limit)
    started = time.perf_counter()
    picked = run()
    taken = time.perf_counter() - started
    signal.alarm(0)
    return taken, picked


def _resident_mb(field: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith(f"{field}:")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
