"""Finding, in a graph from elsewhere, the end that class activation needs: a mean over a feature map, then a linear
layer."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from ml.heads import LinearHead

Weights = Mapping[str, npt.NDArray[Any]]
_PASSING = {"Flatten", "Identity", "Squeeze", "Reshape", "Dropout"}


def find_end(graph: onnx.GraphProto, logits: str) -> tuple[str, LinearHead] | None:
    """The name of the feature map (n, d, h, w), and the layer that turns its mean into `logits`; None where the graph
    does not end so."""
    made = {name: node for node in graph.node for name in node.output}
    weights = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    weights |= {
        name: numpy_helper.to_array(node.attribute[0].t)
        for name, node in made.items()
        if node.op_type == "Constant" and node.attribute[0].name == "value"
    }
    found = _linear(logits, made, weights)
    if found is None:
        return None
    source, head = found
    pooled = _back(source, made)
    node = made.get(pooled)
    if node is None or not _averages(node, weights):
        return None
    return node.input[0], head


def _linear(name: str, made: Mapping[str, onnx.NodeProto], weights: Weights) -> tuple[str, LinearHead] | None:
    node = made.get(_back(name, made))
    bias: npt.NDArray[np.float32] | None = None
    if node is not None and node.op_type == "Add":
        constants = [one for one in node.input if one in weights]
        others = [one for one in node.input if one not in weights]
        if len(constants) != 1:
            return None
        bias, node = weights[constants[0]], made.get(others[0])
    if node is None or node.op_type not in ("Gemm", "MatMul") or node.input[1] not in weights:
        return None
    matrix = weights[node.input[1]]
    given = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
    if given.get("alpha", 1.0) != 1.0 or given.get("beta", 1.0) != 1.0 or given.get("transA"):
        return None
    matrix = matrix if given.get("transB") else matrix.T
    if node.op_type == "Gemm" and len(node.input) > 2:
        if node.input[2] not in weights:
            return None
        bias = weights[node.input[2]]
    if bias is None:
        bias = np.zeros(len(matrix), np.float32)
    flat = np.broadcast_to(np.asarray(bias, np.float32).reshape(-1), (len(matrix),))
    return node.input[0], LinearHead(np.ascontiguousarray(matrix, np.float32), flat.copy(), 1.0)


def _back(name: str, made: Mapping[str, onnx.NodeProto]) -> str:
    """The tensor that this one is but another shape of."""
    while name in made and made[name].op_type in _PASSING:
        name = made[name].input[0]
    return name


def _averages(node: onnx.NodeProto, weights: Weights) -> bool:
    """Over places, and nothing else."""
    if node.op_type == "GlobalAveragePool":
        return True
    if node.op_type != "ReduceMean":
        return False
    axes = next((list(one.ints) for one in node.attribute if one.name == "axes"), None)
    if axes is None and len(node.input) > 1 and node.input[1] in weights:
        axes = weights[node.input[1]].tolist()
    return axes is not None and sorted(axis % 4 for axis in axes) == [2, 3]
