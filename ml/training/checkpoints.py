"""Where a deep run stands, kept in one file, so that a killed run goes on instead of starting over.

A checkpoint holds all that the next step depends on. It carries the fingerprint of what the run was asked to do: one
of another run, or a damaged one, counts as none. A new one takes the place of the old as a whole.
"""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch

from ml.files import replacing

_DIGEST = 32


class Store(Protocol):
    """Keeps one checkpoint; a reader sees the last one written, or the one before it, but never half of either."""

    def read(self) -> bytes | None: ...
    def write(self, content: bytes) -> None: ...
    def clear(self) -> None: ...


@dataclass(frozen=True, slots=True)
class FileStore:
    path: Path

    def read(self) -> bytes | None:
        return self.path.read_bytes() if self.path.exists() else None

    def write(self, content: bytes) -> None:
        with replacing(self.path) as file:
            file.write(content)

    def clear(self) -> None:
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """One is written after so many seconds or, if given, after so many steps, whichever comes first."""

    store: Store
    every_seconds: float = 20.0
    every_steps: int | None = None

    def due(self, *, seconds: float, steps: int) -> bool:
        return seconds >= self.every_seconds or (self.every_steps is not None and steps >= self.every_steps)

    def save(self, state: dict[str, Any], fingerprint: str) -> None:
        stream = io.BytesIO()
        torch.save({"fingerprint": fingerprint, **state}, stream)
        content = stream.getvalue()
        self.store.write(hashlib.sha256(content).digest() + content)

    def load(self, fingerprint: str) -> dict[str, Any] | None:
        stored = self.store.read() or b""
        digest, content = stored[:_DIGEST], stored[_DIGEST:]
        if hashlib.sha256(content).digest() != digest:
            # None yet, or torn by a power cut: what it would have saved is learned again.
            return None
        state: dict[str, Any] = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
        return state if state.get("fingerprint") == fingerprint else None


def fingerprint(parts: Iterable[object]) -> str:
    """Names what a run was asked to do: tensors and arrays by their bytes, all else by how it prints."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.numpy().tobytes() if isinstance(part, torch.Tensor) else repr(part).encode()
        digest.update(len(content).to_bytes(8) + content)
    return digest.hexdigest()
