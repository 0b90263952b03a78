"""PyTorch to ONNX, in two steps so that a quick round never pays for the first.

`export_backbone` traces a backbone once (seconds). `attach_head` then puts a freshly trained head on that
file (milliseconds): the result is the one deployable graph, image -> probabilities, embedding, feature_map.
Decoding settings and class names travel inside the file.
"""

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import TensorProto, helper, numpy_helper

from ml.arrays import Images
from ml.backbones.base import Backbone
from ml.errors import NotAModelFile, ParityError
from ml.files import replacing
from ml.heads import LinearHead
from ml.inference.preprocessing import Preprocessing
from ml.inference.session import (
    CLASSES_KEY,
    EMBEDDING,
    FEATURE_MAP,
    FORMAT_KEY,
    FORMAT_VERSION,
    INPUT,
    PREPROCESSING_KEY,
    PROBABILITIES,
    open_session,
    parse_preprocessing,
)


def export_backbone(module: Backbone, preprocessing: Preprocessing, path: Path) -> None:
    """Write image (n, 3, s, s) -> embedding (n, d), feature_map (n, d, h, w), for any n."""
    example = torch.zeros(2, 3, preprocessing.size, preprocessing.size)
    with _evaluating(module), warnings.catch_warnings():
        # torch 2.13's own exporter still calls its deprecated isinstance(treespec, LeafSpec).
        warnings.simplefilter("ignore", FutureWarning)
        program = torch.onnx.export(
            module,
            (example,),
            dynamo=True,
            input_names=[INPUT],
            output_names=[EMBEDDING, FEATURE_MAP],
            dynamic_shapes=({0: torch.export.Dim("n", min=1)},),
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch.onnx.export gave no program.")
    model = program.model_proto
    _write(model, {PREPROCESSING_KEY: json.dumps(asdict(preprocessing))}, path)


def attach_head(backbone_path: Path, head: LinearHead, classes: Sequence[str], path: Path) -> None:
    """Write the deployable graph: image -> probabilities (calibrated, n x c), embedding, feature_map.

    Raises NotAModelFile when backbone_path is not an exported backbone, ValueError when the head does not
    fit.
    """
    model, properties = _load_backbone(backbone_path)
    weights, bias = head.calibrated
    width = next(_width(output) for output in model.graph.output if output.name == EMBEDDING)
    if weights.shape != (len(classes), width):
        raise ValueError(f"A head of {weights.shape} does not fit {len(classes)} classes on width {width}.")

    graph = model.graph
    graph.initializer.append(numpy_helper.from_array(weights, "head.weights"))
    graph.initializer.append(numpy_helper.from_array(bias, "head.bias"))
    graph.node.append(helper.make_node("Gemm", [EMBEDDING, "head.weights", "head.bias"], ["logits"], "head", transB=1))
    graph.node.append(helper.make_node("Softmax", ["logits"], [PROBABILITIES], "probabilities", axis=1))
    graph.output.insert(0, helper.make_tensor_value_info(PROBABILITIES, TensorProto.FLOAT, ["n", len(classes)]))
    onnx.checker.check_model(model)
    kept = {PREPROCESSING_KEY: properties[PREPROCESSING_KEY], CLASSES_KEY: json.dumps(list(classes))}
    _write(model, kept, path)


def check_parity(module: Backbone, head: LinearHead | None, onnx_path: Path, images: Images, tolerance: float) -> float:
    """The largest absolute difference between PyTorch and ONNX Runtime over every output of the file.

    head: the one attached to onnx_path, or None for a bare backbone. Raises ParityError above tolerance.
    """
    with _evaluating(module), torch.no_grad():
        embedding, feature_map = (output.numpy() for output in module(torch.from_numpy(images)))
    return _largest_difference({EMBEDDING: embedding, FEATURE_MAP: feature_map}, head, onnx_path, images, tolerance)


def check_attached(backbone_path: Path, head: LinearHead, onnx_path: Path, images: Images, tolerance: float) -> float:
    """The same for a backbone that is a graph and nothing else: between it with the head beside it, and within."""
    expected = open_session(backbone_path, threads=1).run(images, (EMBEDDING, FEATURE_MAP))
    return _largest_difference(expected, head, onnx_path, images, tolerance)


def _largest_difference(
    outputs: Mapping[str, npt.NDArray[np.float32]],
    head: LinearHead | None,
    onnx_path: Path,
    images: Images,
    tolerance: float,
) -> float:
    expected = dict(outputs)
    if head is not None:
        expected[PROBABILITIES] = head.probabilities(expected[EMBEDDING])
    actual = open_session(onnx_path, threads=1).run(images, tuple(expected))
    difference = max(float(np.abs(expected[name] - actual[name]).max()) for name in expected)
    if not difference <= tolerance:  # so that NaN fails too
        raise ParityError(difference, tolerance)
    return difference


@contextmanager
def _evaluating(module: Backbone) -> Iterator[None]:
    """In train mode BatchNorm would use the batch's own statistics, and the traced graph would be another
    function.
    """
    was_training = module.training
    module.eval()
    try:
        yield
    finally:
        module.train(was_training)


def _load_backbone(path: Path) -> tuple[onnx.ModelProto, dict[str, str]]:
    try:
        model = onnx.load(path)
        properties = {entry.key: entry.value for entry in model.metadata_props}
        parse_preprocessing(properties)
    except (OSError, DecodeError, KeyError, ValueError, TypeError) as error:
        raise NotAModelFile(f"{path} is not an exported backbone: {error}") from error
    return model, properties


def _width(output: onnx.ValueInfoProto) -> int:
    return int(output.type.tensor_type.shape.dim[1].dim_value)


def write_graph(
    model: onnx.ModelProto, preprocessing: Preprocessing, path: Path, *, classes: Sequence[str] = ()
) -> None:
    """A graph from elsewhere that has the inputs and outputs of a backbone of ours, or with classes, of a model."""
    onnx.checker.check_model(model)
    told = {CLASSES_KEY: json.dumps(list(classes))} if classes else {}
    _write(model, {PREPROCESSING_KEY: json.dumps(asdict(preprocessing)), **told}, path)


def _write(model: onnx.ModelProto, properties: dict[str, str], path: Path) -> None:
    helper.set_model_props(model, {FORMAT_KEY: FORMAT_VERSION, **properties})
    with replacing(path) as file:
        file.write(model.SerializeToString())
