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
from ml.inference.embedding import embed
from ml.strategies.candidates import Candidates
from ml.strategies.selection import Choice
from workers.files import CORES, Place, gather, session, shard_embeddings, source

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
    # Somebody has looked at what is set aside already, or wants it asked first.
    samples = Sample.objects.filter(pk__in=asked, set_aside=None, priority=None).order_by("pk")
    places = list(samples.values_list("pk", "shard_id", "row"))
    if not places:
        return set()
    foreign = foreign_of(model)
    embeddings = gather(
        shard_embeddings(model.project_id, model.backbone.key),
        [(shard_id, row) for _, shard_id, row in places],  # type: ignore[misc]  # what is chosen lies in a shard
    )
    scores = dict(zip([pk for pk, *_ in places], foreign.scores(embeddings).tolist(), strict=True))
    threshold = foreign.threshold(1 - model.project.foreign_share)
    found = {pk: score for pk, score in scores.items() if score > threshold}
    found_foreign(scores=found, threshold=threshold, model_number=model.number)
    return set(found)


def guards(model: ModelVersion) -> bool:
    """Whether the project wants it, and the version learned from enough to be unlike."""
    return bool(model.project.foreign_share) and model.run.snapshot.count >= LEAST_KNOWN


def foreign_of(model: ModelVersion) -> Foreign:
    """Fitted once for a version."""
    shards = shard_embeddings(model.project_id, model.backbone.key)
    return _kept(model, model.graph_address, lambda places: gather(shards, places))


def guard_form(model: ModelVersion, graph_address: str) -> None:
    """The same of a smaller form of it, whose embeddings of these pictures nobody has yet: they are computed."""
    opened = session(graph_address, threads=1)

    def embedded(places: Sequence[Place]) -> Embeddings:
        addresses = _addresses(places[:MOST_HELD_OUT])
        return embed(opened, [source(one) for one in addresses], threads=CORES)

    _kept(model, graph_address, embedded)


@lru_cache(maxsize=4)
def foreign_at(address: str) -> Foreign:
    """As it was fitted; the file never changes, since its name holds what it rests on."""
    with np.load(io.BytesIO(artifacts.read(address))) as kept:
        return Foreign(kept["known"], kept["ordinary"])


Embedded = Callable[[Sequence[Place]], Embeddings]


def _kept(model: ModelVersion, graph_address: str, embedded: Embedded) -> Foreign:
    address = foreign_address(model.project, graph_address)
    if not artifacts.exists(address):
        _write(address, _fitted(model, embedded))
    return foreign_at(address)


def _fitted(model: ModelVersion, embedded: Embedded) -> Foreign:
    """The labels that it learned from are known; the rest of the pool says how far ordinary samples lie from them."""
    rng = np.random.default_rng(model.run.seed)
    known = [(one.shard_id, one.row) for one in read_snapshot(model.run.snapshot)]
    rest = embedded(_drawn(model, set(known), rng))
    if len(known) < LEAST_KNOWN:
        rest, learned = _halves(rest, rng)
    else:
        learned = embedded([known[row] for row in rng.permutation(len(known))])
        if len(rest) < LEAST_HELD_OUT:
            rest, learned = _halves(learned, rng)
    return fitted(learned, rest, rng=rng)


def _addresses(places: Sequence[Place]) -> list[str]:
    """Of the pictures that lie there."""
    found: dict[Place, str] = {}
    for shard in {shard for shard, _ in places}:
        rows = [row for other, row in places if other == shard]
        samples = Sample.objects.filter(shard_id=shard, row__in=rows).values_list("row", "address")
        found |= {(shard, row): address for row, address in samples if row is not None}
    return [found[place] for place in places]


def _halves(embeddings: Embeddings, rng: np.random.Generator) -> tuple[Embeddings, Embeddings]:
    order = rng.permutation(len(embeddings))
    half = len(embeddings) // 2
    return embeddings[order[:half]], embeddings[order[half:]]


def _drawn(model: ModelVersion, known: set[Place], rng: np.random.Generator) -> list[Place]:
    """Of the pool by chance, without what is known."""
    sizes = {shard: len(one) for shard, one in shard_embeddings(model.project_id, model.backbone.key).items()}
    shards, starts = sorted(sizes), np.cumsum([0, *(sizes[shard] for shard in sorted(sizes))])
    drawn = rng.permutation(int(starts[-1]))[: MOST_HELD_OUT + len(known)]
    within = np.searchsorted(starts, drawn, side="right") - 1
    places = [(shards[shard], int(at - starts[shard])) for shard, at in zip(within.tolist(), drawn, strict=True)]
    return [one for one in places if one not in known][:MOST_HELD_OUT]


def _write(address: str, foreign: Foreign) -> None:
    stream = io.BytesIO()
    np.savez(stream, known=foreign.known, ordinary=foreign.ordinary)
    artifacts.write(address, stream.getvalue())
