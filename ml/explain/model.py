"""A deployable graph, opened to be asked why: besides probabilities it gives logits, feature maps and its head."""

from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import TensorProto, helper, numpy_helper

from ml.arrays import FeatureMaps, Images
from ml.errors import NotAModelFile, NotExplainable
from ml.heads import LinearHead
from ml.inference.session import FEATURE_MAP, InferenceSession, open_content

LOGITS = "logits"
Space = Literal["logits", "probabilities"]


class ExplainedModel:
    """`head` is None where the graph does not end in a mean over a feature map and a linear layer.

    Safe to share between threads, as `InferenceSession` is.
    """

    def __init__(self, session: InferenceSession, graph: onnx.ModelProto, head: LinearHead | None) -> None:
        self._session = session
        self._graph = graph
        self.head = head
        self.preprocessing = session.preprocessing
        self.classes = session.classes

    def scores(self, images: Images, space: Space) -> npt.NDArray[np.float32]:
        """(n, 3, s, s) -> (n, c). Logits are calibrated: their softmax is the probabilities."""
        return self._session.run(images, (space,))[space]

    def feature_maps(self, images: Images) -> FeatureMaps:
        """(n, 3, s, s) -> (n, d, h, w). Raises NotExplainable."""
        if FEATURE_MAP not in self._session.outputs:
            raise NotExplainable("This model gives no feature map.")
        return self._session.run(images, (FEATURE_MAP,))[FEATURE_MAP]


def open_explained(path: Path, *, threads: int) -> ExplainedModel:
    """Open a graph of `ml.inference.export.attach_head`. Raises NotAModelFile.

    threads: how many threads one `scores` may use.
    """
    try:
        graph = onnx.load(path)
    except (OSError, DecodeError) as error:
        raise NotAModelFile(f"{path}: {error}") from error
    head = _head(graph)
    outputs = {one.name for one in graph.graph.output}
    if LOGITS not in outputs:
        graph.graph.output.append(helper.make_tensor_value_info(LOGITS, TensorProto.FLOAT, ["n", "c"]))
    return ExplainedModel(open_content(graph.SerializeToString(), name=str(path), threads=threads), graph, head)


def _head(graph: onnx.ModelProto) -> LinearHead | None:
    """With its temperature divided out."""
    kept = {one.name: one for one in graph.graph.initializer if one.name in ("head.weights", "head.bias")}
    if len(kept) != 2:
        return None
    weights, bias = (numpy_helper.to_array(kept[name]) for name in ("head.weights", "head.bias"))
    return LinearHead(weights, bias, 1.0)
