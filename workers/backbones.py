"""Backbones as files: the exported graph that embeds, and the weights that fine-tuning starts from."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from heedful.core import artifacts
from heedful.registry.backbones import pretrained
from heedful.registry.models import Backbone, OwnBackbone, TrainingRun
from ml.arrays import Images
from ml.backbones.base import Backbone as Module
from ml.backbones.catalogue import BACKBONES, BackboneSpec, find
from ml.backbones.hub import hub_spec
from ml.backbones.weights import load_weights
from ml.errors import NotInstalled
from ml.heads import LinearHead
from ml.inference.export import check_attached, check_parity, export_backbone
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
    spec = spec_of(name)
    backbone = store_backbone(spec=spec, name=spec.name, module=spec.build(), run=None)
    measure_speeds([backbone])
    return backbone


def spec_of(base: str) -> BackboneSpec:
    """What a backbone is built from. Raises NotInstalled, also of a file, which is no code."""
    own = None if base in BACKBONES else OwnBackbone.objects.filter(name=base).first()
    if own is None or own.kind == OwnBackbone.Kind.PACKAGE:
        return find(base)
    if own.kind == OwnBackbone.Kind.HUB:
        return hub_spec(own.source, name=base, licence=own.licence)
    raise NotInstalled(f"{base} is a file, which holds no code to build it from.")


def measure_speeds(backbones: Sequence[Backbone]) -> None:
    """Side by side, so that what else the machine does slows all alike; and kept."""
    sessions = [session(one.address, threads=CORES) for one in backbones]
    for backbone, speed in zip(backbones, measure(sessions, threads=CORES, repeats=SPEED_REPEATS), strict=True):
        Backbone.objects.filter(pk=backbone.pk).update(speed=asdict(speed))


def check_graph(backbone: Backbone, head: LinearHead, graph: Path, images: Images) -> float:
    """How far the deployable graph and the head beside its backbone lie apart: in PyTorch where there is its code, else
    under the graph that it came as. Raises ParityError."""
    if backbone.checkpoint_address:
        return check_parity(load_module(backbone), head, graph, images, PARITY_TOLERANCE)
    with artifacts.local_copy(backbone.address) as bare:
        return check_attached(bare, head, graph, images, PARITY_TOLERANCE)


def load_module(backbone: Backbone) -> Module:
    """The backbone in PyTorch, with its weights, in evaluation mode. Raises ModelError."""
    module = spec_of(backbone.base).build()
    with artifacts.open_binary(backbone.checkpoint_address) as stream:
        load_weights(module, stream)
    return module.eval()
