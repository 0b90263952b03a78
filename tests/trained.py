"""A project with pictures, a small backbone and a version that was really trained on them."""

import hashlib
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from django.utils import timezone
from PIL import Image

from heedful.core import artifacts
from heedful.pool.artifacts import record, shard_address
from heedful.pool.models import Sample, ShardArtifact
from heedful.projects.models import Project
from heedful.quality.models import Label
from heedful.quality.services import take_snapshot
from heedful.registry.models import Backbone, ModelVersion
from ml.arrays import Embeddings, Labels
from ml.heads import LinearHead
from ml.inference.embedding import embed
from ml.inference.export import attach_head, export_backbone
from ml.inference.session import open_session
from ml.training.calibration import calibrated
from ml.training.head import HeadConfig, train_head
from tests.factories import make_pool
from tests.ml.conftest import SMALL, SmallBackbone
from tests.registry.versions import make_version
from workers.files import head

GOLD = 60


def make_trained(project: Project, folder: Path, *, size: int = 180) -> ModelVersion:
    """Every fourth picture is defective, which a bright square shows; the first 60 are gold."""
    truth = (np.arange(size) % 4 == 0).astype(np.int64)
    samples = make_pool(project, size=size)
    for number, sample in enumerate(samples):
        sample.address = _picture(folder / sample.name, number, bright=bool(truth[number])).as_uri()
        sample.role = Sample.Role.GOLD if number < GOLD else Sample.Role.POOL
    Sample.objects.bulk_update(samples, ["address", "role"])
    classes = project.classes()
    Label.objects.bulk_create(
        Label(sample=sample, label_class=classes[truth[number]], settled_at=timezone.now())
        for number, sample in enumerate(samples)
    )
    backbone = _backbone()
    paths = [Path(sample.address.removeprefix("file://")) for sample in samples]
    with artifacts.local_copy(backbone.address) as graph:
        embeddings = embed(open_session(graph, threads=1), paths, threads=2)
    shard = samples[0].shard
    assert shard is not None
    address = shard_address(shard, ShardArtifact.Kind.EMBEDDINGS, backbone.key)
    with artifacts.staged(address) as path:
        np.save(path, embeddings)
    record(shard, ShardArtifact.Kind.EMBEDDINGS, backbone.key)
    return _version(project, backbone, embeddings, truth, folder)


def _picture(path: Path, number: int, *, bright: bool) -> Path:
    pixels = np.random.default_rng(number).integers(0, 120, (48, 48, 3), np.uint8)
    if bright:
        pixels[8:40, 8:40] = 250
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


@lru_cache(maxsize=1)
def _exported() -> tuple[bytes, bytes]:
    """The graph and its weights; exported once for all tests: it takes seconds."""
    with torch.random.fork_rng():
        torch.manual_seed(7)
        module = SmallBackbone().eval()
    with TemporaryDirectory() as folder:
        graph, weights = Path(folder, "backbone.onnx"), Path(folder, "weights.pt")
        export_backbone(module, SMALL, graph)
        torch.save(module.state_dict(), weights)
        return graph.read_bytes(), weights.read_bytes()


def _backbone() -> Backbone:
    address, weights = (artifacts.url("backbones", f"small.{suffix}") for suffix in ("onnx", "pt"))
    for place, content in zip((address, weights), _exported(), strict=True):
        artifacts.write(place, content)
    return Backbone.objects.create(name="small", key="small", base="small", address=address, checkpoint_address=weights)


def _version(project: Project, backbone: Backbone, embeddings: Embeddings, truth: Labels, folder: Path) -> ModelVersion:
    groups = np.arange(len(truth)).astype(str)
    trained = train_head(
        embeddings[GOLD:],
        truth[GOLD:],
        groups[GOLD:],
        n_classes=2,
        config=HeadConfig(),
        rng=np.random.default_rng(1),
    )
    calibrated_head = calibrated(trained.head, embeddings[:GOLD], truth[:GOLD])
    with artifacts.local_copy(backbone.address) as graph:
        attach_head(graph, calibrated_head, [one.name for one in project.classes()], folder / "model.onnx")
    content = (folder / "model.onnx").read_bytes()
    model = make_version(project, spent=40, cost=0.5, labels=len(truth) - GOLD)
    model.run.snapshot = take_snapshot(project=project)
    model.run.save()
    model.backbone = backbone
    model.content_hash = hashlib.sha256(content).hexdigest()
    model.graph_address = artifacts.url("models", str(project.pk), f"{model.content_hash}.onnx")
    model.head_address = artifacts.url("models", str(project.pk), f"{model.content_hash}.npz")
    model.verdict = {"promote": True, "sentences": ["Promoted."], "probability_cheaper": 1.0, "cost_difference": None}
    model.save()
    artifacts.write(model.graph_address, content)
    with artifacts.staged(model.head_address) as path:
        calibrated_head.save(path)
    return model


def make_filmed(project: Project, folder: Path) -> ModelVersion:
    """One whose pictures come from two cameras in turn, which a column tells."""
    model = make_trained(project, folder, size=140)
    for number, sample in enumerate(project.samples.order_by("pk")):
        sample.metadata = {"camera": "A" if number % 2 else "B"}
        sample.save()
    return model


def make_opposite(model: ModelVersion) -> ModelVersion:
    """A rejected version from before anything was labeled, which says the opposite of a model of two classes."""
    project, ours = model.project, head(model.head_address)
    made = make_version(project, spent=1, cost=1, labels=0, promoted=False)
    made.backbone, made.graph_address, made.verdict = model.backbone, model.graph_address, model.verdict
    made.content_hash = "0" * 64
    made.head_address = artifacts.url("models", str(project.pk), "opposite.npz")
    made.save()
    with artifacts.staged(made.head_address) as path:
        LinearHead(ours.weights[::-1].copy(), ours.bias[::-1].copy(), ours.temperature).save(path)
    labels = list(Label.objects.filter(sample__project=project))
    Label.objects.filter(sample__project=project).delete()
    made.run.snapshot = take_snapshot(project=project)
    made.run.save()
    Label.objects.bulk_create(labels)
    return made
