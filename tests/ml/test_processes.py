"""A deep run in several processes ends where one alone does."""

from contextlib import suppress

import numpy as np
import pytest
import torch

from ml.errors import DataError
from ml.training.checkpoints import Checkpoints, FileStore
from ml.training.fine_tune import fine_tune
from ml.training.head import torch_threads
from ml.training.launch import Task, fine_tune_in_processes
from tests.ml.conftest import SMALL
from tests.ml.test_fine_tune import weights
from tests.ml.test_resuming import Killed, dying_after
from tests.ml.tuning import CONFIG, backbone, two_stages


@pytest.fixture
def pictures(tmp_path, make_pictures):
    make_pictures(36, bright=np.arange(36) % 2 == 1)
    return tmp_path


def test_two_processes_go_on_where_one_was_killed_and_end_where_it_would_have(pictures):
    """Batches of 6 among two, the last of each epoch a single picture: one of the two has nothing to add to it."""
    stages = two_stages(pictures)
    checkpoints = Checkpoints(FileStore(pictures / "run.pt"), every_steps=1)
    with torch_threads(1):
        alone = fine_tune(backbone(), SMALL, stages, config=CONFIG, seed=1)
        with suppress(Killed):
            fine_tune(
                backbone(), SMALL, stages, config=CONFIG, seed=1, checkpoints=checkpoints, on_progress=dying_after(5)
            )
    seen = []
    task = Task(backbone(), SMALL, stages, CONFIG, seed=1, checkpoints=checkpoints)
    together = fine_tune_in_processes(2, task, on_progress=lambda done, total: seen.append((done, total)))
    assert (together.report.processes, together.report.resumed) == (2, 1)
    assert seen[0][0] > 19
    assert seen == sorted(seen)
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(weights(alone), weights(together), strict=True))
    for one, other in zip(alone.report.stages, together.report.stages, strict=True):
        assert one.validation_losses == pytest.approx(other.validation_losses, abs=1e-6)


def test_what_is_wrong_is_said_in_the_process_that_asked(pictures):
    (pictures / "3.png").write_bytes(b"not a picture")
    with pytest.raises(DataError, match="Picture 4 of 12"):
        fine_tune_in_processes(2, Task(backbone(), SMALL, two_stages(pictures)[1:], CONFIG, seed=1))


def test_whoever_stops_watching_stops_the_processes(pictures):
    task = Task(backbone(), SMALL, two_stages(pictures), CONFIG, seed=1)
    with pytest.raises(Killed):
        fine_tune_in_processes(2, task, on_progress=dying_after(0))
