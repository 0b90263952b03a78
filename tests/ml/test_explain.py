from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from ml.errors import NotFinite
from ml.explain.activation import activation_energy, class_activation, contrastive_activation
from ml.explain.render import INFERNO, heat_layer, normalised, overlay


@pytest.fixture
def feature_map(rng):
    return rng.normal(size=(24, 5, 5)).astype(np.float32)


def _grad_cam(feature_map, logit_of):
    """Selvaraju et al., 2017, by autograd: channel weights are the mean gradient of the logit."""
    activation = torch.from_numpy(feature_map).requires_grad_(True)
    logit_of(activation.mean(dim=(1, 2))).backward()
    assert activation.grad is not None
    weights = activation.grad.mean(dim=(1, 2))
    return torch.relu((weights[:, None, None] * activation).sum(dim=0)).detach().numpy()


def test_class_activation_equals_grad_cam(feature_map, head):
    weights = torch.from_numpy(head.weights)
    for target in range(3):
        gradient_based = _grad_cam(feature_map, lambda e, t=target: (weights @ e)[t])
        assert np.allclose(
            normalised(class_activation(feature_map, head, target)), normalised(gradient_based), atol=1e-5
        )


def test_contrastive_activation_equals_grad_cam_of_the_gap(feature_map, head):
    weights = torch.from_numpy(head.weights)
    gradient_based = _grad_cam(feature_map, lambda e: (weights @ e)[2] - (weights @ e)[0])
    ours = contrastive_activation(feature_map, head, top=2, runner_up=0)
    assert np.allclose(normalised(ours), normalised(gradient_based), atol=1e-5)


def test_another_head_gives_another_map(feature_map, head, rng):
    """The sanity check of Adebayo et al., 2018: a map must depend on what was learned."""
    shuffled = type(head)(rng.permutation(head.weights.T).T.copy(), head.bias, head.temperature)
    a, b = (class_activation(feature_map, h, 0).ravel() for h in (head, shuffled))
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.6


def test_energy_is_highest_where_the_backbone_responds_most(feature_map):
    feature_map[:, 3, 1] *= 9
    energy = activation_energy(feature_map)
    assert energy[3, 1] == energy.max()
    assert energy.min() == 0


@pytest.mark.parametrize("values", [np.zeros((5, 5)), -np.ones((5, 5))])
def test_a_map_without_evidence_leaves_the_picture_as_it_is(values):
    picture = Image.new("RGB", (60, 40), (90, 120, 150))
    shown = _open(overlay(_file(picture), values.astype(np.float32)))
    assert np.abs(np.asarray(shown.convert("RGB"), int) - (90, 120, 150)).max() <= 4
    layer = _open(heat_layer(values.astype(np.float32), (60, 40)))
    assert np.asarray(layer.convert("RGBA"))[..., 3].max() == 0


@pytest.mark.parametrize("image_format", ["WEBP", "JPEG"])
def test_an_overlay_colours_where_the_map_is_hot(image_format):
    heat = np.zeros((5, 5), np.float32)
    heat[0, 0] = 3.0
    data = overlay(_file(Image.new("RGB", (200, 100))), heat, longest_side=100, image_format=image_format)
    shown = _open(data)
    assert shown.size == (100, 50)
    assert shown.format == image_format
    pixels = np.asarray(shown.convert("RGB"), int).sum(axis=2)
    assert pixels[:5, :5].mean() > 300
    assert pixels[-10:, -10:].mean() < 30


def test_opacity_of_the_layer_follows_the_map():
    layer = _open(heat_layer(np.linspace(0, 1, 25, dtype=np.float32).reshape(5, 5), (50, 50)))
    alpha = np.asarray(layer.convert("RGBA"))[..., 3].astype(int)
    assert layer.size == (50, 50)
    assert alpha[0, 0] < 10
    assert alpha[-1, -1] > 240


def test_a_map_that_is_not_finite_is_refused():
    with pytest.raises(NotFinite):
        heat_layer(np.full((5, 5), np.nan, np.float32), (50, 50))


def test_colours_run_from_black_to_pale_yellow():
    assert INFERNO.shape == (256, 3)
    assert INFERNO[0].tolist() == [0, 0, 4]
    assert INFERNO[-1].tolist() == [252, 255, 164]
    brightness = INFERNO @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(brightness) > -0.5).all()  # never darker by more than rounding


def _file(picture):
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    buffer.seek(0)
    return buffer


def _open(data):
    return Image.open(BytesIO(data))
