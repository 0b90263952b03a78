"""A deep run in several processes, one a GPU, started by `torchrun` on this machine.

The task goes to the processes through a file, progress comes back over a pipe, the result through another file. The
processes end with the one that started them: whoever reports progress into a pipe that nobody reads dies of it, and
torchrun ends the others.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from ml.backbones.base import Backbone
from ml.errors import DataError, MLError, ModelError
from ml.files import replacing
from ml.inference.preprocessing import Preprocessing
from ml.progress import Progress, no_progress
from ml.training.checkpoints import Checkpoints
from ml.training.fine_tune import FineTuneConfig, FineTuned, TrainingStage, fine_tune
from ml.training.processes import Team, joined

_TASK, _RESULT, _ERROR = "task.pt", "result.pt", "error.pt"


@dataclass(frozen=True, slots=True)
class Task:
    """What `fine_tune` takes. All of it must survive pickling, the sources and the store of checkpoints too."""

    module: Backbone
    preprocessing: Preprocessing
    stages: Sequence[TrainingStage]
    config: FineTuneConfig
    seed: int
    checkpoints: Checkpoints | None = None
    time_limit: float = float("inf")

    def run(self, on_progress: Progress, team: Team | None = None) -> FineTuned:
        return fine_tune(
            self.module,
            self.preprocessing,
            self.stages,
            config=self.config,
            seed=self.seed,
            checkpoints=self.checkpoints,
            team=team,
            on_progress=on_progress,
            time_limit=self.time_limit,
        )


def fine_tune_in_processes(count: int, task: Task, *, on_progress: Progress = no_progress) -> FineTuned:
    """`fine_tune` by so many processes together. What `on_progress` raises ends them. Raises DataError, ModelError."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        torch.save(task, folder / _TASK)
        status = _watch(_start(count, folder), on_progress)
        if (folder / _ERROR).exists():
            kind, sentence = torch.load(folder / _ERROR, weights_only=False)
            raise kind(sentence)
        if not (folder / _RESULT).exists():
            raise RuntimeError(f"The processes that fine-tune ended with {status}; the worker's log says why.")
        result: FineTuned = torch.load(folder / _RESULT, weights_only=False)
        return result


def _start(count: int, folder: Path) -> subprocess.Popen[str]:
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}"]
    return subprocess.Popen(
        [*torchrun, "-m", "ml.training.launch", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        start_new_session=True,
    )


def _watch(process: subprocess.Popen[str], on_progress: Progress) -> int:
    assert process.stdout is not None
    try:
        with process.stdout as lines:
            for line in lines:
                done, total = line.split()
                on_progress(int(done), int(total))
        return process.wait()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _say(done: int, total: int) -> None:
    sys.stdout.write(f"{done} {total}\n")
    sys.stdout.flush()


def main() -> None:
    """One of the processes. An error of one is the error of all: the others wait for it in vain, and die."""
    folder = Path(sys.argv[1])
    task: Task = torch.load(folder / _TASK, weights_only=False)
    with joined(task.config.device) as team:
        try:
            result = task.run(_say, team)
        except MLError as error:
            # Its sentence alone: an error with arguments of its own does not survive pickling.
            kind = DataError if isinstance(error, DataError) else ModelError
            with replacing(folder / _ERROR) as file:
                torch.save((kind, str(error)), file)
            raise
        if team.leads:
            with replacing(folder / _RESULT) as file:
                torch.save(result, file)


if __name__ == "__main__":
    main()
