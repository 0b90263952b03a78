"""A deep run that is killed ends with the very weights of one that is not."""

import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml.training.augmentation import TRANSFORMS, Augmentation
from ml.training.checkpoints import Checkpoints, FileStore
from ml.training.fine_tune import FineTuneConfig
from ml.training.head import torch_threads
from tests.ml.test_fine_tune import stage, tune, weights

ROOT = Path(__file__).parents[2]


class Killed(Exception):
    """Stands for the end of the process: nothing of the run survives it but its checkpoint."""


@pytest.fixture(autouse=True)
def one_thread():
    with torch_threads(1):
        yield


def two_stages(make_pictures):
    labels = np.arange(36) % 2
    paths = make_pictures(36, bright=labels == 1)
    cheap = stage(paths[12:], labels[12:], name="cheap", groups=np.arange(12, 36), epochs=2)
    return cheap, stage(paths[:12], labels[:12])


ALL = Augmentation(tuple(TRANSFORMS), strength=1.0, views=3)
CONFIG = FineTuneConfig(stages=2, epochs=4, batch_size=5, unfreeze_every=1, augmentation=ALL)


def dying_after(steps):
    seen = []

    def look(done, total):
        seen.append(done)
        if len(seen) > steps:
            raise Killed

    return look


@pytest.fixture
def whole(small_backbone, make_pictures):
    return tune(small_backbone, *two_stages(make_pictures), config=CONFIG)


@given(kills=st.lists(st.integers(0, 25), max_size=4), every_steps=st.integers(1, 7))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_run_killed_at_any_steps_ends_with_the_same_weights(
    whole, small_backbone, make_pictures, tmp_path_factory, kills, every_steps
):
    stages = two_stages(make_pictures)
    store = FileStore(tmp_path_factory.mktemp("run") / "run.pt")
    checkpoints = Checkpoints(store, every_steps=every_steps)
    for steps in kills:
        with suppress(Killed):
            tune(small_backbone, *stages, config=CONFIG, checkpoints=checkpoints, on_progress=dying_after(steps))
    resumed = tune(small_backbone, *stages, config=CONFIG, checkpoints=checkpoints)
    assert resumed.report.stages == whole.report.stages
    assert resumed.report.temperature == whole.report.temperature
    assert all(torch.equal(a, b) for a, b in zip(weights(resumed), weights(whole), strict=True))
    assert np.array_equal(resumed.head.bias, whole.head.bias)


def test_a_finished_run_is_not_trained_again_until_its_checkpoint_is_cleared(small_backbone, make_pictures, tmp_path):
    stages, store = two_stages(make_pictures), FileStore(tmp_path / "run.pt")
    first = tune(small_backbone, *stages, config=CONFIG, checkpoints=Checkpoints(store))
    again = tune(small_backbone, *stages, config=CONFIG, checkpoints=Checkpoints(store), on_progress=dying_after(0))
    assert all(torch.equal(a, b) for a, b in zip(weights(first), weights(again), strict=True))
    store.clear()
    assert list(tmp_path.glob("run.pt*")) == []
    with pytest.raises(Killed):
        tune(small_backbone, *stages, config=CONFIG, checkpoints=Checkpoints(store), on_progress=dying_after(0))


@pytest.mark.parametrize("content", [b"", b"torn", bytes(10_000), None])
def test_a_checkpoint_that_is_torn_or_of_another_run_counts_as_none(small_backbone, make_pictures, tmp_path, content):
    stages, store = two_stages(make_pictures), FileStore(tmp_path / "run.pt")
    if content is None:
        other = FineTuneConfig(stages=2, epochs=1, augmentation=ALL)
        tune(small_backbone, *stages, config=other, checkpoints=Checkpoints(store))
    else:
        store.path.write_bytes(content)
    report = tune(small_backbone, *stages, config=CONFIG, checkpoints=Checkpoints(store)).report
    assert report.resumed == 0


def test_the_time_limit_counts_the_time_before_the_kill(small_backbone, make_pictures, tmp_path):
    stages = [two_stages(make_pictures)[1]]
    checkpoints = Checkpoints(FileStore(tmp_path / "run.pt"), every_steps=1)
    endless = FineTuneConfig(stages=2, epochs=10**6, patience=10**6, batch_size=5)

    def dawdle(done, total):
        time.sleep(0.05)
        dying(done, total)

    dying = dying_after(5)
    with pytest.raises(Killed):
        tune(small_backbone, *stages, config=endless, checkpoints=checkpoints, on_progress=dawdle, time_limit=0.6)
    report = tune(small_backbone, *stages, config=endless, checkpoints=checkpoints, time_limit=0.6).report
    assert report.stages[0].out_of_time
    assert report.resumed == 1
    assert 0.6 <= report.seconds < 1.2


def test_a_process_that_is_really_killed_is_followed_by_one_that_ends_the_same(tmp_path, make_pictures):
    make_pictures(36, bright=np.arange(36) % 2 == 1)
    subprocess.run(_program(tmp_path, "whole", pause=0), cwd=ROOT, check=True)
    kills = 0
    while kills < 2:
        process = subprocess.Popen(_program(tmp_path, "killed", pause=0.02), cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout is not None
        for _ in range(4 + 3 * kills):  # So many steps after it has begun or gone on.
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        kills += 1
    subprocess.run(_program(tmp_path, "killed", pause=0), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    one, other = (torch.load(tmp_path / f"{name}.result", weights_only=True) for name in ("whole", "killed"))
    assert other.pop("resumed") == 2
    assert one.pop("resumed") == 0
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


def _program(folder, name, *, pause):
    return [sys.executable, "-m", "tests.ml.tuning", str(folder), name, str(pause)]
