"""A deployable graph, opened to be asked why: besides probabilities it gives logits, feature maps, its head, and itself
as a module that can be differentiated."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import TensorProto, helper, numpy_helper

from ml.arrays import Embeddings, FeatureMaps, Images
from ml.errors import NotAModelFile, NotExplainable
from ml.explain.pooled import find_end
from ml.heads import LinearHead
from ml.inference.session import FEATURE_MAP, INPUT, InferenceSession, open_content

if TYPE_CHECKING:
    # PyTorch is loaded by whoever asks for gradients: an activation map needs none.
    from ml.explain.graph_module import GraphModule

LOGITS = "logits"
Space = Literal["logits", "probabilities"]


PASS_VALUES = 16 * 3 * 224 * 224
"""Numbers in one pass: 16 pictures of 224 pixels a side, one of 900."""


def pictures_a_pass(values: int) -> int:
    """How many pictures of so many numbers go through a model at once; what comes of them does not depend on it."""
    return max(PASS_VALUES // values, 1)


class ExplainedModel:
    """`graph` is what it was opened from. `head` is None where that does not end in a mean over a feature map and a
    linear layer.

    Safe to share between threads, as `InferenceSession` is.
    """

    def __init__(
        self, session: InferenceSession, graph: onnx.ModelProto, head: LinearHead | None, feature_map: str
    ) -> None:
        self._session = session
        self.graph = graph
        self._feature_map = feature_map
        self.head = head
        self.preprocessing = session.preprocessing
        self.classes = session.classes

    def scores(self, images: Images, space: Space) -> npt.NDArray[np.float32]:
        """(n, 3, s, s) -> (n, c), a few pictures a pass. Logits are calibrated: their softmax is the probabilities."""
        size = pictures_a_pass(images[0].size)
        parts = [self._session.run(images[at : at + size], (space,))[space] for at in range(0, len(images), size)]
        return np.concatenate(parts)

    def embeddings(self, images: Images) -> Embeddings:
        """(n, 3, s, s) -> (n, d): the mean of the feature map, in as many passes. Raises NotExplainable."""
        size = pictures_a_pass(images[0].size)
        return np.concatenate(
            [self.feature_maps(images[at : at + size]).mean(axis=(2, 3)) for at in range(0, len(images), size)]
        )

    def feature_maps(self, images: Images) -> FeatureMaps:
        """(n, 3, s, s) -> (n, d, h, w): what the head is applied to the mean of. Raises NotExplainable."""
        if not self._feature_map:
            raise NotExplainable("This model does not end in a mean over a feature map.")
        return self._session.run(images, (self._feature_map,))[self._feature_map]

    def reopened(self, graph: onnx.ModelProto) -> "ExplainedModel":
        """A graph of the same form, such as this one with other weights."""
        return open_graph(graph, name="graph", threads=1)

    @cached_property
    def module(self) -> "GraphModule":
        """images -> calibrated logits, differentiable. Raises NotExplainable."""
        from ml.explain.graph_module import GraphModule

        return GraphModule(self.graph.graph, source=INPUT, output=LOGITS)

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """The tensors that have a place in the picture, from the first to the last. Raises NotExplainable."""
        import torch

        size = self.preprocessing.size
        names = tuple(name for node in self.graph.graph.node for name in node.output)
        with torch.no_grad():
            values = self.module.reached(torch.zeros(1, 3, size, size), names)
        return tuple(
            name for name in names if name in values and values[name].dim() == 4 and min(values[name].shape[2:]) > 1
        )


def open_explained(path: Path, *, threads: int) -> ExplainedModel:
    """Open a graph of `ml.inference.export.attach_head`, or of `ml.explain.declared`. Raises NotAModelFile.

    threads: how many threads one `scores` may use.
    """
    try:
        graph = onnx.load(path)
    except (OSError, DecodeError) as error:
        raise NotAModelFile(f"{path}: {error}") from error
    return open_graph(graph, name=str(path), threads=threads)


def open_graph(graph: onnx.ModelProto, *, name: str, threads: int) -> ExplainedModel:
    """The same of a graph in memory, which is given the outputs that it lacks. name: what it is called in errors."""
    feature_map, head = _end(graph)
    outputs = {one.name for one in graph.graph.output}
    for output, shape in ((LOGITS, ["n", "c"]), (feature_map, ["n", "d", "h", "w"])):
        if output and output not in outputs:
            graph.graph.output.append(helper.make_tensor_value_info(output, TensorProto.FLOAT, shape))
    session = open_content(graph.SerializeToString(), name=name, threads=threads)
    return ExplainedModel(session, graph, head, feature_map)


def _end(graph: onnx.ModelProto) -> tuple[str, LinearHead | None]:
    """The name of the feature map, and the head with its temperature divided out."""
    kept = {one.name: one for one in graph.graph.initializer if one.name in ("head.weights", "head.bias")}
    if len(kept) == 2 and any(one.name == FEATURE_MAP for one in graph.graph.output):
        weights, bias = (numpy_helper.to_array(kept[name]) for name in ("head.weights", "head.bias"))
        return FEATURE_MAP, LinearHead(weights, bias, 1.0)
    found = find_end(graph.graph, LOGITS)
    return found or ("", None)
