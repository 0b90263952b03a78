"""An exported graph as a PyTorch module: the very file that ships, differentiable.

Gradients of the network that a graph was exported from would explain that network; a graph may also have come without
one. Libraries that turn a graph into PyTorch need more of PyTorch's family than this package installs.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from ml.errors import NotExplainable
from ml.explain.operators import OPERATORS, attributes_of

Step = tuple[onnx.NodeProto, dict[str, Any]]


class GraphModule(nn.Module):
    """forward: images (n, 3, s, s) -> the tensor `output`. In evaluation mode always: a graph knows no other."""

    def __init__(self, graph: onnx.GraphProto, *, source: str, output: str) -> None:
        """Raises NotExplainable, which names the operator that is not known here."""
        super().__init__()
        self._nodes = _needed([(node, attributes_of(node)) for node in graph.node], output, {source})
        if unknown := sorted({node.op_type for node, _ in self._nodes} - OPERATORS.keys()):
            raise NotExplainable(
                f"This model has no gradients here: it uses the ONNX operator {', '.join(unknown)}. Methods that only"
                " ask it, such as occlusion, explain it all the same."
            )
        self._source, self._output = source, output
        self._weights = {one.name: torch.from_numpy(np.array(numpy_helper.to_array(one))) for one in graph.initializer}

    def forward(self, images: Tensor) -> Tensor:
        return self.reached(images)[self._output]

    def reached(self, images: Tensor, wanted: Iterable[str] = ()) -> Mapping[str, Tensor]:
        """The output, and those of the wanted tensors that lie on the way to it, by name."""
        return self.resumed({self._source: images}, wanted)

    def resumed(self, known: Mapping[str, Tensor], wanted: Iterable[str] = ()) -> Mapping[str, Tensor]:
        """The same from tensors in the midst of the graph: what they were computed from is not computed again."""
        values: dict[str, Tensor] = dict(known)
        for node, attributes in _needed(self._nodes, self._output, values.keys() | self._weights.keys()):
            inputs = [self._value(name, values) if name else None for name in node.input]
            while inputs and inputs[-1] is None:
                inputs.pop()
            result = OPERATORS[node.op_type](attributes, *inputs)
            values.update(zip(node.output, result if isinstance(result, tuple) else (result,), strict=False))
        return {name: values[name] for name in {self._output, *wanted} & values.keys()}

    def _value(self, name: str, values: Mapping[str, Tensor]) -> Tensor:
        return values[name] if name in values else self._weights[name]


def _needed(nodes: Sequence[Step], output: str, known: AbstractSet[str]) -> list[Step]:
    """The nodes on the way from what is known to the output, in the graph's order."""
    wanted, found = {output} - known, []
    for node, attributes in reversed(nodes):
        if wanted.intersection(node.output):
            found.append((node, attributes))
            wanted |= set(node.input) - known
    return found[::-1]
