"""Every method of the catalogue, on a network of which is known where it has to look."""

import json
import tracemalloc

import numpy as np
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from scipy.stats import spearmanr

from ml.errors import BadSetting, BrokenMethod, NotExplainable
from ml.explain import gradients
from ml.explain import model as explained_model
from ml.explain.catalogue import METHODS, find, names
from ml.explain.fills import fill_of
from ml.explain.method import Target, checked_settings, schema, settings_key
from ml.explain.model import open_explained, open_graph
from ml.heads import LinearHead
from ml.inference.session import CLASSES_KEY, FORMAT_KEY, FORMAT_VERSION, PREPROCESSING_KEY
from tests.ml.planted import CLASSES, SIZE, exported, learned, opened, pictures

# Cheap settings where the defaults are dear: what is tested holds for all.
QUICK = {"rise": {"masks": 200}, "lime": {"samples": 120}, "kernel-shap": {"samples": 120}}
SMALLEST = {"rise": {"masks": 16}, "lime": {"samples": 20}, "kernel-shap": {"samples": 20}, "occlusion": {"strides": 2}}
MARGIN = 1.7
"""Of the share that an even map would put into the region."""


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("planted"))


@pytest.fixture(scope="module")
def random_model(tmp_path_factory):
    """Of the same form, with random weights."""
    module, head = learned(pictures(3, seed=1), seed=5, steps=0)
    weights = np.random.default_rng(3).normal(size=head.weights.shape).astype(np.float32)
    path = exported(module, LinearHead(weights, head.bias, 1.0), tmp_path_factory.mktemp("random"))
    return open_explained(path, threads=1)


@pytest.fixture(scope="module")
def shown():
    return pictures(12, seed=9)


def maps(model, name, image, targets, **given):
    method = find(name)
    return method.maps(model, image, targets, checked_settings(method, {**QUICK.get(name, {}), **given}))


def stretched(float_map):
    positive = Image.fromarray(np.maximum(float_map, 0).astype(np.float32))
    return np.asarray(positive.resize((SIZE, SIZE), Image.Resampling.BILINEAR))


@pytest.mark.parametrize("name", METHODS)
def test_looks_where_the_class_is(model, shown, name):
    shares = []
    for image, label, inside in zip(shown.images[:6], shown.labels, shown.inside, strict=False):
        heat = stretched(maps(model, name, image, [Target(int(label))])[0])
        shares.append(heat[inside].sum() / heat.sum())
    assert np.mean(shares) > MARGIN * shown.inside[:6].mean()


@pytest.mark.parametrize("name", METHODS)
def test_says_something_else_of_a_model_whose_weights_are_random(model, random_model, shown, name):
    """Adebayo et al., 2018: a map that stays explains the picture, not the model."""
    alike = []
    for image, label in zip(shown.images[:4], shown.labels, strict=False):
        before, after = (stretched(maps(one, name, image, [Target(int(label))])[0]) for one in (model, random_model))
        # A flat map is unlike any other.
        alike.append(0.0 if np.ptp(before) == 0 or np.ptp(after) == 0 else spearmanr(before, after, axis=None)[0])
    assert abs(np.mean(alike)) < 0.65


@pytest.mark.parametrize("name", METHODS)
def test_a_map_depends_on_neither_the_other_targets_nor_the_pass(model, shown, name, monkeypatch):
    image, targets = shown.images[1], [Target(0), Target(1), Target(2, contrast=0)]
    together = maps(model, name, image, targets)
    assert together.dtype == np.float32
    assert np.isfinite(together).all()
    monkeypatch.setattr(explained_model, "PASS_VALUES", 3 * image.size)
    monkeypatch.setattr(gradients, "_PASSES", 3)
    alone = np.concatenate([maps(model, name, image, [target]) for target in targets])
    assert np.allclose(together, alone, atol=1e-4 * np.abs(together).max())


@pytest.mark.parametrize("name", METHODS)
def test_maps_of_many_pictures_are_those_of_each(model, shown, name):
    method, images = find(name), shown.images[:3]
    settings = checked_settings(method, SMALLEST.get(name, {}))
    targets = [[Target(0)], [Target(2), Target(1, contrast=0)], [Target(1)]]
    together = method.maps_of_many(model, images, targets, settings)
    for image, asked, found in zip(images, targets, together, strict=True):
        assert np.allclose(found, method.maps(model, image, asked, settings), atol=1e-4 * np.abs(found).max())


@pytest.mark.parametrize("name", [name for name in METHODS if any(s.name == "score" for s in find(name).settings)])
def test_explains_logits_or_probabilities(model, shown, name):
    logits, probabilities = (
        maps(model, name, shown.images[0], [Target(0)], score=score) for score in ("logits", "probabilities")
    )
    assert not np.allclose(logits, probabilities)


def test_guided_variants_are_absent():
    assert not [name for name in names() if "guided" in name]
    with pytest.raises(BrokenMethod, match="guided-backprop"):
        find("guided-backprop")


def test_occlusion_equals_a_loop_over_its_windows(model, shown):
    image, strides, size = shown.images[2], 4, 16
    given = {"window": size / SIZE, "strides": strides, "fill": "black", "score": "probabilities"}
    found = maps(model, "occlusion", image, [Target(2)], **given)[0]
    black = fill_of("black", image, model.preprocessing)
    whole = model.scores(image[None], "probabilities")[0, 2]
    for row in range(strides):
        for column in range(strides):
            hidden = image.copy()
            # The windows of a quarter of the side, four along each, tile the picture.
            top, left = row * size, column * size
            hidden[:, top : top + size, left : left + size] = black[:, top : top + size, left : left + size]
            fall = whole - model.scores(hidden[None], "probabilities")[0, 2]
            assert found[row, column] == pytest.approx(fall, abs=1e-5)
    left_over = maps(model, "occlusion", image, [Target(2)], **given, shows="score left")[0]
    assert np.allclose(whole - left_over, found, atol=1e-5)


def test_class_activation_equals_grad_cam_of_the_last_layer(model, shown):
    """Of which the one comes from ONNX Runtime and the other from PyTorch."""
    for target in (Target(1), Target(1, contrast=2)):
        name = "activation" if target.contrast is None else "contrastive"
        ours, theirs = (maps(model, one, shown.images[4], [target])[0] for one in (name, "grad-cam"))
        assert np.allclose(ours / ours.max(), theirs / theirs.max(), atol=1e-4)


def test_earlier_layers_are_finer_and_unknown_ones_are_refused(model, shown):
    assert maps(model, "grad-cam", shown.images[0], [Target(0)], layer=model.layers[0]).shape == (1, 32, 32)
    with pytest.raises(NotExplainable, match="no layer nowhere"):
        maps(model, "grad-cam", shown.images[0], [Target(0)], layer="nowhere")


@pytest.mark.parametrize("target", [Target(0), Target(0, contrast=1)])
def test_saliency_is_the_strongest_gradient_of_any_colour_whatever_its_sign(model, shown, target):
    image = torch.from_numpy(shown.images[:1]).requires_grad_()
    logits = model.module(image)[0]
    score = logits[target.index] - (0 if target.contrast is None else logits[target.contrast])
    gradient = torch.autograd.grad(score, image)[0][0].numpy()
    assert (gradient.max(axis=0) < np.abs(gradient).max(axis=0)).any()
    assert np.allclose(maps(model, "saliency", shown.images[0], [target])[0], np.abs(gradient).max(axis=0), atol=1e-5)


@pytest.mark.parametrize("window", [0.5, 0.4, 0.3, 0.2, 0.1, 0.05])
def test_the_example_shows_window_and_grid(shown, window):
    method = find("occlusion")
    for strides, fill in ((2, "grey"), (5, "black"), (30, "white")):
        settings = checked_settings(method, {"window": window, "strides": strides, "fill": fill})
        example = method.example(shown.pixels[0], settings)
        assert (example == (255, 64, 64)).all(axis=2).sum() == strides**2
        assert example.shape == shown.pixels[0].shape


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"window": 2}, "window: 2 is not between"),
        ({"strides": "many"}, "strides: 'many' is not a number"),
        ({"strides": 2.5}, "strides: 2.5 is not a whole number"),
        ({"fill": "pink"}, "fill: 'pink' is not one of grey, black"),
        ({"colour": "red"}, "colour: Partial occlusion has no such setting"),
        ({"window": float("nan")}, "window: nan is not a number"),
    ],
)
def test_a_setting_out_of_range_is_refused_by_its_name(given, message):
    with pytest.raises(BadSetting, match=message):
        checked_settings(find("occlusion"), given)


def test_settings_name_their_maps():
    method = find("occlusion")
    as_given = settings_key(method, checked_settings(method, {"window": 0.2}))
    assert as_given == settings_key(method, checked_settings(method, {}))
    assert as_given != settings_key(method, checked_settings(method, {"window": 0.3}))
    assert schema(method)["settings"][0]["name"] == "window"


def test_memory_is_bounded_when_a_large_picture_is_occluded():
    """A picture of 2000 pixels a side under 100 windows: never more than a few copies of it."""
    model = open_graph(averages_colours(2000), name="colours", threads=1)
    image = np.random.default_rng(0).random((3, 2000, 2000), np.float32)
    tracemalloc.start()
    try:
        found = maps(model, "occlusion", image, [Target(0)], fill="black", window=0.1)[0]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.min() > 0
    assert peak < 5 * image.nbytes


def averages_colours(side):
    """A graph that calls a picture by the colour that is strongest in it."""
    weights = numpy_helper.from_array(np.eye(3, dtype=np.float32), "weights")
    nodes = [
        helper.make_node("GlobalAveragePool", ["image"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    inputs = [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, side, side])]
    outputs = [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 3])]
    model = helper.make_model(
        helper.make_graph(nodes, "colours", inputs, outputs, [weights]),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
    )
    prepared = json.dumps({"size": side, "mean": 0.0, "std": 1.0})
    helper.set_model_props(
        model, {FORMAT_KEY: FORMAT_VERSION, PREPROCESSING_KEY: prepared, CLASSES_KEY: json.dumps(list(CLASSES))}
    )
    return model


def test_a_graph_from_elsewhere_that_ends_in_a_mean_has_class_activation():
    model = open_graph(averages_colours(8), name="colours", threads=1)
    image = np.zeros((3, 8, 8), np.float32)
    image[1, 2:4, 5:7] = 1
    found = maps(model, "activation", image, [Target(1)])[0]
    assert np.array_equal(found > 0, image[1] > 0)


def test_an_operator_without_a_gradient_here_is_named():
    graph = averages_colours(8)
    graph.opset_import[0].version = 18
    graph.graph.node.insert(0, helper.make_node("Mish", ["image"], ["odd"]))
    graph.graph.node[1].input[0] = "odd"
    model = open_graph(graph, name="odd", threads=1)
    image = np.zeros((3, 8, 8), np.float32)
    assert maps(model, "occlusion", image, [Target(1)]).shape == (1, 10, 10)
    with pytest.raises(NotExplainable, match="ONNX operator Mish"):
        maps(model, "saliency", image, [Target(1)])
