"""The peers' side of a simulated project: a chooser that asks a process in the peer's environment."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import numpy as np

from benchmarks.savings.labeling import Chooser, Project
from benchmarks.selection.peers import python_of

CHECKOUT = Path(__file__).parents[3]
METHODS: Mapping[str, tuple[str, ...]] = {
    "scikit-activeml": (
        "UncertaintySampling(margin)",
        "UncertaintySampling(least confident, costs)",
        "QueryByCommittee(KL)",
        "Badge",
        "Clue",
        "DropQuery",
        "Falcun",
    ),
    "small-text": ("BreakingTies", "ContrastiveActiveLearning", "LightweightCoreset"),
    "baal": ("Margin", "BALD", "PowerSampling(BALD)"),
    "modAL": ("margin_sampling", "max_disagreement_sampling"),
    "cleanlab": ("ActiveLab",),
}
MODULES: Mapping[str, str] = {
    "scikit-activeml": "with_skactiveml",
    "small-text": "with_small_text",
    "baal": "with_baal",
    "modAL": "with_modal",
    "cleanlab": "with_cleanlab",
}
OURS = "cleanlab"
"""Heedful depends on it, so it is in our own environment."""


@dataclass(frozen=True)
class Peer:
    """A running child and the folder that its questions lie in."""

    library: str
    child: "subprocess.Popen[str]"
    folder: Path

    def chooser(self, method: str) -> Chooser:
        return lambda project, size: self._ask(project, method, size)

    def _ask(self, project: Project, method: str, size: int) -> list[int]:
        """A library that names a sample twice is given a random one instead: a round has its size."""
        size = min(size, len(project.unasked))
        self._write(project)
        seed = int(project.rng().integers(2**31))
        said = self._said({"method": method, "folder": str(self.folder), "size": size, "seed": seed})
        picked = list(dict.fromkeys(said))
        if len(said) != size or not set(picked) <= set(project.unasked.tolist()):
            raise ValueError(f"{self.library}, {method}: {len(said)} picks for {size} places, or some not in the pool.")
        left = np.setdiff1d(project.unasked, picked)
        return [*picked, *project.rng().choice(left, size - len(picked), replace=False).tolist()]

    def _write(self, project: Project) -> None:
        assert project.head is not None
        weights, bias = project.head.calibrated
        members = [head.calibrated for head in project.ensemble.heads]
        np.save(self.folder / "embeddings.npy", project.pool.embeddings)
        np.savez(
            self.folder / "question.npz",
            costs=project.pool.costs,
            labeled=project.asked,
            labels=project.answers,
            weights=weights,
            bias=bias,
            member_weights=np.stack([weights for weights, _ in members]),
            member_bias=np.stack([bias for _, bias in members]),
        )

    def _said(self, question: Mapping[str, object]) -> list[int]:
        to, back = _pipes(self.child)
        to.write(json.dumps(question) + "\n")
        to.flush()
        line = back.readline()
        if not line:
            raise RuntimeError(f"{self.library} ended: see what it printed above.")
        rows: list[int] = json.loads(line)
        return rows


def make_environments() -> None:
    """Those that are not there yet, before several processes want one at once. Raises CalledProcessError."""
    for library in METHODS:
        if library != OURS:
            python_of(library)


@contextmanager
def peers(libraries: tuple[str, ...]) -> Iterator[Mapping[str, Peer]]:
    """Each library's process, until the block ends."""
    with ExitStack() as stack:
        yield {library: stack.enter_context(_peer(library)) for library in libraries}


@contextmanager
def _peer(library: str) -> Iterator[Peer]:
    python = Path(sys.executable) if library == OURS else python_of(library)
    command = [str(python), "-m", "benchmarks.savings.peers.child", MODULES[library]]
    settings = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with (
        TemporaryDirectory(prefix="heedful-peer-") as folder,
        subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**os.environ, **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as child,
    ):
        yield Peer(library, child, Path(folder))
        _pipes(child)[0].close()


def _pipes(child: "subprocess.Popen[str]") -> tuple[IO[str], IO[str]]:
    assert child.stdin is not None
    assert child.stdout is not None
    return child.stdin, child.stdout
