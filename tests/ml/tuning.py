"""A deep run as a process of its own: `python -m tests.ml.tuning folder name pause`.

Says each step on its standard output, dawdles for `pause` seconds after it, and leaves its weights in a file.
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch

from ml.training.augmentation import Augmentation
from ml.training.checkpoints import Checkpoints, FileStore
from ml.training.fine_tune import FineTuneConfig, TrainingStage, fine_tune
from tests.ml.conftest import SMALL, SmallBackbone

CLASSES = ("good", "defective")
VERSIONS = Augmentation(("shift_and_scale", "noise", "mirror"), views=2)
CONFIG = FineTuneConfig(
    stages=2, epochs=4, batch_size=6, head_rate=0.01, unfreeze_every=1, augmentation=VERSIONS, device="cpu"
)


def backbone() -> SmallBackbone:
    torch.manual_seed(7)
    return SmallBackbone().eval()


def two_stages(folder: Path) -> list[TrainingStage]:
    labels = np.arange(36) % 2
    paths = [folder / f"{number}.png" for number in range(36)]
    return [
        TrainingStage("cheap", paths[12:], labels[12:], np.arange(12, 36), CLASSES, epochs=3),
        TrainingStage("experts", paths[:12], labels[:12], np.arange(12), CLASSES),
    ]


def main() -> None:
    folder, name, pause = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    torch.set_num_threads(1)

    def say(done: int, total: int) -> None:
        sys.stdout.write(f"{done} of {total}\n")
        sys.stdout.flush()
        time.sleep(pause)

    tuned = fine_tune(
        backbone(),
        SMALL,
        two_stages(folder),
        config=CONFIG,
        seed=1,
        checkpoints=Checkpoints(FileStore(folder / f"{name}.pt"), every_steps=2),
        on_progress=say,
    )
    result = tuned.module.state_dict() | {"head": torch.from_numpy(tuned.head.weights)}
    torch.save({**result, "resumed": tuned.report.resumed}, folder / f"{name}.result")


if __name__ == "__main__":
    main()
