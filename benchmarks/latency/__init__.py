"""How long things take in the running system: from an answer in Label Studio to the ledger, and from a trigger to the
next queue. Every program is real, started by `manage.py up` in a home of its own, on the demo's pool of pictures.
"""

import json
import subprocess
import sys

from benchmarks.latency.stack import CHECKOUT, running_stack
from benchmarks.report import Report, Row
from benchmarks.timing import Spread

LABELS, FIRINGS = 40, 3


def run(quick: bool) -> Report:
    labels, firings = (5, 1) if quick else (LABELS, FIRINGS)
    with running_stack() as environment:
        command = [sys.executable, "-m", "benchmarks.latency.probe", str(labels), str(firings)]
        done = subprocess.run(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, dict[str, list[float]]] = json.loads(done.stdout.splitlines()[-1])
    rows = [_row(path, step, values) for path, steps in found.items() for step, values in steps.items()]
    return Report(rows=rows, notes=_notes())


def _notes() -> list[str]:
    return [
        "Seconds. One expert: the next answer is given when the last one is charged. Three experts: the demo's, who"
        " answer without a pause, on the rest of the gold set.",
        "The parts of trigger → queue are the jobs' own times; what they leave are the hand-overs between jobs.",
    ]


def _row(path: str, step: str, values: list[float]) -> Row:
    spread = Spread.of(values)
    ordered = sorted(values)
    return {
        "path": path,
        "step": step,
        "median": spread.median,
        "p95": ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)],
        "slowest": spread.high,
        "count": spread.count,
    }
