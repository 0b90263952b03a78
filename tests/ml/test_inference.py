from functools import partial

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from ml.backbones.catalogue import BACKBONES
from ml.errors import NotAModelFile, ParityError, UnreadablePicture
from ml.heads import LinearHead
from ml.inference.embedding import embed, feature_maps, read
from ml.inference.export import attach_head, check_parity
from ml.inference.preprocessing import Preprocessing
from ml.inference.session import open_session

SIZE = 64
CLASSES = ("good", "cracked", "dirty")


@pytest.fixture
def images(rng):
    return rng.normal(size=(5, 3, SIZE, SIZE)).astype(np.float32)


@pytest.fixture
def deployable(backbone_file, head, tmp_path):
    attach_head(backbone_file, head, CLASSES, tmp_path / "model.onnx")
    return tmp_path / "model.onnx"


def test_the_exported_backbone_answers_as_pytorch_does_for_any_batch(small_backbone, backbone_file, images):
    for n in (1, 2, 5):
        assert check_parity(small_backbone, None, backbone_file, images[:n], 1e-4) < 1e-4


def test_the_deployable_graph_answers_as_backbone_and_head_do(small_backbone, head, deployable, images):
    assert check_parity(small_backbone, head, deployable, images, 1e-4) < 1e-4
    probabilities = open_session(deployable, threads=1).run(images, ["probabilities"])["probabilities"]
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_parity_sees_another_head(small_backbone, head, deployable, images):
    other = LinearHead(head.weights + 0.1, head.bias, head.temperature * 2)
    with pytest.raises(ParityError):
        check_parity(small_backbone, other, deployable, images, 1e-4)


def test_parity_sees_a_graph_that_answers_nan(small_backbone, backbone_file, images, tmp_path):
    model = onnx.load(backbone_file)
    tensor = next(t for t in model.graph.initializer if numpy_helper.to_array(t).ndim == 4)
    tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor) * np.float32(np.nan), tensor.name))
    onnx.save(model, tmp_path / "broken.onnx")
    with pytest.raises(ParityError):
        check_parity(small_backbone, None, tmp_path / "broken.onnx", images, 1e-4)


def test_parity_is_checked_in_evaluation_mode_and_leaves_the_mode_alone(small_backbone, backbone_file, images):
    small_backbone.train()
    try:
        assert check_parity(small_backbone, None, backbone_file, images, 1e-4) < 1e-4
        assert small_backbone.training
    finally:
        small_backbone.eval()


def test_a_session_knows_its_preprocessing_and_classes(deployable, backbone_file):
    session = open_session(deployable, threads=1)
    assert session.classes == CLASSES
    assert session.preprocessing == Preprocessing(size=SIZE, mean=0.5, std=0.5)
    assert session.outputs == ("probabilities", "embedding", "feature_map")
    assert open_session(backbone_file, threads=1).classes == ()


def test_a_head_of_another_width_or_other_classes_is_refused(backbone_file, head, tmp_path):
    narrow = LinearHead(head.weights[:, :5], head.bias, 1.0)
    for wrong, classes in ((narrow, CLASSES), (head, CLASSES[:2])):
        with pytest.raises(ValueError, match="does not fit"):
            attach_head(backbone_file, wrong, classes, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_other_files_are_no_models(tmp_path, head):
    (tmp_path / "text.onnx").write_text("not a model")
    graph = onnx.helper.make_graph([], "empty", [], [])
    onnx.save(onnx.helper.make_model(graph), tmp_path / "foreign.onnx")
    for name in ("text.onnx", "foreign.onnx", "gone.onnx"):
        with pytest.raises(NotAModelFile):
            open_session(tmp_path / name, threads=1)
        with pytest.raises(NotAModelFile):
            attach_head(tmp_path / name, head, CLASSES, tmp_path / "m")


def test_embedding_keeps_the_order_of_the_sources(backbone_file, make_pictures):
    session = open_session(backbone_file, threads=1)
    paths = make_pictures(11)
    seen = []
    together = embed(
        session, paths, threads=3, batch_size=2, on_progress=lambda done, total: seen.append((done, total))
    )
    alone = np.concatenate([embed(session, [path], threads=1) for path in paths])
    assert np.allclose(together, alone, atol=1e-5)
    assert seen[-1] == (11, 11)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_sources_may_be_functions_that_open_a_file(backbone_file, make_pictures):
    session = open_session(backbone_file, threads=1)
    paths = make_pictures(3)
    opened = embed(session, [partial(path.open, "rb") for path in paths], threads=2)
    assert np.array_equal(opened, embed(session, paths, threads=2))


def test_one_pass_gives_embedding_and_feature_map(backbone_file, make_pictures):
    embeddings, maps = feature_maps(open_session(backbone_file, threads=1), make_pictures(5), batch_size=2)
    assert maps.shape == (5, 24, 2, 2)
    assert np.allclose(maps.mean(axis=(2, 3)), embeddings, atol=1e-5)


def test_an_unreadable_source_stops_the_embedding(backbone_file, make_pictures):
    paths = make_pictures(6)
    paths[4].write_bytes(b"no picture")
    with pytest.raises(UnreadablePicture, match=r"4\.png"):
        embed(open_session(backbone_file, threads=1), paths, threads=2, batch_size=1)


def test_no_sources_give_no_rows(backbone_file):
    assert embed(open_session(backbone_file, threads=1), [], threads=2).shape == (0, 24)


def test_every_backbone_of_the_catalogue_gives_what_it_declares(make_pictures):
    for name, spec in BACKBONES.items():
        assert spec.name == name
        module = spec.build()
        picture = read(make_pictures(1)[0], spec.preprocessing)[None]
        embedding, feature_map = module(torch.from_numpy(picture))
        side = spec.preprocessing.size // 32
        assert embedding.shape == (1, spec.embedding_width)
        assert feature_map.shape == (1, spec.embedding_width, side, side)
        assert not module.training
