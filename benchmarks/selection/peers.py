"""The libraries we compare with, each in an environment of its own that is made once and kept in a cache folder."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

# The upper bound lets pip take the build of PyTorch that the index at hand offers.
PEERS: Mapping[str, tuple[str, ...]] = {
    "scikit-activeml": ("scikit-activeml==1.0.1",),
    "baal": ("baal==2.1.0", "torch>=2.6,<2.14"),
    "small-text": ("small-text==1.4.1",),
    "modAL": ("modAL-python==0.4.2.1", "torch>=2.6,<2.14"),
}


def python_of(peer: str) -> Path:
    """The peer's own Python, installed now if it is not there. Raises CalledProcessError when pip fails."""
    folder = _cache() / peer
    wanted = "\n".join(PEERS[peer])
    mark = folder / "installed"
    python = folder / "bin" / "python"
    if not mark.exists() or mark.read_text() != wanted:
        print(f"installing {peer} in {folder}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS[peer]], check=True)
        mark.write_text(wanted)
    return python


def _cache() -> Path:
    return Path(os.environ.get("HEEDFUL_BENCH_CACHE", Path.home() / ".cache" / "heedful-bench"))
