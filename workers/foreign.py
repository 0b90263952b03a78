"""What is foreign to a version: fitted on what its pool holds, kept beside it, and held against new samples."""

import io
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from heedful.acquisition.models import CONTROL_STRATEGY
from heedful.core import artifacts
from heedful.pool.marks import found_foreign
from heedful.pool.models import Sample
from heedful.quality.services import read_snapshot
from heedful.registry.bounds import foreign_address
from heedful.registry.models import ModelVersion
from ml.arrays import Embeddings
from ml.evaluation.outliers import Foreign, fitted
from ml.strategies.candidates import Candidates
from ml.strategies.selection import Choice
from workers.files import gather, shard_embeddings
from workers.judged import embedded

LEAST_KNOWN = 20
LEAST_HELD_OUT, MOST_HELD_OUT = 50, 2000


def none_foreign(
    model: ModelVersion | None, candidates: Candidates, choose: Callable[[Candidates], list[Choice]]
) -> tuple[Candidates, list[Choice]]:
    """Choices of which none is foreign to the model, and the candidates without those that are and were chosen first.
    What is chosen instead may be foreign, too, and is set aside as well: rather a short round than one that pays for
    it."""
    while True:
        choices = choose(candidates)
        foreign = set_foreign_aside(model, choices)
        if not foreign:
            return candidates, choices
        candidates = candidates.without(foreign)


def set_foreign_aside(model: ModelVersion | None, choices: Sequence[Choice]) -> set[int]:
    """Of what a round chose, set aside what the model has learned from nothing like, for a manager to look at; their
    ids. The random control stays as it was drawn, so that what it measures is the pool."""
    if model is None or not guards(model):
        return set()
    asked = [one.sample_id for one in choices if one.strategy != CONTROL_STRATEGY]
    samples = Sample.objects.filter(pk__in=asked, set_aside=None).order_by("pk")
    places = list(samples.values_list("pk", "shard_id", "row"))
    if not places:
        return set()
    foreign = foreign_of(model)
    embeddings = gather(
        shard_embeddings(model.project_id, model.backbone.key),
        [(shard_id, row) for _, shard_id, row in places],  # type: ignore[misc]  # what is chosen lies in a shard
    )
    scores = dict(zip([pk for pk, *_ in places], foreign.scores(embeddings).tolist(), strict=True))
    found = {pk: score for pk, score in scores.items() if score > foreign.threshold}
    found_foreign(scores=found, threshold=foreign.threshold, model_number=model.number)
    return set(found)


def guards(model: ModelVersion) -> bool:
    """Whether the project wants it, and the version learned from enough to be unlike."""
    return bool(model.project.foreign_share) and model.run.snapshot.count >= LEAST_KNOWN


def foreign_of(model: ModelVersion) -> Foreign:
    """Fitted once for a version and the share that its project lets pass."""
    address = foreign_address(model)
    if not artifacts.exists(address):
        _write(address, _fitted(model, 1 - model.project.foreign_share))
    return foreign_at(address)


@lru_cache(maxsize=4)
def foreign_at(address: str) -> Foreign:
    """As it was fitted; the file never changes, since its name holds what it rests on."""
    with np.load(io.BytesIO(artifacts.read(address))) as kept:
        return Foreign(kept["known"], float(kept["threshold"]), float(kept["passing"]))


def _fitted(model: ModelVersion, passing: float) -> Foreign:
    """The labels that it learned from are known; the rest of the pool says how far ordinary samples lie from them."""
    rng = np.random.default_rng(model.run.seed)
    labeled = read_snapshot(model.run.snapshot)
    known = {(one.shard_id, one.row) for one in labeled}
    learned = embedded(model, labeled) if labeled else np.empty((0, 1), np.float32)
    rest = _drawn(model, known, rng)
    if len(rest) < LEAST_HELD_OUT:
        rest, learned = _halves(learned, rng)
    elif len(learned) < LEAST_KNOWN:
        rest, learned = _halves(rest, rng)
    return fitted(learned, rest, passing=passing, rng=rng)


def _halves(embeddings: Embeddings, rng: np.random.Generator) -> tuple[Embeddings, Embeddings]:
    order = rng.permutation(len(embeddings))
    half = len(embeddings) // 2
    return embeddings[order[:half]], embeddings[order[half:]]


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
    np.savez(stream, known=foreign.known, threshold=np.float64(foreign.threshold), passing=np.float64(foreign.passing))
    artifacts.write(address, stream.getvalue())
