"""Champions made at once: a backbone of one convolution, and heads that each read one number of its embedding."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx
from django.utils.module_loading import import_string
from onnx import TensorProto, helper, numpy_helper

from heedful.core import artifacts
from heedful.jobs import services as jobs
from heedful.jobs.models import Job
from heedful.pool.artifacts import record, shard_address
from heedful.pool.models import ShardArtifact
from heedful.registry.models import ModelVersion
from heedful.triggers.loop import Step, advance
from ml.heads import LinearHead
from ml.inference.export import attach_head
from ml.inference.preprocessing import Preprocessing
from ml.inference.session import EMBEDDING, FEATURE_MAP, FORMAT_KEY, FORMAT_VERSION, INPUT, PREPROCESSING_KEY
from tests.registry.versions import make_version
from workers.runner import TASKS
from workers.running import RunningJob

WIDTH = 24


def write_graph(path: Path) -> str:
    """One convolution and the mean over it; its address."""
    weights = np.random.default_rng(1).normal(size=(WIDTH, 3, 32, 32)).astype(np.float32)
    nodes = [
        helper.make_node("Conv", [INPUT, "weights"], [FEATURE_MAP], strides=[32, 32]),
        helper.make_node("GlobalAveragePool", [FEATURE_MAP], ["mean"]),
        helper.make_node("Flatten", ["mean"], [EMBEDDING]),
    ]
    shapes: dict[str, list[str | int | None]] = {
        INPUT: ["n", 3, 64, 64],
        EMBEDDING: ["n", WIDTH],
        FEATURE_MAP: ["n", WIDTH, 2, 2],
    }
    image, *outputs = (helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items())
    body = helper.make_graph(nodes, "small", [image], outputs, [numpy_helper.from_array(weights, "weights")])
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    prepared = json.dumps(asdict(Preprocessing(size=64, mean=0.5, std=0.5)))
    helper.set_model_props(model, {FORMAT_KEY: FORMAT_VERSION, PREPROCESSING_KEY: prepared})
    onnx.save(model, path)
    return f"file://{path}"


def learn(project, graph, *, reads: int) -> ModelVersion:
    """A champion that decides by one number of the embedding, and has scored the pool."""
    model = make_version(project, spent=1, cost=1, labels=reads)
    weights = np.zeros((2, WIDTH), np.float32)
    weights[1, reads] = 3
    address = artifacts.url("heads", str(project.pk), f"{model.number}.npz")
    with artifacts.staged(address) as path:
        LinearHead(weights, np.zeros(2, np.float32), 1.0).save(path)
    whole = artifacts.url("models", str(project.pk), f"{model.number}.onnx")
    with artifacts.local_copy(graph) as bare, artifacts.staged(whole) as path:
        attach_head(bare, LinearHead.load(Path(address.removeprefix("file://"))), ["good", "bad"], path)
    # Two that say the same are two versions all the same.
    content_hash = hashlib.sha256(artifacts.read(whole) + bytes([model.number])).hexdigest()
    ModelVersion.objects.filter(pk=model.pk).update(
        head_address=address, graph_address=whole, content_hash=content_hash
    )
    model.refresh_from_db()
    for shard in project.shards.all():
        if not shard.artifacts.filter(kind=ShardArtifact.Kind.EMBEDDINGS).exists():
            with artifacts.staged(shard_address(shard, ShardArtifact.Kind.EMBEDDINGS, model.backbone.key)) as path:
                np.save(path, np.random.default_rng(3).normal(size=(shard.size, WIDTH)).astype(np.float32))
            record(shard, ShardArtifact.Kind.EMBEDDINGS, model.backbone.key)
    assert advance(project_id=project.pk) == Step.SCORING
    work(project, Job.Kind.SCORE_SHARD)
    return model


def claimed(project, kind) -> RunningJob:
    newest = Job.objects.claimable().filter(kind=kind, project_id=project.pk).order_by("pk").last()
    job = jobs.claim(newest.pk) if newest else None
    assert job is not None
    return RunningJob(job)


def work(project, kind) -> None:
    """The job of that kind that waits, as a worker does it."""
    running = claimed(project, kind)
    import_string(TASKS[kind])(running)
    jobs.finish(running.job)
