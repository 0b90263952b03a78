"""What rules read of imports and of gold: measured here, kept by `triggers.measuring`."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

import numpy as np

from heedful.pool.models import Sample, SampleQuerySet, ShardArtifact, Source
from heedful.quality.services import LabeledSample, content_hash, labeled_samples, read_snapshot
from heedful.registry.backbones import missing_shards
from heedful.registry.models import ModelVersion
from heedful.registry.services import champion
from heedful.triggers.measuring import imported, pool_before, record_drift, record_gold
from ml.arrays import Embeddings, Indices
from ml.drift.measure import LEAST, Seen, measure_drift, one_a_group
from ml.evaluation.metrics import evaluate
from ml.training.calibration import cross_calibrated
from workers.files import Place, gather, shard_embeddings
from workers.files import head as load_head
from workers.running import RunningJob

MOST = 400
"""So many samples of each side: enough to find what matters, and a test of them takes seconds whatever the pool."""
MUCH = 0.1
"""Once the champion has learned from more of the pool than this, what is left of it is no longer like the pool was."""
TO_FIND_GROUPS = 4
"""So many times as many are looked at, since some share a group."""
TOO_FEW = "{new} samples of groups of their own, and {old} before them; {least} of each are needed to tell a drift."


def measure_import(running: RunningJob) -> None:
    """A source against the pool before it and the champion's training samples; once, for each look may be mistaken.

    Where a new champion came meanwhile that has not seen all of the pool, the loop asks again once it has.
    """
    source = Source.objects.select_related("project").get(pk=running.arguments["source_id"])
    model = champion(source.project_id)
    if model is None or hasattr(source, "drift") or not _embedded(model):
        return
    rng = np.random.default_rng([source.project.seed, source.pk])
    seen = _seer(model)
    labeled = read_snapshot(model.run.snapshot)
    new = _drawn(_ids(imported(source)), rng)
    old = _drawn(_not_learned_from(source, labeled), rng)
    running.progress(1, 3, "stages: testing")
    if min(len(new), len(old)) < LEAST:
        body: dict[str, object] = {"reason": TOO_FEW.format(new=len(new), old=len(old), least=LEAST)}
    else:
        drift = measure_drift(seen(new), seen(old), seen(_trained_on(labeled, rng)), rng=rng)
        body = {**asdict(drift), "new": len(new), "old": len(old)}
    record_drift(source=source, model=model, body=body)


def _embedded(model: ModelVersion) -> bool:
    key = model.backbone.key
    return not missing_shards(project_id=model.project_id, kind=ShardArtifact.Kind.EMBEDDINGS, producer=key)


def _seer(model: ModelVersion) -> Callable[[Sequence[Place]], Seen]:
    """How the champion sees samples, from the embeddings that are there."""
    embeddings = shard_embeddings(model.project_id, model.backbone.key)
    head = load_head(model.head_address)

    def seen(places: Sequence[Place]) -> Seen:
        if not places:
            return Seen(np.empty((0, 1), np.float32), np.empty((0, 1), np.float32))
        gathered: Embeddings = gather(embeddings, places)
        return Seen(gathered, head.probabilities(gathered))

    return seen


def _not_learned_from(source: Source, labeled: Sequence[LabeledSample]) -> Indices:
    """The pool before an import, without what the champion has learned from: of that it is surer than of anything
    new. Where this would leave too little of the pool, or too little like it, gold alone: drawn by chance, and never
    learned from."""
    before = _ids(pool_before(source))
    learned = np.array([one.sample_id for one in labeled], np.int64)
    left = np.setdiff1d(before, learned, assume_unique=True)
    if len(before) - len(left) > MUCH * len(before):
        gold = _ids(pool_before(source).gold())
        if len(gold) >= LEAST:
            return gold
    return left


def _ids(samples: SampleQuerySet) -> Indices:
    return np.fromiter(samples.order_by("pk").values_list("pk", flat=True).iterator(), np.int64)


def _drawn(ids: Indices, rng: np.random.Generator) -> list[Place]:
    """At random, one of each group. Only ids are read of a pool of any size."""
    if len(ids) > TO_FIND_GROUPS * MOST:
        ids = np.sort(rng.choice(ids, TO_FIND_GROUPS * MOST, replace=False))
    rows = Sample.objects.in_bulk(ids.tolist())
    found = [rows[pk] for pk in ids.tolist()]
    return [_place(found[row]) for row in one_a_group(np.array([one.group for one in found]), MOST, rng)]


def _place(sample: Sample) -> Place:
    assert sample.shard_id is not None
    assert sample.row is not None
    return sample.shard_id, sample.row


def _trained_on(labeled: Sequence[LabeledSample], rng: np.random.Generator) -> list[Place]:
    groups = np.array([one.group for one in labeled])
    return [(labeled[row].shard_id, labeled[row].row) for row in one_a_group(groups, MOST, rng)]


def measure_gold(running: RunningJob) -> None:
    """The champion on all gold labels that there are now, calibrated and judged as when it was promoted."""
    model = ModelVersion.objects.select_related("project", "run", "backbone").get(pk=running.arguments["model_id"])
    gold = labeled_samples(project_id=model.project_id, role=Sample.Role.GOLD)
    if model.state != ModelVersion.State.CHAMPION or not gold or not _embedded(model):
        return
    embeddings = shard_embeddings(model.project_id, model.backbone.key)
    labels = np.array([one.position for one in gold], np.int64)
    logits = load_head(model.head_address).logits(gather(embeddings, [(one.shard_id, one.row) for one in gold]))
    rng = np.random.default_rng(model.run.seed)
    probabilities = cross_calibrated(logits, labels, np.array([one.group for one in gold]), rng)
    costs = np.array(model.project.decision_costs(), np.float64)
    metrics = evaluate(probabilities, labels, costs, rng=np.random.default_rng(model.run.seed))
    record_gold(
        model=model,
        gold_hash=content_hash(gold),
        gold_size=len(gold),
        expected_cost=asdict(metrics.expected_cost),
    )
