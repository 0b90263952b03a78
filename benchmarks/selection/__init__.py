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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import machine
from benchmarks.report import Report, Row
from benchmarks.selection.cases import CASES, EVERY_RECIPE, MARGIN, OWN, TWO_STAGE, Case
from benchmarks.selection.child import MEMORY_CAP
from benchmarks.selection.peers import PEERS, python_of
from benchmarks.selection.pool import Array, Pool, make_pool
from benchmarks.timing import Spread
from ml.strategies.scores import margin

CHECKOUT = Path(__file__).parents[2]
LIMIT_SECONDS, SET_UP_SECONDS = 60, 120
THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT")
OVERSAMPLE = 10
DONE, SLOW_SECONDS = "done", 5.0

Found = tuple[Mapping[str, Any] | None, str]
"""What the child told, or None and why it told nothing."""


def run(quick: bool) -> Report:
    if quick:
        own = [case for case in CASES if case.library == OWN]
        return measure(own, sizes=(5_000,), picks=100, turns=1)
    return measure(CASES, sizes=(100_000, 1_000_000), picks=1_000, turns=3)


def run_recipes(quick: bool) -> Report:
    """Every way of asking, alone."""
    if quick:
        return measure(EVERY_RECIPE, sizes=(5_000,), picks=100, turns=1)
    return measure(EVERY_RECIPE, sizes=(100_000, 1_000_000), picks=1_000, turns=1)


def measure(cases: Sequence[Case], *, sizes: Sequence[int], picks: int, turns: int) -> Report:
    """Cases take turns; a slow one has only one, and one that does not finish is not tried at a larger size."""
    pythons = {case.library: _python(case.library) for case in cases}
    beaten: set[Case] = set()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="heedful-bench-") as folder:
        for size in sizes:
            pool = make_pool(Path(folder, str(size)), size)
            tried = {case: _Tried() for case in cases if case not in beaten}
            for _ in range(turns):
                for case, so_far in tried.items():
                    if so_far.again:
                        _try(case, pool, pythons[case.library], picks, so_far)
            beaten |= {case for case, so_far in tried.items() if so_far.outcome != DONE}
            rows += [{"samples": size, **_row(case, tried.get(case, NOT_TRIED))} for case in cases]
    rows.sort(key=lambda row: [case.task for case in cases].index(str(row["task"])))
    return Report(rows=rows, notes=list(_notes(picks)))


@dataclass
class _Tried:
    """What came of a case so far."""

    outcome: str = ""
    seconds: list[float] = field(default_factory=list)
    peak: float | None = None
    over_set_up: float | None = None
    quality: float | None = None

    @property
    def again(self) -> bool:
        return not self.outcome or (self.outcome == DONE and max(self.seconds) < SLOW_SECONDS)


NOT_TRIED = _Tried(outcome="not tried")


def _notes(picks: int) -> Iterator[str]:
    yield (
        f"{picks:,} picked. Seconds: the median of all runs, several to a process, with the fastest and the slowest;"
        f" one run where it took over {SLOW_SECONDS:.0f} s."
    )
    yield "Peak memory in MB of one run: over what set-up left resident, and of the whole process with its arrays."
    yield (
        "Quality: of a margin, the share of the truly smallest ones among the picks; of a two-stage selection, the"
        " covering radius, the largest distance of any of its candidates to a pick or a label (lower is better)."
    )
    yield f"Limits a case: {LIMIT_SECONDS} s a selection, {MEMORY_CAP >> 30} GB of addresses."
    yield "Two stages of a peer are its own two strategies chained, with probabilities given to it as a table."
    libraries = sorted({case.library for case in CASES} - {OWN})
    yield "Peers: " + ", ".join(PEERS[library][0] for library in libraries)


def _python(library: str) -> Path:
    return Path(sys.executable) if library == OWN else python_of(library)


def _row(case: Case, tried: _Tried) -> Row:
    spread = Spread.of(tried.seconds) if tried.seconds else None
    return {
        "task": case.task,
        "library": case.library,
        "method": case.method,
        "seconds": spread.median if spread else None,
        "fastest": spread.low if spread else None,
        "slowest": spread.high if spread else None,
        "peak over set-up": tried.over_set_up,
        "peak": tried.peak,
        "quality": tried.quality,
        "outcome": tried.outcome,
    }


def _try(case: Case, pool: Pool, python: Path, picks: int, so_far: _Tried) -> None:
    out = pool.folder / "picked.npy"
    told, so_far.outcome = _in_a_process(case, pool, python, picks, out)
    if told:
        so_far.seconds += told["seconds"]
        so_far.peak = max(told["peak_mb"], so_far.peak or 0.0)
        so_far.over_set_up = max(told["over_set_up_mb"], so_far.over_set_up or 0.0)
        so_far.quality = _quality(case.task, pool, np.load(out), picks)


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
    return json.loads(done.stdout.splitlines()[-1]), DONE


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
