"""Labeling functions: a manager's Python over what is known of samples, run by a process of its own.

The process has a time limit, a memory limit and none of this server's environment, which stops accidents. It is no
sandbox: whoever may enter a function may run anything that this server's user may.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from heedful.core.errors import InvalidInput
from heedful.pool.models import Sample
from heedful.pool.weak.labels import ClassNames, Outcome, Refused
from heedful.projects.models import Project

Progress = Callable[[int, int], None]

CHILD = Path(__file__).with_name("function_child.py")
PREVIEWED = 20
PREVIEW_SECONDS = 5.0
FIELDS = ("pk", "name", "group", "width", "height", "metadata")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a function says of one sample: a class, nothing, or why it could not."""

    sample: Sample
    class_name: str | None
    refusal: str


def run_function(project: Project, code: str, *, seconds: float, on_progress: Progress) -> list[Outcome]:
    """What the function says of every sample of the project. Raises InvalidInput when the code does not compile, has
    no `label`, or does not end in time."""
    samples = [dict(zip(FIELDS, row, strict=True)) for row in project.samples.order_by("pk").values_list(*FIELDS)]
    said = _run(code, samples, seconds=seconds, on_progress=on_progress)
    names = ClassNames(project)
    return [
        _outcome(number, sample, one, names) for number, (sample, one) in enumerate(zip(samples, said, strict=True), 1)
    ]


def preview_function(project: Project, code: str) -> list[Preview]:
    """What the function would say of some samples, always the same ones. Raises InvalidInput as `run_function` does."""
    samples = list(project.samples.select_related("label__label_class").order_by("content_hash")[:PREVIEWED])
    rows = [{field: getattr(sample, field) for field in FIELDS} for sample in samples]
    said = _run(code, rows, seconds=PREVIEW_SECONDS, on_progress=None)
    names = ClassNames(project)
    outcomes = [_outcome(number, row, one, names) for number, (row, one) in enumerate(zip(rows, said, strict=True), 1)]
    classes = {one.pk: one.name for one in project.classes()}
    return [
        Preview(sample, None if one.class_id is None else classes[one.class_id], one.refusal)
        for sample, one in zip(samples, outcomes, strict=True)
    ]


def _outcome(number: int, sample: dict[str, Any], said: dict[str, Any], names: ClassNames) -> Outcome:
    if "error" in said:
        return Outcome(number, sample["name"], refusal=f"Line {said['line']}: {said['error']}")
    if said["class"] is None:
        return Outcome(number, sample["name"])
    try:
        return Outcome(number, sample["name"], [sample["pk"]], names[said["class"]])
    except Refused as refused:
        return Outcome(number, sample["name"], refusal=str(refused))


def _run(
    code: str, samples: Iterable[dict[str, Any]], *, seconds: float, on_progress: Progress | None
) -> list[dict[str, Any]]:
    rows = list(samples)
    with TemporaryDirectory() as folder:
        given, said = Path(folder, "given"), Path(folder, "said")
        with given.open("w") as stream:
            stream.write(json.dumps({"code": code}) + "\n")
            stream.writelines(json.dumps({"id": row["pk"], **row}) + "\n" for row in rows)
        with given.open("rb") as source, said.open("wb") as target:
            _wait(_start(source, target, folder, seconds), said, len(rows), seconds, on_progress)
        with said.open() as stream:
            answers = [json.loads(line) for line in stream]
    if answers and "fatal" in answers[-1]:
        raise InvalidInput(answers[-1]["fatal"], field="code")
    if len(answers) < len(rows):
        raise InvalidInput(f"The function ended the process after {len(answers)} of {len(rows)} samples.", field="code")
    return answers


def _start(given: IO[bytes], said: IO[bytes], folder: str, seconds: float) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-I", str(CHILD), str(int(seconds) + 1)],
        stdin=given,
        stdout=said,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        start_new_session=True,
    )


def _wait(
    child: "subprocess.Popen[bytes]",
    said: Path,
    total: int,
    seconds: float,
    on_progress: Progress | None,
) -> None:
    """Until the child ends. Raises InvalidInput when its time is up; whatever ends the wait, no child outlives it."""
    end = time.monotonic() + seconds
    try:
        while True:
            try:
                child.wait(timeout=min(0.5, max(end - time.monotonic(), 0)))
                return
            except subprocess.TimeoutExpired:
                done = said.read_bytes().count(b"\n")
                if time.monotonic() >= end:
                    raise InvalidInput(
                        f"The function was stopped after {seconds:g} seconds, at {done} of {total} samples.",
                        field="code",
                    ) from None
                if on_progress:
                    on_progress(min(done, total), total)
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
