"""An ONNX file opened for inference, which knows how its pictures must be prepared and what its classes are
called.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from ml.arrays import Images
from ml.errors import NotAModelFile
from ml.inference.preprocessing import Preprocessing

FORMAT_VERSION = "1"
FORMAT_KEY, PREPROCESSING_KEY, CLASSES_KEY = "heedful.format", "heedful.preprocessing", "heedful.classes"
INPUT = "image"
PROBABILITIES, EMBEDDING, FEATURE_MAP = "probabilities", "embedding", "feature_map"


class InferenceSession:
    """`classes` is empty for a bare backbone, `embedding_width` 0 where no embedding is given. Safe to share between
    threads: `run` keeps no state."""

    def __init__(self, session: Any, preprocessing: Preprocessing, classes: tuple[str, ...]) -> None:
        self._session = session
        self.preprocessing = preprocessing
        self.classes = classes
        self.outputs: tuple[str, ...] = tuple(output.name for output in session.get_outputs())
        widths = {output.name: output.shape[1] for output in session.get_outputs() if output.name == EMBEDDING}
        self.embedding_width = int(widths.get(EMBEDDING, 0))

    def run(self, images: Images, outputs: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        """(n, 3, s, s) -> the named outputs. Ask only for what you need: the rest is not computed or not
        copied.
        """
        return dict(zip(outputs, self._session.run(list(outputs), {INPUT: images}), strict=True))


def open_session(path: Path, *, threads: int) -> InferenceSession:
    """Open a file written by `ml.inference.export`. Raises NotAModelFile.

    threads: how many threads one `run` may use; 1 when several threads of the caller share the session.
    """
    return open_content(path, name=str(path), threads=threads)


def open_content(content: Path | bytes, *, name: str, threads: int) -> InferenceSession:
    """The same of a graph in memory. name: what it is called in errors."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Waiting threads would otherwise burn the cores that decoding and the other workers need.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        properties = session.get_modelmeta().custom_metadata_map
        return InferenceSession(
            session, parse_preprocessing(properties), tuple(json.loads(properties.get(CLASSES_KEY, "[]")))
        )
    except (*_RUNTIME_ERRORS, KeyError, ValueError, TypeError) as error:
        raise NotAModelFile(f"{name}: {error}") from error


def parse_preprocessing(properties: dict[str, str]) -> Preprocessing:
    """Raises KeyError, ValueError or TypeError when the properties are not ours."""
    if properties[FORMAT_KEY] != FORMAT_VERSION:
        raise ValueError(f"format {properties[FORMAT_KEY]}, this version reads {FORMAT_VERSION}")
    return Preprocessing(**json.loads(properties[PREPROCESSING_KEY]))


_STATE = onnxruntime.capi.onnxruntime_pybind11_state
_RUNTIME_ERRORS = (_STATE.NoSuchFile, _STATE.InvalidProtobuf, _STATE.InvalidGraph, _STATE.Fail)
