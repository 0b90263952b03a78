"""Backbones as files: the exported graph that embeds, and the weights that fine-tuning starts from."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from heedful.core import artifacts
from heedful.registry.models import Backbone, TrainingRun
from ml.backbones.base import Backbone as Module
from ml.backbones.catalogue import BACKBONES, BackboneSpec
from ml.backbones.weights import load_weights
from ml.inference.export import check_parity, export_backbone

PARITY_TOLERANCE = 1e-3


def store_backbone(*, spec: BackboneSpec, name: str, module: Module, run: TrainingRun | None) -> Backbone:
    """Export, check PyTorch against ONNX Runtime, and keep both files under the hash of the graph.

    Raises ParityError when the two answer differently.
    """
    with TemporaryDirectory() as folder:
        graph, weights = Path(folder, "backbone.onnx"), Path(folder, "weights.pt")
        export_backbone(module, spec.preprocessing, graph)
        size = spec.preprocessing.size
        images = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(0)).numpy()
        check_parity(module, None, graph, images, PARITY_TOLERANCE)
        torch.save(module.state_dict(), weights)
        content = graph.read_bytes()
        key = f"{spec.name}-{hashlib.sha256(content).hexdigest()[:16]}"
        address, checkpoint = (artifacts.url("backbones", f"{key}.{suffix}") for suffix in ("onnx", "pt"))
        artifacts.write(checkpoint, weights.read_bytes())
        artifacts.write(address, content)
    backbone, _ = Backbone.objects.get_or_create(
        name=name,
        run=run,
        defaults={"key": key, "address": address, "checkpoint_address": checkpoint, "base": spec.name},
    )
    return backbone


def load_module(backbone: Backbone) -> Module:
    """The backbone in PyTorch, with its weights, in evaluation mode. Raises ModelError."""
    module = BACKBONES[backbone.base].build()
    with artifacts.open_binary(backbone.checkpoint_address) as stream:
        load_weights(module, stream)
    return module.eval()
