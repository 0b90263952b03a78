"""A project with pictures, a small backbone and a version that was really trained on them, and a running predictor."""

import hashlib
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from django.conf import settings
from django.utils import timezone
from PIL import Image

from heedful.conf import predictor
from heedful.core import artifacts
from heedful.pool.artifacts import record, shard_address
from heedful.pool.models import Sample, ShardArtifact
from heedful.projects.models import Project
from heedful.quality.models import Label
from heedful.registry.models import Backbone, ModelVersion
from heedful.registry.predictor import client as asked
from ml.arrays import Embeddings, Labels
from ml.inference.embedding import embed
from ml.inference.export import attach_head, export_backbone
from ml.inference.session import open_session
from ml.training.calibration import calibrated
from ml.training.head import HeadConfig, train_head
from tests import services
from tests.factories import make_pool
from tests.ml.conftest import SMALL, SmallBackbone
from tests.registry.versions import make_version

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
    head = calibrated(trained.head, embeddings[:GOLD], truth[:GOLD])
    with artifacts.local_copy(backbone.address) as graph:
        attach_head(graph, head, [one.name for one in project.classes()], folder / "model.onnx")
    content = (folder / "model.onnx").read_bytes()
    model = make_version(project, spent=40, cost=0.5, labels=len(truth) - GOLD)
    model.backbone = backbone
    model.content_hash = hashlib.sha256(content).hexdigest()
    model.graph_address = artifacts.url("models", str(project.pk), f"{model.content_hash}.onnx")
    model.head_address = artifacts.url("models", str(project.pk), f"{model.content_hash}.npz")
    model.verdict = {"promote": True, "sentences": ["Promoted."], "probability_cheaper": 1.0, "cost_difference": None}
    model.save()
    artifacts.write(model.graph_address, content)
    with artifacts.staged(model.head_address) as path:
        head.save(path)
    return model


@contextmanager
def running_predictor(home: Path) -> Iterator[str]:
    """The predictor as the supervisor runs it; its address."""
    path = home / "predictor.sock"

    def answers() -> bool:
        with socket.socket(socket.AF_UNIX) as asking, suppress(OSError):
            asking.connect(str(path))
            asking.sendall(f"GET /{predictor.PATH} HTTP/1.0\r\nHost: predictor\r\n\r\n".encode())
            return b" 200 " in asking.recv(64)
        return False

    service = services.Service(
        "The predictor",
        [
            *(str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--no-ws"),
            *("--blocking-threads", "2", "workers.serving:application"),
        ],
        answers,
        home / "predictor.log",
        env={
            "PYTHONPATH": f"{services.ROOT / 'platform'}:{services.ROOT}",
            "DJANGO_SETTINGS_MODULE": "heedful.conf.settings",
            "HEEDFUL_HOME": str(settings.HEEDFUL_HOME),
            "GRANIAN_UDS": str(path),
        },
    )
    with services.running(service):
        url = f"unix:{path}"
        yield url
        asked(url).close()
