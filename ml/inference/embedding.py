"""Many pictures to embeddings, as fast as the cores allow.

Each thread decodes a batch and runs it through ONNX Runtime on that same thread. Pillow and ONNX Runtime
both let go of Python's lock, so decoding in one thread overlaps inference in another, nothing waits for a
slower half, and no picture crosses a process boundary.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import IO

import numpy as np

from ml.arrays import Embeddings, FeatureMaps, Images, Pixels
from ml.inference.preprocessing import Preprocessing, normalised, squeezed
from ml.inference.session import EMBEDDING, FEATURE_MAP, InferenceSession
from ml.progress import Progress, no_progress

Source = Path | Callable[[], IO[bytes]]
"""A picture file, or a function that opens one."""


def read(source: Source, preprocessing: Preprocessing) -> Images:
    """Decode one source to (3, s, s). Raises UnreadablePicture."""
    return normalised(pixels(source, preprocessing.size), preprocessing)


def pixels(source: Source, size: int) -> Pixels:
    """As a model sees one source, before its values are normalised. Raises UnreadablePicture."""
    if isinstance(source, Path):
        return squeezed(source, size)
    with source() as file:
        return squeezed(file, size)


def embed(
    session: InferenceSession,
    sources: Sequence[Source],
    *,
    threads: int,
    batch_size: int = 16,
    on_progress: Progress = no_progress,
) -> Embeddings:
    """One row a source, in their order: (n, d). Open the session with threads=1.

    The first source that cannot be read raises UnreadablePicture; batches already running finish, the rest
    never start.
    """
    out = np.empty((len(sources), session.embedding_width), np.float32)

    def fill(rows: range) -> int:
        images = np.stack([read(sources[row], session.preprocessing) for row in rows])
        out[rows.start : rows.stop] = session.run(images, (EMBEDDING,))[EMBEDDING]
        return len(rows)

    done = 0
    with ThreadPoolExecutor(threads, thread_name_prefix="embed") as executor:
        futures = {executor.submit(fill, rows) for rows in _batches(len(sources), batch_size)}
        try:
            while futures:
                finished, futures = wait(futures, return_when=FIRST_COMPLETED)
                done += sum(future.result() for future in finished)
                on_progress(done, len(sources))
        finally:
            _cancel(futures)
    return out


def feature_maps(
    session: InferenceSession, sources: Sequence[Source], *, batch_size: int = 16
) -> tuple[Embeddings, FeatureMaps]:
    """For the few that are queued: embeddings (n, d) and feature maps (n, d, h, w) from one pass."""
    parts = []
    for rows in _batches(len(sources), batch_size):
        images = np.stack([read(sources[row], session.preprocessing) for row in rows])
        parts.append(session.run(images, (EMBEDDING, FEATURE_MAP)))
    return np.concatenate([one[EMBEDDING] for one in parts]), np.concatenate([one[FEATURE_MAP] for one in parts])


def _batches(total: int, size: int) -> Iterator[range]:
    return (range(start, min(start + size, total)) for start in range(0, total, size))


def _cancel(futures: set[Future[int]]) -> None:
    for future in futures:
        future.cancel()
