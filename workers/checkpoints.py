"""Checkpoints as artifacts. Loads no model of Django's, so that the processes of a deep run can use it."""

from dataclasses import dataclass

from heedful.core import artifacts


@dataclass(frozen=True, slots=True)
class ArtifactStore:
    """Beside the other artifacts: the worker that goes on may be on another machine."""

    address: str

    def read(self) -> bytes | None:
        return artifacts.read(self.address) if artifacts.exists(self.address) else None

    def write(self, content: bytes) -> None:
        artifacts.write(self.address, content)

    def clear(self) -> None:
        artifacts.delete(self.address)
