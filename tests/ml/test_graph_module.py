"""The exported graph in PyTorch answers what ONNX Runtime answers."""

import warnings

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from ml.backbones.catalogue import find
from ml.explain.graph_module import GraphModule
from ml.explain.model import open_explained
from ml.heads import LinearHead
from ml.inference.export import attach_head, export_backbone

TOLERANCE = 1e-4


class Attention(nn.Module):
    """A tiny vision transformer."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 8, 8)
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, activation="gelu", dropout=0.0)
        self.head = nn.Linear(16, 4)

    def forward(self, images):
        tokens = self.patches(images).flatten(2).transpose(1, 2)
        return self.head(self.layer(tokens).mean(dim=1))


class Mixed(nn.Module):
    """What convolutional networks are made of besides plain convolutions."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, 2, 1)
        self.depth = nn.Conv2d(8, 8, 3, 1, 1, groups=8)
        self.gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 8, 1), nn.Hardsigmoid())
        self.last = nn.Linear(16, 4)

    def forward(self, images):
        x = nn.functional.hardswish(self.first(images))
        x = nn.functional.max_pool2d(x, 3, 2, 1)
        x = x + self.gate(x) * nn.functional.silu(self.depth(x))
        left, right = torch.chunk(x, 2, dim=1)
        x = torch.cat([left.sigmoid(), right.tanh(), nn.functional.leaky_relu(x)], dim=1)
        x = nn.functional.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
        return self.last(x.flatten(2).amax(dim=2))


@pytest.mark.parametrize("dynamo", [True, False])
@pytest.mark.parametrize("network", [Attention, Mixed])
def test_a_network_from_elsewhere(network, dynamo, tmp_path):
    torch.manual_seed(0)
    module, path = network().eval(), tmp_path / "network.onnx"
    images = torch.rand(3, 3, 32, 32)
    export(module, images, path, dynamo)
    graph = onnx.load(path)
    rebuilt = GraphModule(graph.graph, source="image", output="logits")
    assert np.allclose(rebuilt(images).detach(), module(images).detach(), atol=TOLERANCE)
    leaf = images.clone().requires_grad_()
    expected = torch.autograd.grad(module(leaf)[:, 1].sum(), leaf)[0]
    assert np.allclose(torch.autograd.grad(rebuilt(leaf)[:, 1].sum(), leaf)[0], expected, atol=TOLERANCE)


def export(module, images, path, dynamo):
    axes = {"dynamic_axes": {"image": {0: "n"}}} if not dynamo else {"dynamic_shapes": ({0: torch.export.Dim("n")},)}
    with warnings.catch_warnings():
        # The exporters call what PyTorch has deprecated, and warn of themselves.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (images,),
            path,
            input_names=["image"],
            output_names=["logits"],
            dynamo=dynamo,
            verbose=False,
            **axes,
        )


def test_the_backbone_of_projects(tmp_path):
    spec = find("efficientnet-lite0")
    export_backbone(spec.build().eval(), spec.preprocessing, tmp_path / "bare.onnx")
    rng = np.random.default_rng(0)
    head = LinearHead(rng.normal(size=(3, 1280)).astype(np.float32), np.zeros(3, np.float32), 2.0)
    attach_head(tmp_path / "bare.onnx", head, ["a", "b", "c"], tmp_path / "whole.onnx")
    model = open_explained(tmp_path / "whole.onnx", threads=1)
    side = spec.preprocessing.size
    images = rng.normal(size=(2, 3, side, side)).astype(np.float32)
    runtime = model.scores(images, "logits")
    with torch.no_grad():
        assert np.allclose(model.module(torch.from_numpy(images)), runtime, atol=TOLERANCE * np.abs(runtime).max())
    assert model.layers[-1] == "feature_map"
