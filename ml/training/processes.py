"""One process or several with the same code: each learns from its share of every batch, and they agree on the gradient.

`torchrun` starts the processes and tells each its place through the environment; without that there is one. Every
process draws the same batches from the same seed and takes every size-th picture of them, so that two processes end
where one does, up to the order in which numbers are added.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed


@dataclass(frozen=True, slots=True)
class Team:
    """`rank` of `size` processes, and the device that this one computes on."""

    rank: int
    size: int
    device: torch.device

    @property
    def leads(self) -> bool:
        """One of them speaks for all: it writes checkpoints and reports progress."""
        return self.rank == 0

    def share(self, rows: Tensor) -> Tensor:
        """What falls to this process, of rows that all processes know alike."""
        return rows[self.rank :: self.size]

    def added(self, tensor: Tensor) -> Tensor:
        """The sum over all processes, on each of them."""
        if self.size > 1:
            distributed.all_reduce(tensor)
        return tensor

    def as_led(self, flag: bool) -> bool:
        """What the leading process says, where clocks may differ."""
        if self.size == 1:
            return flag
        said = torch.tensor(float(flag))
        distributed.broadcast(said, src=0)
        return bool(said)


def alone(device: str = "auto") -> Team:
    return Team(0, 1, chosen_device(device))


@contextmanager
def joined(device: str = "auto") -> Iterator[Team]:
    """The team that `torchrun` has started; just this process where it has not."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield alone(device)
        return
    own = chosen_device(device, int(os.environ["LOCAL_RANK"]))
    if own.type == "cuda":
        torch.cuda.set_device(own)
    # What is cached stays in main memory, so that gloo is there beside nccl.
    distributed.init_process_group("cpu:gloo,cuda:nccl" if own.type == "cuda" else "gloo")
    try:
        yield Team(distributed.get_rank(), size, own)
        # Nobody leaves while another still listens: gloo would abort it.
        distributed.barrier()
    finally:
        distributed.destroy_process_group()


def chosen_device(name: str, place: int = 0) -> torch.device:
    """auto: a GPU where there is one, else the processor."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name, place) if name == "cuda" else torch.device(name)
