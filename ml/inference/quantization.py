"""Smaller graphs of an exported backbone: half precision, and 8-bit integers.

Integers need ranges. They are calibrated on pictures of the pool, cut at a percentile so that one odd pixel does not
coarsen everything, and each output channel of a convolution has a scale of its own. Graphs are optimised first, and
clips are quantized with their convolutions: a range of what a clip is about to cut away wastes most of its 256 steps.
"""

import contextlib
import io
import logging
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quant_pre_process,
    quantize_static,
)
from onnxruntime.quantization.onnx_model import ONNXModel
from onnxruntime.transformers.float16 import convert_float_to_float16

from ml.files import replacing
from ml.inference.embedding import Source, read
from ml.inference.preprocessing import Preprocessing
from ml.inference.session import INPUT, open_session

PERCENTILE = 99.99
"""Of each activation's values, how many lie within its range."""

_OPERATORS = ["Conv", "Gemm", "MatMul", "Add", "Clip", "Relu", "MaxPool"]
# Calibration keeps every activation of so many pictures at once: some 25 MB each for a small backbone.
_AT_ONCE = 8


def to_half(backbone: Path, path: Path) -> None:
    """The same graph in 16-bit floats, with 32-bit floats in and out: half the size. Fast where the device computes in
    them; a CPU that does not converts back and forth.
    """
    model = onnx.load(backbone)
    properties = _properties(model)
    # Values beyond 65,504 are cut, and it says so of every tensor.
    with _quiet():
        half = convert_float_to_float16(model, keep_io_types=True)
    # It adds its conversions at the end.
    ordered = ONNXModel(half)
    ordered.topological_sort()
    _write(ordered.model, properties, path)


def to_int8(backbone: Path, pictures: Sequence[Source], path: Path, *, floats_first: int = 0) -> None:
    """The graph in 8-bit integers (static, QDQ, per channel), its ranges calibrated on pictures from where it will be
    used; whole blocks of 8, the rest is left out.

    floats_first: how many of the first convolutions to leave in floats. What they lose no later one gets back, and they
    hold few weights: of EfficientNet-Lite0 the first four bring the embedding's cosine from 0.983 to 0.996.
    """
    properties = _properties(onnx.load(backbone))
    preprocessing = open_session(backbone, threads=1).preprocessing
    with TemporaryDirectory() as folder, _quiet():
        ready = Path(folder, "ready.onnx")
        quant_pre_process(str(backbone), str(ready), skip_symbolic_shape=True)
        quantize_static(
            str(ready),
            str(Path(folder, "int8.onnx")),
            _Pictures(pictures, preprocessing),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=_OPERATORS,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_convolutions(onnx.load(ready))[:floats_first],
            calibrate_method=CalibrationMethod.Percentile,
            extra_options={"CalibPercentile": PERCENTILE, "CalibStridedMinMax": _AT_ONCE},
        )
        _write(onnx.load(Path(folder, "int8.onnx")), properties, path)


class _Pictures(CalibrationDataReader):  # type: ignore[misc]
    """Pictures one by one, decoded when they are asked for."""

    def __init__(self, pictures: Sequence[Source], preprocessing: Preprocessing) -> None:
        if len(pictures) < _AT_ONCE:
            raise ValueError(f"{len(pictures)} pictures; ranges need at least {_AT_ONCE}.")
        self._pictures = pictures[: len(pictures) // _AT_ONCE * _AT_ONCE]
        self._preprocessing = preprocessing
        self._waiting = iter(self._pictures)

    def __len__(self) -> int:
        return len(self._pictures)

    def set_range(self, start_index: int, end_index: int) -> None:
        self._waiting = iter(self._pictures[start_index:end_index])

    def get_next(self) -> dict[str, npt.NDArray[np.float32]] | None:
        picture = next(self._waiting, None)
        return None if picture is None else {INPUT: read(picture, self._preprocessing)[None]}


def _convolutions(model: onnx.ModelProto) -> list[str]:
    """In the order of computing, which a valid graph is in."""
    return [node.name for node in model.graph.node if node.op_type == "Conv"]


def _properties(model: onnx.ModelProto) -> dict[str, str]:
    return {entry.key: entry.value for entry in model.metadata_props}


def _write(model: Any, properties: dict[str, str], path: Path) -> None:
    helper.set_model_props(model, properties)
    with replacing(path) as file:
        file.write(model.SerializeToString())


@contextlib.contextmanager
def _quiet() -> Any:
    """The quantizer prints and logs what it is about to do, and warns that it would rather be called otherwise."""
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(logging.NOTSET)
