"""The process that a labeling function runs in: reads code and samples as lines of JSON, answers a line a sample.

It is started as a file of its own and imports nothing of Heedful.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

FILE = "function"
MEMORY = 2 * 2**30


def main() -> None:
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # What the function prints must not get between our answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(**what: Any) -> None:
        answers.write(json.dumps(what) + "\n")

    label = compiled(json.loads(sys.stdin.readline())["code"], say)
    if label is not None:
        for line in sys.stdin:
            say(**answer(label, SimpleNamespace(**json.loads(line))))
    answers.flush()


def compiled(code: str, say: Callable[..., None]) -> Any:
    space: dict[str, Any] = {"__name__": FILE}
    try:
        exec(compile(code, FILE, "exec"), space)  # noqa: S102
    except BaseException as error:  # noqa: BLE001
        say(fatal=f"Line {line_of(error)}: {in_words(error)}")
        return None
    if not callable(space.get("label")):
        say(fatal="The code defines no function `label(sample)`.")
        return None
    return space["label"]


def answer(label: Any, sample: SimpleNamespace) -> dict[str, Any]:
    try:
        said = label(sample)
    except Exception as error:  # noqa: BLE001
        return {"error": in_words(error), "line": line_of(error)}
    if said is not None and not isinstance(said, str):
        first = label.__code__.co_firstlineno if hasattr(label, "__code__") else 1
        return {"error": f"it returned {said!r:.80}, neither a class's name nor None.", "line": first}
    return {"class": said}


def in_words(error: BaseException) -> str:
    return f"{type(error).__name__}: {getattr(error, 'msg', error)}"[:300]


def line_of(error: BaseException) -> int:
    """The last line of the function's own code that the error went through."""
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


if __name__ == "__main__":
    main()
