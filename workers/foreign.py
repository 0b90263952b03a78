"""What is foreign to a version: fitted on what its pool holds, kept beside it, and held against new samples."""

import io

import numpy as np

from heedful.core import artifacts
from heedful.pool.models import Sample
from heedful.quality.services import labeled_samples
from heedful.registry.models import ModelVersion
from ml.arrays import Embeddings
from ml.evaluation.outliers import Foreign, fitted
from workers.files import shard_embeddings
from workers.judged import embedded

MOST_HELD_OUT = 2000


def foreign_of(model: ModelVersion) -> Foreign:
    """Fitted once for a version and the share that its project lets pass."""
    passing = 1 - model.project.foreign_share
    address = artifacts.url("foreign", str(model.project_id), f"{model.content_hash[:32]}-{passing:g}.npz")
    if not artifacts.exists(address):
        _write(address, _fitted(model, passing))
    with np.load(io.BytesIO(artifacts.read(address))) as kept:
        return Foreign(kept["known"], float(kept["threshold"]), passing)


def _fitted(model: ModelVersion, passing: float) -> Foreign:
    """The labels that it learned from are known; the rest of the pool says how far ordinary samples lie from them."""
    rng = np.random.default_rng(model.run.seed)
    labeled = labeled_samples(project_id=model.project_id, role=Sample.Role.POOL)
    known = {(one.shard_id, one.row) for one in labeled}
    learned = embedded(model, labeled)
    rest = _drawn(model, known, rng)
    if len(rest) < 1 / (1 - passing):
        order = rng.permutation(len(learned))
        half = len(learned) // 2
        rest, learned = learned[order[:half]], learned[order[half:]]
    return fitted(learned, rest, passing=passing, rng=rng)


def _drawn(model: ModelVersion, known: set[tuple[int, int]], rng: np.random.Generator) -> Embeddings:
    """Of the pool, without what is known."""
    parts = []
    for shard_id, embeddings in sorted(shard_embeddings(model.project_id, model.backbone.key).items()):
        rows = [row for row in range(len(embeddings)) if (shard_id, row) not in known]
        parts.append(np.asarray(embeddings[rows], np.float32))
    together = np.concatenate(parts)
    return together[np.sort(rng.permutation(len(together))[:MOST_HELD_OUT])]


def _write(address: str, foreign: Foreign) -> None:
    stream = io.BytesIO()
    np.savez(stream, known=foreign.known, threshold=np.float64(foreign.threshold))
    artifacts.write(address, stream.getvalue())
