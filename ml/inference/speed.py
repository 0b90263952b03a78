"""How fast a graph is on this machine: one picture alone, and many in batches."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.inference.session import EMBEDDING, PROBABILITIES, InferenceSession

_BATCH = 16


@dataclass(frozen=True, slots=True)
class Speed:
    """Inference alone, without decoding. latency_ms: median of one picture at a time; slow_ms: its 95th percentile;
    per_second: pictures in batches of 16.
    """

    latency_ms: float
    slow_ms: float
    per_second: float
    threads: int


def measure(sessions: Sequence[InferenceSession], *, threads: int, repeats: int = 40) -> list[Speed]:
    """Of each session, in turns, so that whatever else the machine does slows all of them alike. On noise: what a graph
    takes does not depend on what the picture shows. threads: those the sessions were opened with.
    """
    singles = _seconds(sessions, 1, repeats)
    batches = _seconds(sessions, _BATCH, max(repeats // 4, 3))
    return [
        Speed(
            latency_ms=float(np.median(single)) * 1000,
            slow_ms=float(np.quantile(single, 0.95)) * 1000,
            per_second=_BATCH / float(np.median(batch)),
            threads=threads,
        )
        for single, batch in zip(singles, batches, strict=True)
    ]


def _seconds(sessions: Sequence[InferenceSession], size: int, repeats: int) -> list[list[float]]:
    taken: list[list[float]] = [[] for _ in sessions]
    for number in range(repeats + 1):
        for session, times in zip(sessions, taken, strict=True):
            side = session.preprocessing.size
            images = np.random.default_rng(0).normal(size=(size, 3, side, side)).astype(np.float32)
            started = time.perf_counter()
            session.run(images, [PROBABILITIES if PROBABILITIES in session.outputs else EMBEDDING])
            # The first run of each warms it up.
            if number:
                times.append(time.perf_counter() - started)
    return taken
