"""Training: a head, its calibration, the deployable graph, and its judgement on gold."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypedDict

import numpy as np
from django.db import transaction

from heedful.core import artifacts
from heedful.core.errors import Conflict
from heedful.pool.models import Sample
from heedful.quality.services import LabeledSample, content_hash, control_places, labeled_samples, read_snapshot
from heedful.registry.backbones import backbone_of_run, pretrained, unembedded
from heedful.registry.bounds import broken_bounds, has_bounds
from heedful.registry.models import Backbone, ModelReport, ModelVersion, TrainingRun
from heedful.registry.reports import record_report
from heedful.registry.services import TrainedModel, champion, record_model, run_started
from ml.arrays import Embeddings, Probabilities
from ml.evaluation.comparison import compare
from ml.evaluation.metrics import evaluate
from ml.heads import LinearHead
from ml.inference.embedding import read
from ml.inference.export import attach_head
from ml.training.calibration import calibrated, cross_calibrated
from ml.training.head import HeadConfig, torch_threads
from workers.backbones import check_graph
from workers.files import gather, session, shard_embeddings, source
from workers.files import head as load_head
from workers.foreign import foreign_of, guards
from workers.labeled import groups_of, labels_of, require_finite_features
from workers.priors import priors_of
from workers.running import RunningJob
from workers.tasks.robustness import robustness
from workers.terms import Terms, learn_head
from workers.weak_stage import weak_stage, worth


class Fitted(NamedTuple):
    """A head, what to report of its training, the configuration it was trained with, and what it would have been
    without the weak labels that it began from."""

    head: LinearHead
    report: Mapping[str, Any]
    config: Mapping[str, Any]
    alone: LinearHead | None = None


class Exported(TypedDict):
    graph_address: str
    head_address: str
    content_hash: str
    parity: float


class Judged(TypedDict):
    metrics: Mapping[str, Any]
    control: Mapping[str, Any] | None
    gold_hash: str
    gold_size: int
    verdict: Mapping[str, Any]
    against: int | None


PARITY_SAMPLES = 4


def train_and_judge(running: RunningJob) -> None:
    """A head, the deployable graph, its metrics on gold, and the gate's verdict."""
    run = started(running)
    if run.state == TrainingRun.State.DONE:
        return
    began = time.monotonic()
    backbone = backbone_of_run(run)
    if backbone is None:
        raise Conflict("The backbone is not exported yet.")
    terms = Terms.of(run)
    fitted = _tuned_head(run) if run.kind == TrainingRun.Kind.DEEP else _fit_head(running, run, backbone, terms)
    gold = labeled_samples(project_id=run.project_id, role=Sample.Role.GOLD)
    trained = calibrated(fitted.head, _embedded(run, backbone, gold), labels_of(gold))
    priors = asdict(priors_of(run, backbone, trained, gold))
    running.progress(1, 3, "stages: exporting")
    exported = _export(run, backbone, trained)
    running.progress(2, 3, "stages: evaluating")
    judged = _judge(run, backbone, trained, gold, terms)
    judged, measured = _bounded(running, run, backbone, exported, judged)
    report = {**run.report, **fitted.report, **_worth_of_weak_labels(run, backbone, fitted, gold, terms)}
    TrainingRun.objects.filter(pk=run.pk).update(config={**run.config, **fitted.config})
    trained_model = TrainedModel(
        backbone=backbone,
        report={**report, "priors": priors, "seconds": round(time.monotonic() - began, 2)},
        **exported,
        **judged,
    )
    with transaction.atomic():
        model = record_model(run_id=run.pk, trained=trained_model)
        if measured:
            record_report(model_id=model.pk, kind=ModelReport.Kind.ROBUSTNESS, body=measured)
    if guards(model):
        foreign_of(model)


def started(running: RunningJob) -> TrainingRun:
    run_id = running.arguments["run_id"]
    run_started(run_id=run_id)
    return TrainingRun.objects.select_related("project", "snapshot").get(pk=run_id)


def _fit_head(running: RunningJob, run: TrainingRun, backbone: Backbone, terms: Terms) -> Fitted:
    labeled = read_snapshot(run.snapshot)
    config = HeadConfig()
    weak = weak_stage(run, backbone, labeled)
    trained = learn_head(
        _embedded(run, backbone, labeled),
        labeled,
        terms,
        config=config,
        rng=np.random.default_rng(run.seed),
        weak=weak.samples if weak else None,
        on_progress=lambda done, total: running.progress(done, total, "steps"),
    )
    report = {"head": asdict(trained.report), **({"weak_stage": weak.said} if weak and trained.alone else {})}
    return Fitted(trained.head, report, {"head": asdict(terms.config(config))}, trained.alone)


def _tuned_head(run: TrainingRun) -> Fitted:
    """The head that was trained with the backbone: one trained anew on pictures the backbone has learned from would
    be far too sure of itself."""
    return Fitted(load_head(tuned_head_address(run)), {}, {})


def _worth_of_weak_labels(
    run: TrainingRun, backbone: Backbone, fitted: Fitted, gold: Sequence[LabeledSample], terms: Terms
) -> Mapping[str, Any]:
    """The same head with and without its weak stage, on gold; gold did not choose between the two."""
    if fitted.alone is None:
        return {}
    heads = (fitted.alone, fitted.head)
    without, staged = (_on_gold(run, backbone, head, gold) for head in heads)
    return {"weak_stage": {**fitted.report["weak_stage"], **worth(without, staged, labels_of(gold), terms, run.seed)}}


def _export(run: TrainingRun, backbone: Backbone, trained: LinearHead) -> Exported:
    """The deployable graph and the head as artifacts, after PyTorch and ONNX Runtime gave the same answers."""
    classes = [one.name for one in run.project.classes()]
    preprocessing = session(backbone.address, threads=1).preprocessing
    pictures = run.project.samples.gold().order_by("pk")[:PARITY_SAMPLES]
    images = np.stack([read(source(one.address), preprocessing) for one in pictures])
    with TemporaryDirectory() as folder, artifacts.local_copy(backbone.address) as backbone_path:
        graph = Path(folder, "model.onnx")
        attach_head(backbone_path, trained, classes, graph)
        with torch_threads(1):
            parity = check_graph(backbone, trained, graph, images)
        content = graph.read_bytes()
    name = hashlib.sha256(content).hexdigest()
    graph_address = artifacts.url("models", str(run.project_id), f"{name}.onnx")
    head_address = artifacts.url("models", str(run.project_id), f"{name}.npz")
    artifacts.write(graph_address, content)
    keep_head(trained, head_address)
    return {
        "graph_address": graph_address,
        "head_address": head_address,
        "content_hash": name,
        "parity": parity,
    }


def _judge(
    run: TrainingRun, backbone: Backbone, trained: LinearHead, gold: Sequence[LabeledSample], terms: Terms
) -> Judged:
    """Metrics on gold, and the paired comparison with the champion on the very same samples. Each is judged as it
    would decide had the sample not calibrated it."""
    current = champion(run.project_id)
    challenger = _on_gold(run, backbone, trained, gold)
    before = _on_gold(run, current.backbone, load_head(current.head_address), gold) if current else None
    rng = np.random.default_rng(run.seed)
    verdict = compare(
        before,
        challenger,
        labels_of(gold),
        terms.costs,
        confidence=run.project.promotion_confidence,
        recall_floors={},
        rng=rng,
        classes=[one.name for one in run.project.classes()],
        group=terms.evaluation,
    )
    return {
        "metrics": asdict(evaluate(challenger, labels_of(gold), terms.costs, rng=rng, group=terms.evaluation)),
        "control": _control(run, gold, terms),
        "gold_hash": content_hash(gold),
        "gold_size": len(gold),
        "verdict": asdict(verdict) | {"flipped": [gold[row].sample_id for row in verdict.flipped]},
        "against": current.number if current else None,
    }


def _bounded(
    running: RunningJob, run: TrainingRun, backbone: Backbone, exported: Exported, judged: Judged
) -> tuple[Judged, Mapping[str, Any] | None]:
    """What fools the challenger, where a bound of the project could take its promotion, and the judgement after
    that."""
    if not judged["verdict"]["promote"] or not has_bounds(run.project):
        return judged, None
    challenger = ModelVersion(project=run.project, run=run, backbone=backbone, **exported)
    measured = robustness(running, challenger)
    if broken := broken_bounds(run.project, measured):
        verdict = judged["verdict"]
        # The last sentence says what becomes of it.
        sentences = [*verdict["sentences"][:-1], *broken, "Not promoted."]
        judged = {**judged, "verdict": {**verdict, "promote": False, "sentences": sentences}}
    return judged, measured


def _on_gold(run: TrainingRun, backbone: Backbone, head: LinearHead, gold: Sequence[LabeledSample]) -> Probabilities:
    """The same folds for every head of a run."""
    logits = head.logits(_embedded(run, backbone, gold))
    return cross_calibrated(logits, labels_of(gold), groups_of(gold), np.random.default_rng(run.seed))


def _control(run: TrainingRun, gold: Sequence[LabeledSample], terms: Terms) -> Mapping[str, Any] | None:
    """What the labels drawn by chance would have bought: a head that learned from them alone, under the pretrained
    backbone, on the same gold."""
    labeled = read_snapshot(run.snapshot)
    places, spent = control_places(labeled)
    backbone = pretrained(run.project.backbone)
    if not places or backbone is None or unembedded(run.project, backbone):
        return None
    drawn = [labeled[place] for place in places]
    rng = np.random.default_rng(run.seed)
    counts = np.bincount(labels_of(drawn), minlength=len(terms.costs))
    if np.bincount(terms.learned_labels(drawn), minlength=terms.n_learned).all():
        embeddings = _embedded(run, backbone, drawn)
        trained = learn_head(embeddings, drawn, terms, config=HeadConfig(), rng=rng)
        probabilities = _on_gold(run, backbone, trained.head, gold)
    else:
        # Chance has not found every class: all that is known is how frequent the found ones are.
        probabilities = np.tile((counts + 1) / (counts + 1).sum(), (len(gold), 1)).astype(np.float32)
    metrics = asdict(evaluate(probabilities, labels_of(gold), terms.costs, rng=rng, group=terms.evaluation))
    return {"labels": len(drawn), "spent": str(spent), "metrics": metrics}


def tuned_head_address(run: TrainingRun) -> str:
    return artifacts.url("models", str(run.project_id), f"run-{run.pk}.npz")


def keep_head(trained: LinearHead, address: str) -> None:
    with artifacts.staged(address) as path:
        trained.save(path)


def _embedded(run: TrainingRun, backbone: Backbone, samples: Sequence[LabeledSample]) -> Embeddings:
    embeddings = gather(shard_embeddings(run.project_id, backbone.key), [(one.shard_id, one.row) for one in samples])
    require_finite_features(samples, embeddings)
    return embeddings
