"""How fast a deployable graph is on this machine: one picture alone, and many in batches."""

import time
from dataclasses import dataclass

import numpy as np

from ml.arrays import Images
from ml.inference.session import PROBABILITIES, InferenceSession

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


def measure(session: InferenceSession, *, threads: int, repeats: int = 40) -> Speed:
    """On noise: what a graph takes does not depend on what the picture shows. threads: those the session was opened
    with."""
    size = session.preprocessing.size
    noise = np.random.default_rng(0).normal(size=(_BATCH, 3, size, size)).astype(np.float32)
    singles = _seconds(session, noise[:1], repeats)
    batches = _seconds(session, noise, max(repeats // 4, 3))
    return Speed(
        latency_ms=float(np.median(singles)) * 1000,
        slow_ms=float(np.quantile(singles, 0.95)) * 1000,
        per_second=_BATCH / float(np.median(batches)),
        threads=threads,
    )


def _seconds(session: InferenceSession, images: Images, repeats: int) -> list[float]:
    session.run(images, [PROBABILITIES])
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        session.run(images, [PROBABILITIES])
        taken.append(time.perf_counter() - started)
    return taken
