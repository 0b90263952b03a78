"""Models from elsewhere, as files with a declared way of preparing pictures: read, run, and put between our names.

Nothing is unpickled: ONNX is data, and TorchScript is read by `torch.jit.load`, which runs no Python.
"""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import NodeProto, TensorProto, ValueInfoProto, compose, helper, numpy_helper

from ml.arrays import Images
from ml.errors import BrokenContract, NotAModelFile
from ml.inference.session import INPUT, open_session

LEAST_OPSET = 9
BATCH = 3
PREFIX = "own/"
_RUNTIME = onnxruntime.capi.onnxruntime_pybind11_state
REFUSALS = (
    *(_RUNTIME.Fail, _RUNTIME.InvalidArgument, _RUNTIME.InvalidGraph, _RUNTIME.InvalidProtobuf),
    *(_RUNTIME.NotImplemented, _RUNTIME.RuntimeException, _RUNTIME.NoSuchFile),
)

Outputs = dict[str, npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Preparing:
    """Pictures become size x size; each value v in 0..1 becomes (v - mean) / std, by channel: red, green, blue."""

    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


def parsed(content: bytes, preparing: Preparing) -> onnx.ModelProto:
    """An ONNX or TorchScript file as an ONNX graph. Raises NotAModelFile, or BrokenContract, which names the field at
    fault and the fix."""
    return _parsed(_from_torchscript(content, preparing) if content[:2] == b"PK" else content)


def _parsed(content: bytes) -> onnx.ModelProto:
    try:
        model = onnx.load_model_from_string(content)
    except DecodeError as error:
        raise NotAModelFile("file: this is neither an ONNX nor a TorchScript file.") from error
    if not model.graph.node:
        raise NotAModelFile("file: this is neither an ONNX nor a TorchScript file, or its graph is empty.")
    if any(one.data_location == TensorProto.EXTERNAL for one in model.graph.initializer):
        raise BrokenContract("file", "its weights lie in another file. Save all in one: onnx.save(model, path).")
    opset = next((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), 0)
    if opset < LEAST_OPSET:
        said = f"it is of opset {opset}" if opset else "it names no opset"
        raise BrokenContract("file", f"{said}; export it again with opset_version={LEAST_OPSET} or more.")
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        raise BrokenContract("file", f"it is not valid ONNX: {first_line(error)}") from error
    return model


def _from_torchscript(content: bytes, preparing: Preparing) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings():
        # Both are deprecated and have no successor that reads a file without unpickling it.
        warnings.simplefilter("ignore")
        try:
            module = torch.jit.load(io.BytesIO(content), map_location="cpu").eval()  # type: ignore[no-untyped-call]
        except RuntimeError as error:
            raise NotAModelFile(
                "file: this is no TorchScript. A pickled module is not opened, since it may run anything: save"
                " torch.jit.trace(module.eval(), pictures), or export it to ONNX."
            ) from error
        try:
            torch.onnx.export(
                module,
                (torch.from_numpy(normal(pictures(preparing.size), preparing)),),
                stream,  # type: ignore[arg-type]  # this exporter writes to a stream, too
                dynamo=False,
                input_names=["pictures"],
                output_names=["answer"],
                dynamic_axes={"pictures": {0: "n"}, "answer": {0: "n"}},
            )
        except (RuntimeError, TypeError, ValueError, torch.onnx.OnnxExporterError) as error:
            raise BrokenContract("size", f"TorchScript on (n, 3, size, size): {first_line(error)}") from error
    return stream.getvalue()


def pictures(size: int) -> Images:
    return np.random.default_rng(0).random((BATCH, 3, size, size), np.float32)


def normal(images: Images, preparing: Preparing) -> Images:
    mean, std = (np.array(one, np.float32)[:, None, None] for one in (preparing.mean, preparing.std))
    return np.asarray((images - mean) / std, np.float32)


def answered(model: onnx.ModelProto, preparing: Preparing, images: Images) -> Outputs:
    """Of the file as it came, for pictures prepared as declared."""
    weights = {one.name for one in model.graph.initializer}
    inputs = [one for one in model.graph.input if one.name not in weights]
    if len(inputs) != 1 or inputs[0].type.tensor_type.elem_type != TensorProto.FLOAT:
        raise BrokenContract(
            "file", f"it must take one input, 32-bit floats (n, 3, size, size); it takes {len(inputs)} or others."
        )
    return _run(model, normal(images, preparing), preparing.size)


def _run(model: onnx.ModelProto, images: Images, size: int) -> Outputs:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    except REFUSALS as error:
        raise BrokenContract("file", f"ONNX Runtime cannot open it: {first_line(error)}") from error
    (source,) = session.get_inputs()
    if isinstance(source.shape[0], int) and source.shape[0] != len(images):
        raise BrokenContract(
            "file", f"it takes {source.shape[0]} pictures at a time, no other number: export it with a free first axis."
        )
    names = [one.name for one in session.get_outputs()]
    try:
        found = session.run(names, {source.name: images})
    except REFUSALS as error:
        raise BrokenContract("size", f"it does not take pictures of {size} × {size}: {first_line(error)}") from error
    return {name: one for name, one in zip(names, found, strict=True) if getattr(one, "dtype", None) == np.float32}


def adapted(
    model: onnx.ModelProto, preparing: Preparing, after: Sequence[NodeProto], outputs: Sequence[ValueInfoProto]
) -> onnx.ModelProto:
    """The same graph between our names: normalised by channel before, with `after` behind it. Its own tensors are
    called as before, behind PREFIX."""
    ours = compose.add_prefix(model, PREFIX)
    graph = ours.graph
    weights = {one.name for one in graph.initializer}
    (source,) = [one.name for one in graph.input if one.name not in weights]
    kept = [one for one in graph.input if one.name in weights]
    own = list(graph.node)
    del graph.input[:], graph.output[:], graph.node[:], ours.metadata_props[:]
    size = preparing.size
    graph.input.extend([helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", 3, size, size]), *kept])
    for name, values in (("mean", preparing.mean), ("std", preparing.std)):
        graph.initializer.append(numpy_helper.from_array(np.array(values, np.float32).reshape(1, 3, 1, 1), name))
    before = [
        helper.make_node("Sub", [INPUT, "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "std"], [source]),
    ]
    graph.node.extend([*before, *own, *after])
    graph.output.extend(outputs)
    return ours


def check_alone(path: Path, output: str, wanted: npt.NDArray[np.float32], *, size: int, allowed: float) -> None:
    """The graph that was written says of each picture by itself what the file said of all in a batch, within `allowed`.
    Raises BrokenContract."""
    session = open_session(path, threads=1)
    try:
        alone = [session.run(image[None], (output,))[output] for image in pictures(size)]
    except REFUSALS as error:
        raise BrokenContract(
            "file", f"it does not take a single picture: export it with a free first axis. {first_line(error)}"
        ) from error
    if not np.abs(np.concatenate(alone) - wanted).max() <= allowed:
        raise BrokenContract(
            "file", "its answer to a picture depends on the others in the batch: export it after module.eval()."
        )


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
