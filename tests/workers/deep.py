"""A project whose deep run takes a second, and a worker that can be killed in the middle of one.

Run as a program it is that worker: it takes the job of the given id, dawdles after each step and says so.
"""

import sys
import time
from pathlib import Path

import numpy as np

CLASSES, SIZE, GOLD = ("good", "defective"), 60, 12


def register() -> None:
    """The small backbone, in the catalogue that projects choose from."""
    from ml.backbones.catalogue import BACKBONES, BackboneSpec
    from tests.ml.conftest import SMALL, SmallBackbone

    BACKBONES["small"] = BackboneSpec("small", "made by the tests", "", 24, SMALL, lambda: SmallBackbone().eval())


def main(job_id: int) -> None:
    import django

    django.setup()

    from heedful.jobs import services as jobs
    from workers.running import RunningJob, kept_alive
    from workers.tasks.fine_tune import fine_tune_backbone

    class Slow(RunningJob):
        def progress(self, done: int, total: int, unit: str = "") -> None:
            super().progress(done, total, unit)
            sys.stdout.write(f"{done}\n")
            sys.stdout.flush()
            time.sleep(0.02)

    register()
    job = jobs.claim(job_id)
    assert job is not None
    running = Slow(job)
    with kept_alive(running):
        fine_tune_backbone(running)
    jobs.finish(job)


def pictures(folder: Path) -> tuple[list[Path], list[int]]:
    """Every third shows a bright square."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    paths, positions = [], []
    for number in range(SIZE):
        pixels = np.random.default_rng(number).integers(0, 120, (48, 48, 3), np.uint8)
        positions.append(int(number % 3 == 0))
        if positions[-1]:
            pixels[8:40, 8:40] = 250
        paths.append(folder / f"{number}.png")
        Image.fromarray(pixels).save(paths[-1])
    return paths, positions


if __name__ == "__main__":
    main(int(sys.argv[1]))
