"""Choosing 1,000 of 100,000 and of 1,000,000 samples: seconds and memory, ours and the peers', on the same arrays.

Model outputs are ready in memory; only the selection is timed. Each case runs in a process of its own, a peer's in the
peer's own environment.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import machine
from benchmarks.report import Report, Row
from benchmarks.selection.cases import CASES, MARGIN, OWN, TWO_STAGE, Case
from benchmarks.selection.child import MEMORY_CAP
from benchmarks.selection.peers import PEERS, python_of
from benchmarks.selection.pool import Array, Pool, make_pool
from benchmarks.timing import Spread
from ml.strategies.scores import margin

CHECKOUT = Path(__file__).parents[2]
LIMIT_SECONDS, SET_UP_SECONDS = 60, 120
THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT")
OVERSAMPLE = 10

Found = tuple[Mapping[str, Any] | None, str]
"""What the child told, or None and why it told nothing."""


def run(quick: bool) -> Report:
    if quick:
        own = [case for case in CASES if case.library == OWN]
        return measure(own, sizes=(5_000,), picks=100)
    return measure(CASES, sizes=(100_000, 1_000_000), picks=1_000)


def measure(cases: Sequence[Case], *, sizes: Sequence[int], picks: int) -> Report:
    """A case that does not finish at one size is not tried at a larger one."""
    pythons = {case.library: _python(case.library) for case in cases}
    beaten: set[Case] = set()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="heedful-bench-") as folder:
        for size in sizes:
            pool = make_pool(Path(folder, str(size)), size)
            for case in cases:
                row, finished = _row(case, pool, pythons[case.library], picks, tried=case not in beaten)
                rows.append({"samples": size, **row})
                if not finished:
                    beaten.add(case)
    rows.sort(key=lambda row: [case.task for case in cases].index(str(row["task"])))
    return Report(rows=rows, notes=list(_notes(picks)))


def _notes(picks: int) -> Iterator[str]:
    yield f"{picks:,} picked; seconds are the median of up to 7 runs in one process, with the fastest and the slowest."
    yield "Peak memory in MB of one run: over what set-up left resident, and of the whole process with its arrays."
    yield (
        "Quality: of a margin, the share of the truly smallest ones among the picks; of a two-stage selection, the"
        " covering radius, the largest distance of any of its candidates to a pick or a label (lower is better)."
    )
    yield f"Limits a case: {LIMIT_SECONDS} s a selection, {MEMORY_CAP >> 30} GB of addresses."
    yield "Two stages of a peer are its own two strategies chained, with probabilities given to it as a table."
    yield "Peers: " + ", ".join(requirements[0] for requirements in PEERS.values())


def _python(library: str) -> Path:
    return Path(sys.executable) if library == OWN else python_of(library)


def _row(case: Case, pool: Pool, python: Path, picks: int, *, tried: bool) -> tuple[Row, bool]:
    out = pool.folder / "picked.npy"
    told, outcome = _in_a_process(case, pool, python, picks, out) if tried else (None, "not tried")
    spread = Spread.of(told["seconds"]) if told else None
    row: Row = {
        "task": case.task,
        "library": case.library,
        "method": case.method,
        "seconds": spread.median if spread else None,
        "fastest": spread.low if spread else None,
        "slowest": spread.high if spread else None,
        "peak over set-up": told["over_set_up_mb"] if told else None,
        "peak": told["peak_mb"] if told else None,
        "quality": _quality(case.task, pool, np.load(out), picks) if told else None,
        "outcome": outcome,
    }
    return row, told is not None


def _in_a_process(case: Case, pool: Pool, python: Path, picks: int, out: Path) -> Found:
    arguments = (case.function, str(pool.folder), str(picks), str(LIMIT_SECONDS), str(out))
    threads = dict.fromkeys(THREAD_SETTINGS, str(machine.cores()))
    try:
        done = subprocess.run(
            [str(python), "-m", "benchmarks.selection.child", *arguments],
            cwd=CHECKOUT,
            env={**os.environ, **threads},
            capture_output=True,
            text=True,
            timeout=SET_UP_SECONDS + 2 * LIMIT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return None, f"set-up over {SET_UP_SECONDS} s"
    if done.returncode == -signal.SIGALRM:
        return None, f"over {LIMIT_SECONDS} s"
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return None, f"failed: {lines[-1][:80]}" if lines else f"ended with {done.returncode}"
    return json.loads(done.stdout.splitlines()[-1]), "done"


def _quality(task: str, pool: Pool, picked: Any, picks: int) -> float | None:
    """Raises ValueError when the answer is none: too few, doubled, or not in the pool."""
    if len(np.unique(picked)) != picks or picked.min() < 0 or picked.max() >= len(pool.probabilities):
        raise ValueError(f"{task}: {len(np.unique(picked))} distinct picks instead of {picks}.")
    if task not in {MARGIN, TWO_STAGE}:
        return None
    scores = margin(pool.probabilities)
    if task == MARGIN:
        return float((scores[picked] >= np.sort(scores)[-picks]).mean())
    candidates = np.argsort(-scores, kind="stable")[: picks * OVERSAMPLE]
    return _radius(pool.embeddings[candidates], np.concatenate((pool.labeled, pool.embeddings[picked])))


def _radius(points: Array, centres: Array) -> float:
    """The largest distance of a point to its nearest centre."""
    norms = (centres * centres).sum(axis=1)
    nearest = np.concatenate(
        [
            (norms - 2 * block @ centres.T).min(axis=1) + (block * block).sum(axis=1)
            for block in np.array_split(points, max(len(points) // 1_000, 1))
        ]
    )
    return float(np.sqrt(nearest.max()))
