"""One peer, asked by its parent: a line of JSON a question on standard input, a line with the rows it picks in return.

`python -m benchmarks.savings.peers.child MODULE`. Whatever the library prints goes to standard error.
"""

import json
import os
import sys
import warnings
from importlib import import_module
from pathlib import Path

import numpy as np

from benchmarks.savings.peers.question import Methods, Question


def main(module: str) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    methods: Methods = import_module(f"benchmarks.savings.peers.{module}").METHODS
    for line in sys.stdin:
        asked = json.loads(line)
        folder = Path(asked["folder"])
        with np.load(folder / "question.npz") as arrays:
            question = Question(
                embeddings=np.load(folder / "embeddings.npy"), seed=asked["seed"], size=asked["size"], **arrays
            )
        picked = np.asarray(methods[asked["method"]](question)).ravel()
        answers.write(json.dumps([int(row) for row in picked]) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
