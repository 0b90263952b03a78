"""A classifier of one's own, as a file with a declared contract: checked by running it, and made a graph that can be
explained.

The contract: pictures (n, 3, size, size), each value (v - mean) / std for v in 0..1, give (n, classes), logits or
probabilities, of each picture by itself.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from ml.errors import BrokenContract
from ml.explain.model import LOGITS
from ml.heads import softmax
from ml.inference.export import write_graph
from ml.inference.foreign import (
    BATCH,
    PREFIX,
    Outputs,
    Preparing,
    adapted,
    answered,
    check_alone,
    parsed,
    pictures,
)
from ml.inference.preprocessing import Preprocessing
from ml.inference.session import PROBABILITIES

TOLERANCE = 1e-3
"""How far probabilities in another batch may lie apart."""
_LEAST = 1e-12
"""Probability: the logarithm of nothing is not finite."""


@dataclass(frozen=True, slots=True)
class Contract(Preparing):
    """classes: their names, in the order of the output."""

    classes: tuple[str, ...]
    gives: Literal["logits", "probabilities"]


def keep_classifier(content: bytes, contract: Contract, path: Path) -> None:
    """Check an ONNX or TorchScript file and write it to `path` as a graph of ours. Raises NotAModelFile, or
    BrokenContract, which names the field at fault and the fix."""
    if len(contract.classes) < 2 or len(set(contract.classes)) < len(contract.classes):
        raise BrokenContract("classes", "name at least two classes, each once, in the order of the output.")
    model = parsed(content, contract)
    answers = answered(model, contract, pictures(contract.size))
    output = _chosen(answers, contract)
    if not np.isfinite(answers[output]).all():
        raise BrokenContract("file", "it answers NaN or infinity to ordinary pictures; look at mean, std and weights.")
    if contract.gives == "probabilities":
        _check_probabilities(answers[output])
    # The normalisation is in the graph: it is by channel.
    plain = Preprocessing(size=contract.size, mean=0.0, std=1.0)
    write_graph(_between_our_names(model, output, contract), plain, path, classes=contract.classes)
    _check_kept(path, answers[output], contract)


def _chosen(answers: Outputs, contract: Contract) -> str:
    width = len(contract.classes)
    fitting = [name for name, one in answers.items() if one.shape == (BATCH, width)]
    if len(fitting) == 1:
        return fitting[0]
    shapes = ", ".join(f"{name} {one.shape}" for name, one in answers.items()) or "nothing in 32-bit floats"
    if fitting:
        raise BrokenContract("file", f"several of its outputs may be the answer: {shapes}. Export it with one.")
    widths = sorted({one.shape[1] for one in answers.values() if one.ndim == 2 and len(one) == BATCH})
    if widths:
        raise BrokenContract(
            "classes", f"you named {width}, the file gives {' or '.join(map(str, widths))}: name one for each."
        )
    raise BrokenContract("file", f"of {BATCH} pictures it must give ({BATCH}, {width}); it gives {shapes}.")


def _check_probabilities(answer: npt.NDArray[np.float32]) -> None:
    if answer.min() < 0 or not np.allclose(answer.sum(axis=1), 1, atol=1e-3):
        raise BrokenContract("gives", "its answers are not probabilities: they do not sum to 1. Declare logits.")


def _between_our_names(model: onnx.ModelProto, output: str, contract: Contract) -> onnx.ModelProto:
    theirs = PREFIX + output
    if contract.gives == "logits":
        after = [
            helper.make_node("Identity", [theirs], [LOGITS]),
            helper.make_node("Softmax", [LOGITS], [PROBABILITIES], axis=1),
        ]
    else:
        least = numpy_helper.from_array(np.array(_LEAST, np.float32))
        after = [
            helper.make_node("Identity", [theirs], [PROBABILITIES]),
            helper.make_node("Constant", [], ["least"], value=least),
            helper.make_node("Max", [theirs, "least"], ["some"]),
            helper.make_node("Log", ["some"], [LOGITS]),
        ]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", len(contract.classes)])
        for name in (PROBABILITIES, LOGITS)
    ]
    return adapted(model, contract, after, outputs)


def _check_kept(path: Path, answer: npt.NDArray[np.float32], contract: Contract) -> None:
    wanted = answer if contract.gives == "probabilities" else softmax(answer)
    check_alone(path, PROBABILITIES, wanted, size=contract.size, allowed=TOLERANCE)
