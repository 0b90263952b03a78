"""What tasks read: pictures, shard files, graphs and heads, opened once and kept."""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import IO

import numpy as np

from heedful.core import artifacts
from heedful.core.errors import Conflict
from heedful.pool.artifacts import recorded
from heedful.pool.models import ShardArtifact
from ml.arrays import Embeddings
from ml.explain.model import ExplainedModel, open_explained
from ml.heads import LinearHead
from ml.inference.session import InferenceSession, open_session

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
LOCAL = "file://"

Place = tuple[int, int]
"""Where a sample's numbers lie: (shard id, row)."""


def source(address: str) -> Path | Callable[[], IO[bytes]]:
    """A picture as `ml` reads it: a path where there is one."""
    if address.startswith(LOCAL):
        return Path(address.removeprefix(LOCAL))
    return partial(artifacts.open_binary, address)


@lru_cache(maxsize=4)
def session(address: str, *, threads: int) -> InferenceSession:
    """An exported graph, opened for inference. Its file never changes: it is named by its content."""
    with artifacts.local_copy(address) as path:
        return open_session(path, threads=threads)


@lru_cache(maxsize=4)
def explained(address: str, *, threads: int) -> ExplainedModel:
    """A version's graph, opened to be explained."""
    with artifacts.local_copy(address) as path:
        return open_explained(path, threads=threads)


@lru_cache(maxsize=8)
def head(address: str) -> LinearHead:
    with artifacts.local_copy(address) as path:
        return LinearHead.load(path)


def shard_embeddings(project_id: int, producer: str) -> Mapping[int, Embeddings]:
    """Shard id → its embeddings, memory-mapped where the file is local."""
    addresses = recorded(project_id=project_id, kind=ShardArtifact.Kind.EMBEDDINGS, producer=producer)
    return {shard_id: load_array(address) for shard_id, address in addresses.items()}


def load_array(address: str) -> Embeddings:
    if address.startswith(LOCAL):
        return np.asanyarray(np.load(address.removeprefix(LOCAL), mmap_mode="r"))
    with artifacts.open_binary(address) as stream:
        return np.asanyarray(np.load(stream))


def gather(embeddings: Mapping[int, Embeddings], places: Iterable[Place]) -> Embeddings:
    """The embeddings of samples, in their order. Raises Conflict while a shard is not embedded yet."""
    wanted = list(places)
    if missing := {shard_id for shard_id, _ in wanted} - embeddings.keys():
        raise Conflict(f"{len(missing)} shards are not embedded yet.")
    return np.stack([embeddings[shard_id][row] for shard_id, row in wanted]).astype(np.float32)
