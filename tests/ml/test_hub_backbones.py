"""Models as the transformers hub holds them: made small, saved as it saves them, loaded by path, exported as ours."""

import json

import numpy as np
import pytest
import torch
import transformers

from ml.backbones.hub import hub_spec
from ml.errors import BrokenContract, NotAModelFile
from ml.inference.export import check_parity, export_backbone
from ml.inference.session import open_session

SIZE = 32


@pytest.fixture(scope="module")
def vision_transformer(tmp_path_factory):
    """Sixteen patches of eight pixels, a class token before them."""
    folder = tmp_path_factory.mktemp("hub") / "tiny-vit"
    with torch.random.fork_rng():
        torch.manual_seed(3)
        config = transformers.ViTConfig(
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=16,
            image_size=SIZE,
            patch_size=8,
        )
        transformers.ViTModel(config).save_pretrained(folder)
    prepared = {"image_mean": [0.4, 0.5, 0.6], "image_std": [0.2, 0.3, 0.4], "size": {"height": SIZE, "width": SIZE}}
    (folder / "preprocessor_config.json").write_text(json.dumps(prepared))
    return str(folder)


def test_patches_become_a_feature_map_and_the_class_token_is_left_out(vision_transformer):
    spec = hub_spec(vision_transformer, name="tiny", licence="Apache-2.0")
    assert (spec.embedding_width, spec.preprocessing.size, spec.licence) == (16, SIZE, "Apache-2.0")
    images = np.random.default_rng(1).random((2, 3, SIZE, SIZE)).astype(np.float32)
    with torch.no_grad():
        embedding, feature_map = spec.build()(torch.from_numpy(images))
        mean, std = (torch.tensor(one).view(1, 3, 1, 1) for one in ([0.4, 0.5, 0.6], [0.2, 0.3, 0.4]))
        model = transformers.ViTModel.from_pretrained(vision_transformer).eval()
        tokens = model(pixel_values=(torch.from_numpy(images) - mean) / std).last_hidden_state
    assert feature_map.shape == (2, 16, 4, 4)
    torch.testing.assert_close(embedding, tokens[:, 1:].mean(dim=1))
    torch.testing.assert_close(feature_map[:, :, 2, 3], tokens[:, 1 + 2 * 4 + 3])


def test_it_is_exported_as_any_backbone(vision_transformer, tmp_path):
    spec = hub_spec(vision_transformer, name="tiny", licence="Apache-2.0")
    export_backbone(spec.build(), spec.preprocessing, tmp_path / "backbone.onnx")
    images = np.random.default_rng(1).random((3, 3, SIZE, SIZE)).astype(np.float32)
    assert check_parity(spec.build(), None, tmp_path / "backbone.onnx", images, 1e-3) < 1e-3
    assert open_session(tmp_path / "backbone.onnx", threads=1).embedding_width == 16


def test_a_convolution_gives_its_own_feature_map(tmp_path):
    config = transformers.ResNetConfig(
        embedding_size=4, hidden_sizes=[4, 8], depths=[1, 1], layer_type="basic", num_channels=3
    )
    transformers.ResNetModel(config).save_pretrained(tmp_path / "tiny-resnet")
    spec = hub_spec(str(tmp_path / "tiny-resnet"), name="tiny", licence="MIT")
    assert (spec.embedding_width, spec.preprocessing.size) == (8, 224)


def test_what_cannot_be_loaded_is_said(tmp_path):
    with pytest.raises(NotAModelFile, match=r"source: .* cannot be loaded"):
        hub_spec(str(tmp_path / "nowhere"), name="tiny", licence="MIT")
    config = transformers.BertConfig(
        hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8, vocab_size=20
    )
    transformers.BertModel(config).save_pretrained(tmp_path / "words")
    with pytest.raises(BrokenContract, match="source: this is no model of pictures"):
        hub_spec(str(tmp_path / "words"), name="tiny", licence="MIT")


def test_pickled_weights_are_not_read(vision_transformer, tmp_path):
    model = transformers.ViTModel.from_pretrained(vision_transformer)
    model.config.save_pretrained(tmp_path)
    torch.save(model.state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(NotAModelFile, match="safe tensors"):
        hub_spec(str(tmp_path), name="tiny", licence="MIT")
