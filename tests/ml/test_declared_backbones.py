"""A backbone of one's own: really run, refused with the field at fault, and then one of ours."""

import io
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from ml.backbones.declared import Contract, keep
from ml.errors import BrokenContract, ModelError, NotAModelFile
from ml.heads import LinearHead
from ml.inference.embedding import embed, feature_maps
from ml.inference.export import attach_head, check_attached
from ml.inference.session import open_session

SIZE, WIDTH = 48, 6
CONTRACT = Contract(size=SIZE, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), embedding_width=WIDTH)
FLOAT = TensorProto.FLOAT


def graph(nodes=None, *, opset=17, batch="n", fill=None, outputs=(("features", ["n", WIDTH, 3, 3]),), kernel=16):
    """A convolution and whatever nodes come after it."""
    weights = np.random.default_rng(1).normal(size=(WIDTH, 3, kernel, kernel)).astype(np.float32)
    if fill is not None:
        weights[:] = fill
    made = [helper.make_node("Conv", ["image", "w"], ["features"], strides=[kernel, kernel]), *(nodes or [])]
    body = helper.make_graph(
        made,
        "own",
        [helper.make_tensor_value_info("image", FLOAT, [batch, 3, SIZE, SIZE])],
        [helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in outputs],
        [numpy_helper.from_array(weights, "w")],
    )
    opsets = [helper.make_opsetid("", opset)] if opset else [helper.make_opsetid("some.where", 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=8)


def kept(model, path, contract=CONTRACT):
    return keep(model if isinstance(model, bytes) else model.SerializeToString(), contract, path)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "backbone.onnx"


def test_a_feature_map_is_averaged_and_pictures_are_normalised_by_channel(path, make_pictures):
    found = kept(graph(), path)
    assert found.has_feature_map
    assert found.parameters == WIDTH * 3 * 16 * 16
    session = open_session(path, threads=1)
    assert (session.embedding_width, session.preprocessing.size) == (WIDTH, SIZE)
    images = np.random.default_rng(3).random((2, 3, SIZE, SIZE)).astype(np.float32)
    mean, std = (np.array(one, np.float32)[:, None, None] for one in (CONTRACT.mean, CONTRACT.std))
    weights = torch.from_numpy(numpy_helper.to_array(graph().graph.initializer[0]).copy())
    wanted = nn.functional.conv2d(torch.from_numpy((images - mean) / std), weights, stride=16)
    said = session.run(images, ("embedding", "feature_map"))
    np.testing.assert_allclose(said["feature_map"], wanted.numpy(), atol=1e-4)
    np.testing.assert_allclose(said["embedding"], wanted.mean(dim=(2, 3)).numpy(), atol=1e-4)
    pictures = make_pictures(5)
    embeddings, maps = feature_maps(session, pictures, batch_size=2)
    assert maps.shape == (5, WIDTH, 3, 3)
    np.testing.assert_allclose(embeddings, embed(session, pictures, threads=1), atol=1e-5)


def test_a_head_is_attached_to_it_and_answers_as_beside_it(path, tmp_path):
    kept(graph(), path)
    head = LinearHead(np.ones((2, WIDTH), np.float32), np.array([0, 1], np.float32), 1.5)
    attach_head(path, head, ["good", "bad"], tmp_path / "model.onnx")
    images = np.random.default_rng(3).random((2, 3, SIZE, SIZE)).astype(np.float32)
    assert check_attached(path, head, tmp_path / "model.onnx", images, 1e-4) < 1e-4


def test_an_embedding_alone_will_do(path):
    nodes = [helper.make_node("GlobalMaxPool", ["features"], ["m"]), helper.make_node("Flatten", ["m"], ["out"])]
    found = kept(graph(nodes, outputs=(("out", ["n", WIDTH]),)), path)
    assert not found.has_feature_map
    session = open_session(path, threads=1)
    said = session.run(np.zeros((2, 3, SIZE, SIZE), np.float32), ("embedding", "feature_map"))
    assert said["feature_map"].shape == (2, WIDTH, 1, 1)
    np.testing.assert_array_equal(said["feature_map"][:, :, 0, 0], said["embedding"])


def test_torchscript_is_read_without_unpickling(path):
    module = nn.Sequential(nn.Conv2d(3, WIDTH, 3, 2, 1), nn.BatchNorm2d(WIDTH), nn.ReLU()).eval()
    assert kept(scripted(module), path).has_feature_map
    images = np.random.default_rng(3).random((2, 3, SIZE, SIZE)).astype(np.float32)
    mean, std = (np.array(one, np.float32)[:, None, None] for one in (CONTRACT.mean, CONTRACT.std))
    with torch.no_grad():
        wanted = module(torch.from_numpy((images - mean) / std)).mean(dim=(2, 3)).numpy()
    said = open_session(path, threads=1).run(images, ("embedding",))["embedding"]
    np.testing.assert_allclose(said, wanted, atol=1e-4)


def scripted(module):
    stream = io.BytesIO()
    with warnings.catch_warnings():
        # TorchScript is deprecated; files of it are around.
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.trace(module, torch.zeros(1, 3, SIZE, SIZE)), stream)
    return stream.getvalue()


def pickled():
    stream = io.BytesIO()
    torch.save(nn.Linear(2, 2), stream)
    return stream.getvalue()


def of_the_batch():
    """Each picture less the mean of the batch, as of a module in training mode."""
    nodes = [
        helper.make_node("ReduceMean", ["features"], ["middle"], axes=[0], keepdims=1),
        helper.make_node("Sub", ["features", "middle"], ["out"]),
    ]
    return graph(nodes, outputs=(("out", ["n", WIDTH, 3, 3]),))


def outside():
    model = graph()
    model.graph.initializer[0].data_location = TensorProto.EXTERNAL
    entry = model.graph.initializer[0].external_data.add()
    entry.key, entry.value = "location", "/etc/passwd"
    return model


def with_an_operator_of_its_own():
    model = graph([helper.make_node("Secret", ["features"], ["out"], domain="some.where")], outputs=(("out", ["n"]),))
    model.opset_import.append(helper.make_opsetid("some.where", 1))
    return model


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (lambda: b"no model at all", "file: this is neither an ONNX nor a TorchScript file"),
        (pickled, "file: this is no TorchScript. A pickled module is not opened"),
        (outside, "file: its weights lie in another file"),
        (lambda: graph(opset=0), "file: it names no opset"),
        (lambda: graph(opset=7), "file: it is of opset 7; export it again with opset_version=9 or more"),
        (with_an_operator_of_its_own, "file: ONNX Runtime cannot open it"),
        (lambda: graph(batch=1), "file: it takes 1 pictures at a time"),
        (of_the_batch, "file: its answer to a picture depends on the others in the batch"),
        (lambda: graph(fill=np.nan), "file: it answers NaN or infinity"),
        (lambda: graph(fill=0.0), "file: it gives the same embedding for different pictures"),
    ],
)
def test_what_a_file_does_not_keep_is_said_with_what_to_do(made, sentence, path):
    with pytest.raises(ModelError) as refused:
        kept(made(), path)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"embedding_width": 512}, "embedding_width", "you declared 512, the file gives 6: declare that"),
        ({"size": 64}, "size", "it does not take pictures of 64 × 64"),
    ],
)
def test_a_wrong_declaration_names_its_field(change, field, sentence, path):
    declared = {name: getattr(CONTRACT, name) for name in ("size", "mean", "std", "embedding_width")}
    with pytest.raises(BrokenContract) as refused:
        kept(graph(), path, Contract(**declared | change))
    assert refused.value.field == field
    assert sentence in str(refused.value)


def test_a_graph_that_is_not_valid_is_refused(path):
    model = graph()
    model.graph.node[0].input[1] = "not there"
    with pytest.raises((BrokenContract, NotAModelFile)):
        kept(model, path)
