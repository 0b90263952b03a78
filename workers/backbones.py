"""Backbones as files: the exported graph that embeds, and the weights that fine-tuning starts from."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from heedful.core import artifacts
from heedful.registry.backbones import pretrained
from heedful.registry.models import Backbone, TrainingRun
from ml.backbones.base import Backbone as Module
from ml.backbones.catalogue import BACKBONES, BackboneSpec
from ml.backbones.weights import load_weights
from ml.inference.export import check_parity, export_backbone
from ml.inference.speed import measure
from workers.files import CORES, session

PARITY_TOLERANCE = 1e-3
SPEED_REPEATS = 16


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


def exported(name: str) -> Backbone:
    """The pretrained backbone of the catalogue, exported and measured if it was not yet. Raises ModelError."""
    if there := pretrained(name):
        return there
    spec = BACKBONES[name]
    backbone = store_backbone(spec=spec, name=spec.name, module=spec.build(), run=None)
    measure_speeds([backbone])
    return backbone


def measure_speeds(backbones: Sequence[Backbone]) -> None:
    """Side by side, so that what else the machine does slows all alike; and kept."""
    sessions = [session(one.address, threads=CORES) for one in backbones]
    for backbone, speed in zip(backbones, measure(sessions, threads=CORES, repeats=SPEED_REPEATS), strict=True):
        Backbone.objects.filter(pk=backbone.pk).update(speed=asdict(speed))


def load_module(backbone: Backbone) -> Module:
    """The backbone in PyTorch, with its weights, in evaluation mode. Raises ModelError."""
    module = BACKBONES[backbone.base].build()
    with artifacts.open_binary(backbone.checkpoint_address) as stream:
        load_weights(module, stream)
    return module.eval()
