"""A backbone of one's own, as a file with a declared contract: checked by running it, and made one of ours.

The contract: pictures (n, 3, size, size), each value (v - mean) / std for v in 0..1, give an embedding (n, width), or a
feature map (n, width, h, w) whose mean is the embedding; of each picture by itself, whatever else is in the batch. With
an embedding alone there is no telling where in the picture it looked: its heatmaps are even.

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
from onnx import TensorProto, compose, helper, numpy_helper

from ml.arrays import Images
from ml.errors import BrokenContract, NotAModelFile
from ml.inference.export import write_graph
from ml.inference.preprocessing import Preprocessing
from ml.inference.session import EMBEDDING, FEATURE_MAP, INPUT, open_session

LEAST_OPSET = 9
TOLERANCE = 1e-3
"""Relative to the largest number: how far answers in another batch may lie apart."""
_BATCH = 3
_PREFIX = "own/"
_RUNTIME = onnxruntime.capi.onnxruntime_pybind11_state
_REFUSALS = (
    *(_RUNTIME.Fail, _RUNTIME.InvalidArgument, _RUNTIME.InvalidGraph, _RUNTIME.InvalidProtobuf),
    *(_RUNTIME.NotImplemented, _RUNTIME.RuntimeException, _RUNTIME.NoSuchFile),
)

Outputs = dict[str, npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Contract:
    """mean, std: of each channel, red, green, blue."""

    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    embedding_width: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What was found to be true of the file. parameters: how many numbers it holds."""

    parameters: int
    has_feature_map: bool


def keep(content: bytes, contract: Contract, path: Path) -> Kept:
    """Check the file and write it to `path` as a backbone of ours. Raises NotAModelFile, or BrokenContract, which names
    the field at fault and the fix."""
    model = _parsed(_from_torchscript(content, contract) if content[:2] == b"PK" else content)
    answers = _answers(model, contract, _pictures(contract.size))
    output = _chosen(answers, contract)
    _check_numbers(answers[output])
    ours = _adapted(model, output, answers[output].shape[1:], contract)
    # The normalisation is in the graph: it is by channel.
    write_graph(ours, Preprocessing(size=contract.size, mean=0.0, std=1.0), path)
    _check_kept(path, answers[output], contract)
    weights = (int(np.prod(one.dims)) for one in model.graph.initializer)
    return Kept(sum(weights), answers[output].ndim == 4)


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
        raise BrokenContract("file", f"it is not valid ONNX: {_first_line(error)}") from error
    return model


def _from_torchscript(content: bytes, contract: Contract) -> bytes:
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
                (torch.from_numpy(_normal(_pictures(contract.size), contract)),),
                stream,  # type: ignore[arg-type]  # this exporter writes to a stream, too
                dynamo=False,
                input_names=["pictures"],
                output_names=["answer"],
                dynamic_axes={"pictures": {0: "n"}, "answer": {0: "n"}},
            )
        except (RuntimeError, TypeError, ValueError, torch.onnx.OnnxExporterError) as error:
            raise BrokenContract("size", f"TorchScript on (n, 3, size, size): {_first_line(error)}") from error
    return stream.getvalue()


def _pictures(size: int) -> Images:
    return np.random.default_rng(0).random((_BATCH, 3, size, size), np.float32)


def _normal(images: Images, contract: Contract) -> Images:
    mean, std = (np.array(one, np.float32)[:, None, None] for one in (contract.mean, contract.std))
    return np.asarray((images - mean) / std, np.float32)


def _answers(model: onnx.ModelProto, contract: Contract, images: Images) -> Outputs:
    """Of the file as it came, for pictures prepared as declared."""
    weights = {one.name for one in model.graph.initializer}
    inputs = [one for one in model.graph.input if one.name not in weights]
    if len(inputs) != 1 or inputs[0].type.tensor_type.elem_type != TensorProto.FLOAT:
        raise BrokenContract(
            "file", f"it must take one input, 32-bit floats (n, 3, size, size); it takes {len(inputs)} or others."
        )
    return _run(model, _normal(images, contract), contract.size)


def _run(model: onnx.ModelProto, images: Images, size: int) -> Outputs:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    except _REFUSALS as error:
        raise BrokenContract("file", f"ONNX Runtime cannot open it: {_first_line(error)}") from error
    (source,) = session.get_inputs()
    if isinstance(source.shape[0], int) and source.shape[0] != len(images):
        raise BrokenContract(
            "file", f"it takes {source.shape[0]} pictures at a time, no other number: export it with a free first axis."
        )
    names = [one.name for one in session.get_outputs()]
    try:
        answers = session.run(names, {source.name: images})
    except _REFUSALS as error:
        raise BrokenContract("size", f"it does not take pictures of {size} × {size}: {_first_line(error)}") from error
    return {name: one for name, one in zip(names, answers, strict=True) if getattr(one, "dtype", None) == np.float32}


def _chosen(answers: Outputs, contract: Contract) -> str:
    """The output that is the feature map, else the one that is the embedding."""
    usable = {name: one for name, one in answers.items() if one.ndim in (2, 4) and len(one) == _BATCH}
    if not usable:
        shapes = ", ".join(str(one.shape) for one in answers.values()) or "nothing in 32-bit floats"
        raise BrokenContract(
            "file",
            f"of {_BATCH} pictures it must give ({_BATCH}, width) or ({_BATCH}, width, h, w); it gives {shapes}.",
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
    """The same graph between our names: normalised by channel before, averaged after."""
    ours = compose.add_prefix(model, _PREFIX)
    graph = ours.graph
    weights = {one.name for one in graph.initializer}
    (source,) = [one.name for one in graph.input if one.name not in weights]
    kept = [one for one in graph.input if one.name in weights]
    del graph.input[:], graph.output[:]
    size, width = contract.size, contract.embedding_width
    graph.input.extend([helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", 3, size, size]), *kept])
    for name, values in (("mean", contract.mean), ("std", contract.std)):
        graph.initializer.append(numpy_helper.from_array(np.array(values, np.float32).reshape(1, 3, 1, 1), name))
    before = [
        helper.make_node("Sub", [INPUT, "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "std"], [source]),
    ]
    if len(shape) == 3:
        after = [
            helper.make_node("Identity", [_PREFIX + output], [FEATURE_MAP]),
            helper.make_node("GlobalAveragePool", [FEATURE_MAP], ["averaged"]),
            helper.make_node("Flatten", ["averaged"], [EMBEDDING]),
        ]
    else:
        graph.initializer.append(numpy_helper.from_array(np.array([0, width, 1, 1], np.int64), "cells"))
        after = [
            helper.make_node("Identity", [_PREFIX + output], [EMBEDDING]),
            helper.make_node("Reshape", [EMBEDDING, "cells"], [FEATURE_MAP]),
        ]
    own = list(graph.node)
    del graph.node[:]
    graph.node.extend([*before, *own, *after])
    cells = list(shape[1:]) or [1, 1]
    graph.output.extend(
        [
            helper.make_tensor_value_info(EMBEDDING, TensorProto.FLOAT, ["n", width]),
            helper.make_tensor_value_info(FEATURE_MAP, TensorProto.FLOAT, ["n", width, *cells]),
        ]
    )
    del ours.metadata_props[:]
    return ours


def _check_kept(path: Path, answer: npt.NDArray[np.float32], contract: Contract) -> None:
    """Ours says what theirs said, and of each picture by itself."""
    session, images = open_session(path, threads=1), _pictures(contract.size)
    wanted = answer.mean(axis=(2, 3)) if answer.ndim == 4 else answer
    try:
        alone = [session.run(image[None], (EMBEDDING,))[EMBEDDING] for image in images]
    except _REFUSALS as error:
        raise BrokenContract(
            "file", f"it does not take a single picture: export it with a free first axis. {_first_line(error)}"
        ) from error
    allowed = TOLERANCE * max(float(np.abs(wanted).max()), 1e-6)
    if not np.abs(np.concatenate(alone) - wanted).max() <= allowed:
        raise BrokenContract(
            "file", "its answer to a picture depends on the others in the batch: export it after module.eval()."
        )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
