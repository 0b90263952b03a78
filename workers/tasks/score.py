"""The pool under a model: embeddings once a backbone, scores once a version, and the choosing of a round."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import Q, QuerySet

from heedful.acquisition.choices import ChosenSample
from heedful.acquisition.models import QueryRound
from heedful.acquisition.services import fill_round
from heedful.budgets.rates import askable_tiers
from heedful.core import artifacts
from heedful.core.errors import Conflict
from heedful.pool.artifacts import record, recorded, shard_address
from heedful.pool.models import Sample, Shard, ShardArtifact
from heedful.projects.models import Project
from heedful.quality.services import assign_gold
from heedful.registry.backbones import serving_backbone
from heedful.registry.models import Backbone, ModelVersion
from heedful.registry.services import asking_model
from ml.arrays import Embeddings, Indices, Probabilities
from ml.inference.embedding import embed
from ml.strategies.candidates import Candidates
from ml.strategies.gold import draw_gold
from ml.strategies.plan import QueryPlan
from ml.strategies.selection import select
from ml.strategies.shortlist import Shortlist
from workers.advising import advice_on_size
from workers.asking import Asking, asking
from workers.backbones import exported, measure_speeds
from workers.files import CORES, Place, gather, head, load_array, session, shard_embeddings, source
from workers.first import put_first
from workers.foreign import none_foreign
from workers.planning import routed
from workers.running import RunningJob
from workers.unseen import partly_blind, with_honeypots

# Streams of chance of their own, beyond those of the shards.
HONEYPOTS, BLIND = 1_000_001, 1_000_002
EMBEDDINGS, SCORES = ShardArtifact.Kind.EMBEDDINGS, ShardArtifact.Kind.SCORES


def export_pretrained(running: RunningJob) -> None:
    exported(running.arguments["name"])


def embed_shard(running: RunningJob) -> None:
    """Decode and embed every picture of a shard. The file appears whole, or not at all."""
    shard = Shard.objects.get(pk=running.arguments["shard_id"])
    backbone = Backbone.objects.get(pk=running.arguments["backbone_id"])
    addresses = shard.samples.order_by("row").values_list("address", flat=True)
    embeddings = embed(
        session(backbone.address, threads=1),
        [source(address) for address in addresses],
        threads=CORES,
        on_progress=lambda done, total: running.progress(done, total, "pictures"),
    )
    with artifacts.staged(shard_address(shard, EMBEDDINGS, backbone.key)) as path:
        np.save(path, embeddings)
    record(shard, EMBEDDINGS, backbone.key)
    if backbone.run_id is None and backbone.speed is None:
        measure_speeds([backbone])


def score_shard(running: RunningJob) -> None:
    """Probabilities of a shard's samples: the cached embeddings times the version's head."""
    shard = Shard.objects.get(pk=running.arguments["shard_id"])
    model = ModelVersion.objects.select_related("backbone").get(pk=running.arguments["model_id"])
    embeddings = load_array(shard_address(shard, EMBEDDINGS, model.backbone.key))
    probabilities = head(model.head_address).probabilities(embeddings)
    table = pa.table({f"p{index}": column for index, column in enumerate(probabilities.T)})
    with artifacts.staged(shard_address(shard, SCORES, model.producer)) as path:
        pq.write_table(table, path)
    record(shard, SCORES, model.producer)


def fill(running: RunningJob) -> None:
    """Choose the round's samples: gold uniformly over groups, a query round by its plan."""
    query_round = QueryRound.objects.select_related("project").get(pk=running.arguments["round_id"])
    if query_round.state != QueryRound.State.FILLING or query_round.items.exists():
        return
    if query_round.kind == QueryRound.Kind.GOLD:
        _fill_gold(query_round)
    else:
        _fill_query(query_round)


def _fill_gold(query_round: QueryRound) -> None:
    """The gold that waits to be asked about; at first there is none, and it is drawn."""
    samples = query_round.project.samples
    if not samples.gold().exists():
        _draw_gold(query_round)
    size, total = samples.gold().count(), samples.count()
    experts = askable_tiers(query_round.project_id)[0]
    answers = min(query_round.project.gold_answers, experts.people)
    choices = [
        ChosenSample(
            sample_id=sample_id,
            strategy="gold",
            score=0.0,
            selection_probability=size / total,
            reason="Drawn at random for the gold set, by which every model is judged.",
            probabilities=None,
            answers=answers,
        )
        for sample_id in samples.unasked_gold().order_by("pk").values_list("pk", flat=True)
    ]
    fill_round(round_id=query_round.pk, strategy="uniform gold draw", choices=choices)


def _draw_gold(query_round: QueryRound) -> None:
    rows = query_round.project.samples.candidates().order_by("pk").values_list("pk", "group")
    ids = np.array([pk for pk, _ in rows], np.int64)
    groups = np.array([group for _, group in rows])
    drawn = draw_gold(groups, query_round.size, _rng(query_round)).rows
    assign_gold(project_id=query_round.project_id, sample_ids=ids[drawn].tolist())


def _fill_query(query_round: QueryRound) -> None:
    project = query_round.project
    model = asking_model(query_round)
    asked = asking(query_round, model, backbone_of(project, model))
    candidates = shortlisted(query_round, model, asked, size=query_round.size)

    def choose(size: int) -> list[ChosenSample]:
        nonlocal candidates
        candidates, choices = none_foreign(
            model, candidates, lambda left: select(left, asked.plan, size=size, rng=_rng(query_round))
        )
        return [
            ChosenSample(
                sample_id=choice.sample_id,
                strategy=choice.strategy,
                score=choice.score,
                selection_probability=choice.selection_probability,
                reason=choice.reason,
                probabilities=_of(candidates, choice.row),
                slot=choice.slot,
                places=choice.places,
                target=choice.target,
                neighbour_id=choice.neighbour.sample_id if choice.neighbour else None,
            )
            for choice in choices
        ]

    choices, outlook = routed(query_round, choose)
    choices = put_first(query_round, choices, model)
    choices = with_honeypots(query_round, choices, model, rng=_rng(query_round, HONEYPOTS))
    if model:
        choices = partly_blind(choices, share=project.blind_share, rng=_rng(query_round, BLIND))
    fill_round(
        round_id=query_round.pk,
        strategy=_described(asked.plan),
        choices=choices,
        plan={
            **outlook,
            "asked_by": asked.used,
            "advice": advice_on_size(query_round, candidates, asked.plan),
        },
    )


def backbone_of(project: Project, model: ModelVersion | None) -> Backbone:
    """The one that the project's samples are compared under. Raises Conflict while there is none."""
    backbone = model.backbone if model else serving_backbone(project)
    if backbone is None:
        raise Conflict("The backbone is not exported yet.")
    return backbone


def shortlisted(
    query_round: QueryRound, model: ModelVersion | None, asked: Asking, *, size: int, also: Collection[int] = ()
) -> Candidates:
    """What the plan chooses from: of the pool, and of the queued samples in `also`, which compete as if they were not
    queued."""
    project = query_round.project
    embeddings = shard_embeddings(project.pk, backbone_of(project, model).key)
    shortlist = Shortlist(asked.plan, size=size, evidence=asked.evidence)
    for number, piece in enumerate(_eligible(query_round, model, also), start=1):
        points = gather(embeddings, piece.places) if shortlist.needs_embeddings else None
        shortlist.add(piece.ids, piece.scores, _rng(query_round, number), points)
    return _candidates(query_round, shortlist, model, asked, embeddings)


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """Of a shard: the samples that may be asked about, where they lie, and their scores once there is a model."""

    ids: Indices
    places: list[Place]
    scores: Probabilities | None


def _eligible(query_round: QueryRound, model: ModelVersion | None, also: Collection[int]) -> Iterator[_Piece]:
    samples = query_round.project.samples
    candidates = samples.candidates()
    if also:
        candidates = samples.filter(Q(pk__in=candidates.values("pk")) | Q(pk__in=also))
    scores = recorded(project_id=query_round.project_id, kind=SCORES, producer=model.producer) if model else {}
    for shard_id in query_round.project.shards.order_by("number").values_list("pk", flat=True):
        found = list(_places(candidates.filter(shard_id=shard_id)))
        if not found:
            continue
        places = [place for _, place in found]
        rows = np.array([row for _, row in places], np.int64)
        yield _Piece(
            ids=np.array([pk for pk, _ in found], np.int64),
            places=places,
            scores=_scores(scores[shard_id])[rows] if model else None,
        )


def _scores(address: str) -> Probabilities:
    with artifacts.open_binary(address) as stream:
        table = pq.read_table(stream)
    return np.stack([column.to_numpy() for column in table.columns], axis=1)


def _candidates(
    query_round: QueryRound,
    shortlist: Shortlist,
    model: ModelVersion | None,
    asked: Asking,
    embeddings: Mapping[int, Embeddings],
) -> Candidates:
    """The shortlist with what stage two needs: embeddings, scores, and where labels already are."""
    project = query_round.project
    ids = shortlist.ids
    known = dict(_places(project.samples.filter(pk__in=ids.tolist())))
    shortlisted = gather(embeddings, [known[sample_id] for sample_id in ids.tolist()])
    labeled = project.samples.filter(role=Sample.Role.POOL, label__isnull=False)
    centres = [place for _, place in _places(labeled)]
    return Candidates(
        ids=ids,
        embeddings=shortlisted,
        probabilities=head(model.head_address).probabilities(shortlisted) if model else None,
        labeled=gather(embeddings, centres) if centres else None,
        control_ids=shortlist.control_ids,
        eligible=shortlist.eligible,
        classes=tuple(one.name for one in project.classes()),
        evidence=asked.evidence,
    )


def _of(candidates: Candidates, row: int) -> list[float] | None:
    return None if candidates.probabilities is None else candidates.probabilities[row].tolist()


def _places(samples: QuerySet[Sample]) -> Iterator[tuple[int, tuple[int, int]]]:
    """(sample id, where its numbers lie), in a fixed order."""
    for sample_id, shard_id, row in samples.order_by("pk").values_list("pk", "shard_id", "row"):
        assert shard_id is not None
        assert row is not None
        yield sample_id, (shard_id, row)


def _described(plan: QueryPlan) -> str:
    """The plan in a line: what each share of the round is for."""
    parts: dict[str, float] = {}
    for slot in plan.slots:
        chain = " then ".join(slot.strategies)
        parts[chain] = parts.get(chain, 0.0) + slot.share * (1 - plan.control_share)
    named = [f"{share:.0%} {chain}" for chain, share in parts.items()]
    return ", ".join([*named, f"{plan.control_share:.0%} random control"])[:400]


def _rng(query_round: QueryRound, stream: int = 0) -> np.random.Generator:
    """The same draws for the same round of the same project, however often it is filled."""
    return np.random.default_rng([query_round.project.seed, query_round.number, stream])
