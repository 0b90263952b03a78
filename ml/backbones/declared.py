"""A backbone of one's own, as a file with a declared contract: checked by running it, and made one of ours.

The contract: pictures (n, 3, size, size), each value (v - mean) / std for v in 0..1, give an embedding (n, width), or a
feature map (n, width, h, w) whose mean is the embedding; of each picture by itself, whatever else is in the batch. With
an embedding alone there is no telling where in the picture it looked: its heatmaps are even.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from ml.errors import BrokenContract
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
from ml.inference.session import EMBEDDING, FEATURE_MAP

TOLERANCE = 1e-3
"""Relative to the largest number: how far answers in another batch may lie apart."""


@dataclass(frozen=True, slots=True)
class Contract(Preparing):
    embedding_width: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What was found to be true of the file. parameters: how many numbers it holds."""

    parameters: int
    has_feature_map: bool


def keep(content: bytes, contract: Contract, path: Path) -> Kept:
    """Check the file and write it to `path` as a backbone of ours. Raises NotAModelFile, or BrokenContract, which names
    the field at fault and the fix."""
    model = parsed(content, contract)
    answers = answered(model, contract, pictures(contract.size))
    output = _chosen(answers, contract)
    _check_numbers(answers[output])
    ours = _adapted(model, output, answers[output].shape[1:], contract)
    # The normalisation is in the graph: it is by channel.
    write_graph(ours, Preprocessing(size=contract.size, mean=0.0, std=1.0), path)
    _check_kept(path, answers[output], contract)
    weights = (int(np.prod(one.dims)) for one in model.graph.initializer)
    return Kept(sum(weights), answers[output].ndim == 4)


def _chosen(answers: Outputs, contract: Contract) -> str:
    """The output that is the feature map, else the one that is the embedding."""
    usable = {name: one for name, one in answers.items() if one.ndim in (2, 4) and len(one) == BATCH}
    if not usable:
        shapes = ", ".join(str(one.shape) for one in answers.values()) or "nothing in 32-bit floats"
        raise BrokenContract(
            "file",
            f"of {BATCH} pictures it must give ({BATCH}, width) or ({BATCH}, width, h, w); it gives {shapes}.",
        )
    fitting = [name for name, one in usable.items() if one.shape[1] == contract.embedding_width]
    if not fitting:
        widths = " or ".join(str(width) for width in sorted({one.shape[1] for one in usable.values()}))
        raise BrokenContract(
            "embedding_width", f"you declared {contract.embedding_width}, the file gives {widths}: declare that."
        )
    return max(fitting, key=lambda name: usable[name].ndim)


def _check_numbers(answer: npt.NDArray[np.float32]) -> None:
    if not np.isfinite(answer).all():
        raise BrokenContract("file", "it answers NaN or infinity to ordinary pictures; look at mean, std and weights.")
    spread = np.ptp(answer.reshape(len(answer), -1), axis=0).max()
    if spread == 0:
        raise BrokenContract("file", "it gives the same embedding for different pictures: its weights say nothing.")


def _adapted(model: onnx.ModelProto, output: str, shape: Sequence[int], contract: Contract) -> onnx.ModelProto:
    """With the feature map's mean behind it, or with an even map behind the embedding."""
    width = contract.embedding_width
    if len(shape) == 3:
        after = [
            helper.make_node("Identity", [PREFIX + output], [FEATURE_MAP]),
            helper.make_node("GlobalAveragePool", [FEATURE_MAP], ["averaged"]),
            helper.make_node("Flatten", ["averaged"], [EMBEDDING]),
        ]
    else:
        cells = numpy_helper.from_array(np.array([0, width, 1, 1], np.int64))
        after = [
            helper.make_node("Constant", [], ["cells"], value=cells),
            helper.make_node("Identity", [PREFIX + output], [EMBEDDING]),
            helper.make_node("Reshape", [EMBEDDING, "cells"], [FEATURE_MAP]),
        ]
    sides = list(shape[1:]) or [1, 1]
    outputs = [
        helper.make_tensor_value_info(EMBEDDING, TensorProto.FLOAT, ["n", width]),
        helper.make_tensor_value_info(FEATURE_MAP, TensorProto.FLOAT, ["n", width, *sides]),
    ]
    return adapted(model, contract, after, outputs)


def _check_kept(path: Path, answer: npt.NDArray[np.float32], contract: Contract) -> None:
    wanted = answer.mean(axis=(2, 3)) if answer.ndim == 4 else answer
    allowed = TOLERANCE * max(float(np.abs(wanted).max()), 1e-6)
    check_alone(path, EMBEDDING, wanted, size=contract.size, allowed=allowed)
