"""The backbones against facts that their pretrained weights imply."""

from io import BytesIO

import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_image
from torch.nn import functional

from ml.backbones.efficientnet_lite import LITE0, LITE1, LITE2, Variant, pretrained, stored_tensors
from ml.errors import NotInstalled
from ml.inference.preprocessing import Preprocessing, decode

DAISY, PALACE = 985, 698  # of ImageNet's classes


@pytest.mark.parametrize("size", [96, 160])
def test_the_embedding_is_the_mean_of_the_feature_map(size):
    with torch.no_grad():
        images = torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(1))
        embedding, feature_map = pretrained(LITE0)(images)
    assert feature_map.shape == (2, 1280, size // 32, size // 32)
    assert torch.allclose(embedding, feature_map.mean(dim=(2, 3)))


@pytest.mark.parametrize(
    ("variant", "photo", "shows", "surely"),
    [(LITE0, "flower.jpg", DAISY, 0.1), (LITE1, "china.jpg", PALACE, 0.2), (LITE2, "china.jpg", PALACE, 0.2)],
)
def test_pretrained_features_name_a_real_photo(variant, photo, shows, surely):
    """By the ImageNet classifier of the same file. A wrong padding, normalisation, width or order of tensors would see
    something else."""
    buffer = BytesIO()
    Image.fromarray(load_sample_image(photo)).save(buffer, "PNG")
    buffer.seek(0)
    picture = decode(buffer, Preprocessing(size=256, mean=0.5, std=0.5))
    *_, weights, bias = stored_tensors(variant)
    with torch.no_grad():
        embedding, _ = pretrained(variant)(torch.from_numpy(picture[None]))
        probabilities = functional.linear(embedding, weights, bias).softmax(dim=1)[0]
    assert probabilities.argmax() == shows
    assert probabilities[shows] > surely


def test_without_the_package_of_its_weights_it_says_what_to_install():
    with pytest.raises(NotInstalled, match="efficientnet-lite9-pytorch-model"):
        pretrained(Variant(9))
