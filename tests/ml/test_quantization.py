"""Smaller graphs, in ONNX Runtime."""

import numpy as np
import onnx
import pytest

from ml.errors import NotFinite, UnreadablePicture
from ml.heads import LinearHead
from ml.inference.embedding import embed
from ml.inference.export import attach_head
from ml.inference.quantization import to_half, to_int8
from ml.inference.session import open_session
from ml.inference.speed import measure
from ml.training.refit import refitted

CLASSES = ("good", "cracked", "dirty")


@pytest.fixture
def pictures(make_pictures):
    return make_pictures(40, bright=np.arange(40) % 2)


def cosine(one, other):
    return (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)


def weights_of(path):
    return {onnx.TensorProto.DataType.Name(tensor.data_type) for tensor in onnx.load(path).graph.initializer}


@pytest.mark.parametrize("kind", ["half", "int8", "int8 behind floats"])
def test_a_smaller_backbone_is_smaller_and_says_nearly_the_same(backbone_file, pictures, tmp_path, kind):
    path = tmp_path / "smaller.onnx"
    if kind == "half":
        to_half(backbone_file, path)
    else:
        to_int8(backbone_file, pictures[:16], path, floats_first=2 * (kind != "int8"))
    full, smaller = (open_session(one, threads=1) for one in (backbone_file, path))
    said = cosine(embed(full, pictures, threads=1), embed(smaller, pictures, threads=1))
    assert said.min() > 0.99
    assert smaller.preprocessing == full.preprocessing
    assert path.stat().st_size < backbone_file.stat().st_size
    assert ("FLOAT16" if kind == "half" else "INT8") in weights_of(path)


@pytest.mark.parametrize("kind", ["half", "int8"])
def test_a_head_goes_onto_a_smaller_backbone(backbone_file, pictures, head, tmp_path, kind):
    if kind == "half":
        to_half(backbone_file, tmp_path / "small.onnx")
    else:
        to_int8(backbone_file, pictures[:16], tmp_path / "small.onnx")
    attach_head(tmp_path / "small.onnx", head, CLASSES, tmp_path / "model.onnx")
    session = open_session(tmp_path / "model.onnx", threads=1)
    assert session.classes == CLASSES
    for speed in measure([session, session], threads=1, repeats=8):
        assert 0 < speed.latency_ms <= speed.slow_ms
        assert speed.per_second > 0


def test_ranges_need_pictures_that_can_be_read(backbone_file, pictures, tmp_path):
    with pytest.raises(ValueError, match="at least 8"):
        to_int8(backbone_file, pictures[:3], tmp_path / "none.onnx")
    pictures[2].write_bytes(b"no picture")
    with pytest.raises(UnreadablePicture):
        to_int8(backbone_file, pictures[:8], tmp_path / "none.onnx")
    assert not (tmp_path / "none.onnx").exists()


def test_a_head_fitted_anew_says_of_rounded_embeddings_what_it_said_before(head, rng):
    before = rng.normal(size=(400, 24)).astype(np.float32)
    skew = np.eye(24) + rng.normal(size=(24, 24)) * 0.15
    after = np.asarray(before @ skew + 0.3, np.float32)
    fitted = refitted(head, before[:200], after[:200])

    def error(one: LinearHead) -> float:
        return float(np.abs(one.probabilities(after[200:]) - head.probabilities(before[200:])).mean())

    assert error(fitted) < error(head) / 2


def test_of_the_same_embeddings_the_head_stays_as_it_is(head, rng):
    embeddings = rng.normal(size=(50, 24)).astype(np.float32)
    fitted = refitted(head, embeddings, embeddings)
    assert np.allclose(fitted.probabilities(embeddings), head.probabilities(embeddings), atol=1e-5)


def test_a_graph_that_overflowed_is_refused(head, rng):
    embeddings = rng.normal(size=(50, 24)).astype(np.float32)
    with pytest.raises(NotFinite):
        refitted(head, embeddings, embeddings * np.float32(np.nan))
