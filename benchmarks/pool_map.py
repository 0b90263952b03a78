"""The map of the pool in a browser: milliseconds between frames while 100,000 points are moved."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.report import Report

ROOT = Path(__file__).parents[1]
# The suite's own server, database and browser.
PAGE = "tests/e2e/measure_map.py"


def run(quick: bool) -> Report:
    with tempfile.TemporaryDirectory(prefix="heedful-bench-") as folder:
        told = Path(folder, "frames.json")
        env = {**os.environ, "HEEDFUL_FRAMES": str(told), "HEEDFUL_FRAMES_TURNS": "1" if quick else "5"}
        subprocess.run([sys.executable, "-m", "pytest", "-q", PAGE], check=True, cwd=ROOT, env=env)
        frames = json.loads(told.read_text())
    return Report(
        rows=[
            {
                "what": name,
                "unit": "ms between frames",
                "median": float(np.median(taken)),
                "lowest": float(np.min(taken)),
                "highest": float(np.max(taken)),
            }
            for name, taken in frames.items()
        ],
        notes=[
            "100,000 points in headless Chromium, which draws WebGL by the processor here: a graphics card is faster."
        ],
    )
