"""A deep run as a process of its own: `python -m tests.ml.tuning folder name pause`.

Says each step on its standard output, dawdles for `pause` seconds after it, and leaves its weights in a file.
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch

from ml.inference.preprocessing import Preprocessing
from ml.training.checkpoints import Checkpoints, FileStore
from ml.training.fine_tune import FineTuneConfig, TrainingStage, fine_tune
from ml.training.processes import joined
from tests.ml.conftest import SmallBackbone


def main() -> None:
    folder, name, pause = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    torch.set_num_threads(1)
    torch.manual_seed(7)
    labels = np.arange(36) % 2
    paths = [folder / f"{number}.png" for number in range(36)]
    classes = ("good", "defective")
    stages = [
        TrainingStage("cheap", paths[12:], labels[12:], np.arange(12, 36), classes, epochs=3),
        TrainingStage("experts", paths[:12], labels[:12], np.arange(12), classes),
    ]

    def say(done: int, total: int) -> None:
        sys.stdout.write(f"{done} of {total}\n")
        sys.stdout.flush()
        time.sleep(pause)

    with joined("cpu") as team:
        tuned = fine_tune(
            SmallBackbone().eval(),
            Preprocessing(64, 0.5, 0.5),
            stages,
            config=FineTuneConfig(stages=2, epochs=4, batch_size=5, head_rate=0.01, unfreeze_every=1, flip=True),
            seed=1,
            checkpoints=Checkpoints(FileStore(folder / f"{name}.pt"), every_steps=2),
            team=team,
            on_progress=say,
        )
        if team.leads:
            result = tuned.module.state_dict() | {"head": torch.from_numpy(tuned.head.weights)}
            torch.save({**result, "resumed": tuned.report.resumed}, folder / f"{name}.result")


if __name__ == "__main__":
    main()
