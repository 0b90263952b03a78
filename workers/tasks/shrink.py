"""Smaller and faster forms of a version: made, measured beside the full one, and judged by the same gate."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from heedful.core import artifacts
from heedful.core.errors import Conflict
from heedful.pool.models import Sample
from heedful.quality.services import LabeledSample, labeled_samples
from heedful.registry.models import ModelVariant, ModelVersion
from heedful.registry.variants import LEAST_PICTURES, MadeVariant, record_variants
from ml.arrays import Costs, Embeddings, Indices, Labels, Probabilities
from ml.errors import NotFinite
from ml.evaluation.cascade import Terms, cascaded, choose_threshold, cross_chosen
from ml.evaluation.decisions import decide
from ml.evaluation.faithfulness import Admission, Gate, admit
from ml.heads import LinearHead
from ml.inference.embedding import Source, embed
from ml.inference.export import attach_head
from ml.inference.quantization import to_half, to_int8
from ml.inference.session import open_session
from ml.inference.speed import Speed, measure
from ml.training.calibration import cross_calibrated
from ml.training.refit import refitted
from workers.files import CORES, Place, gather, shard_embeddings, source
from workers.files import head as load_head
from workers.running import RunningJob

KIND = ModelVariant.Kind
GATE = Gate()
# Pictures of the pool: the first calibrate the integers' ranges, these and more fit the head anew, and others yet are
# those on which decisions are compared.
RANGES, FITTED, COMPARED = 48, 384, 256
HOUR = 3600.0
# What is tried of each kind until one passes: how many of the first convolutions stay in floats.
FLOATS_FIRST: Mapping[ModelVariant.Kind, tuple[int, ...]] = {KIND.FP16: (0,), KIND.INT8: (0, 4, 8)}

Speeds = Mapping[str, Speed]
"""By the address of a graph."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures, and what the full backbone says of them."""

    addresses: list[str]
    embeddings: Embeddings


@dataclass(frozen=True, slots=True)
class Bench:
    """What every variant of a version is held against: pictures of the pool, and gold with its labels."""

    model: ModelVersion
    head: LinearHead
    classes: list[str]
    costs: Costs
    fitting: Pictures
    compared: Pictures
    gold: Pictures
    labels: Labels
    groups: np.typing.NDArray[np.str_]

    def judged(self, head: LinearHead, embeddings: Embeddings) -> Probabilities:
        """Of gold, each sample as it would be had it not calibrated the head; in the same folds for all."""
        return cross_calibrated(head.logits(embeddings), self.labels, self.groups, self.rng())

    def rng(self) -> np.random.Generator:
        return np.random.default_rng(self.model.run.seed)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A graph with what it says: `gold` as judged, `compared` as it would be served."""

    address: str
    size: int
    gold: Probabilities
    compared: Probabilities
    recipe: str


def make_smaller(running: RunningJob) -> None:
    model = ModelVersion.objects.select_related("project", "backbone", "run").get(pk=running.arguments["model_id"])
    bench = _bench(model)
    full = _full(bench)
    tried = {KIND.FULL: [full]}
    for done, kind in enumerate(FLOATS_FIRST):
        running.progress(done, len(FLOATS_FIRST) + 1, "forms")
        tried[kind] = _tried(bench, kind, full)
    running.progress(len(FLOATS_FIRST), len(FLOATS_FIRST) + 1, "forms")
    speeds = _speeds([one for some in tried.values() for one in some])
    made = [_best(bench, kind, full, some, speeds) if some else _overflowed(kind) for kind, some in tried.items()]
    if tried[KIND.INT8]:
        # The quickest: what it gets wrong is for the full model to put right.
        hour_price = Decimal(running.arguments["hour_price"])
        made.append(_cascade(bench, tried[KIND.INT8][0], full, speeds, second_price=float(hour_price) / HOUR))
    record_variants(model_id=model.pk, made=made)


def _bench(model: ModelVersion) -> Bench:
    project = model.project
    gold = labeled_samples(project_id=project.pk, role=Sample.Role.GOLD)
    rows = list(
        project.samples.filter(role=Sample.Role.POOL, shard__isnull=False)
        .order_by("pk")
        .values_list("address", "shard_id", "row")
    )
    if len(rows) < LEAST_PICTURES or not gold:
        raise Conflict("There are too few pictures to calibrate with, or no gold labels to judge by.")
    embeddings = shard_embeddings(project.pk, model.backbone.key)
    drawn = [rows[place] for place in np.random.default_rng([model.run.seed, model.number]).permutation(len(rows))]
    compared = min(COMPARED, len(drawn) // 2)

    def pictures(some: Iterable[tuple[str, int, int]]) -> Pictures:
        chosen = list(some)
        places: list[Place] = [(shard, row) for _, shard, row in chosen]
        return Pictures([address for address, *_ in chosen], gather(embeddings, places))

    return Bench(
        model=model,
        head=load_head(model.head_address),
        classes=[one.name for one in project.classes()],
        costs=np.array(project.decision_costs(), np.float64),
        fitting=pictures(drawn[compared : compared + FITTED]),
        compared=pictures(drawn[:compared]),
        gold=pictures((one.address, one.shard_id, one.row) for one in gold),
        labels=np.array([one.position for one in gold], np.int64),
        groups=_groups(gold),
    )


def _groups(gold: Sequence[LabeledSample]) -> np.typing.NDArray[np.str_]:
    return np.array([one.group for one in gold])


def _full(bench: Bench) -> Candidate:
    model = bench.model
    with artifacts.local_copy(model.graph_address) as path:
        size = path.stat().st_size
    return Candidate(
        address=model.graph_address,
        size=size,
        gold=bench.judged(bench.head, bench.gold.embeddings),
        compared=bench.head.probabilities(bench.compared.embeddings),
        recipe="As trained, in 32-bit floats.",
    )


def _tried(bench: Bench, kind: ModelVariant.Kind, full: Candidate) -> list[Candidate]:
    """Smaller graphs of that kind, up to the first that passes; none if its numbers overflow."""
    tried: list[Candidate] = []
    with suppress(NotFinite):
        for floats_first in FLOATS_FIRST[kind]:
            tried.append(_smaller(bench, kind, floats_first=floats_first))
            if _admission(bench, full, decide(tried[-1].gold, bench.costs), tried[-1].compared).passed:
                break
    return tried


def _smaller(bench: Bench, kind: ModelVariant.Kind, *, floats_first: int) -> Candidate:
    """A smaller graph, with a head that says of its embeddings what the full one's, calibrated as it is, says of its
    own. Raises NotFinite."""
    with TemporaryDirectory() as folder, artifacts.local_copy(bench.model.backbone.address) as backbone:
        small, graph = Path(folder, "backbone.onnx"), Path(folder, "model.onnx")
        if kind == KIND.FP16:
            to_half(backbone, small)
            recipe = "Backbone in 16-bit floats, head in 32."
        else:
            ranges = bench.fitting.addresses[:RANGES]
            to_int8(backbone, _sources(ranges), small, floats_first=floats_first)
            but = f", but the first {floats_first} convolutions" if floats_first else ""
            recipe = (
                f"Backbone in 8-bit integers by channel{but}; ranges from {len(ranges)} pictures of the pool, head"
                f" fitted anew on {len(bench.fitting.addresses)}."
            )
        session = open_session(small, threads=1)
        fitting, compared, gold = (
            embed(session, _sources(one.addresses), threads=CORES)
            for one in (bench.fitting, bench.compared, bench.gold)
        )
        head = refitted(bench.head, bench.fitting.embeddings, fitting)
        attach_head(small, head, bench.classes, graph)
        content = graph.read_bytes()
    name = hashlib.sha256(content).hexdigest()
    address = artifacts.url("models", str(bench.model.project_id), f"{name}.onnx")
    artifacts.write(address, content)
    return Candidate(
        address=address,
        size=len(content),
        gold=bench.judged(head, gold),
        compared=head.probabilities(compared),
        recipe=recipe,
    )


def _sources(addresses: Sequence[str]) -> list[Source]:
    return [source(address) for address in addresses]


def _speeds(candidates: Sequence[Candidate]) -> Speeds:
    with ExitStack() as copies:
        paths = [copies.enter_context(artifacts.local_copy(one.address)) for one in candidates]
        sessions = [open_session(path, threads=CORES) for path in paths]
        speeds = measure(sessions, threads=CORES)
    return {one.address: speed for one, speed in zip(candidates, speeds, strict=True)}


def _best(
    bench: Bench, kind: ModelVariant.Kind, full: Candidate, tried: Sequence[Candidate], speeds: Speeds
) -> MadeVariant:
    """The first that passes; if none does, the one that agrees most, refused, with its reasons."""
    made = [_variant(bench, kind, full, one, speeds[one.address]) for one in tried]
    return next((one for one in made if one.passed), max(made, key=lambda one: float(one.report["agreement"])))


def _overflowed(kind: ModelVariant.Kind) -> MadeVariant:
    reason = "Its numbers overflow: the backbone computes values that this format cannot hold."
    report = {"sentences": [reason, "Refused."], "recipe": ""}
    return MadeVariant(kind=kind, passed=False, graph_address="", size_bytes=0, report=report)


def _variant(bench: Bench, kind: ModelVariant.Kind, full: Candidate, one: Candidate, speed: Speed) -> MadeVariant:
    admission = _admission(bench, full, decide(one.gold, bench.costs), one.compared)
    return MadeVariant(
        kind=kind,
        passed=admission.passed,
        graph_address=one.address,
        size_bytes=one.size,
        report=_report(bench, admission, speed) | {"recipe": one.recipe},
    )


def _admission(bench: Bench, full: Candidate, decided: Indices, compared: Probabilities) -> Admission:
    alike = decide(compared, bench.costs) == decide(full.compared, bench.costs)
    return admit(
        decide(full.gold, bench.costs),
        decided,
        bench.labels,
        bench.costs,
        same=(int(alike.sum()), len(alike)),
        gate=GATE,
        rng=bench.rng(),
    )


def _report(bench: Bench, admission: Admission, speed: Speed) -> dict[str, Any]:
    found = asdict(admission)
    del found["passed"]
    return {**found, "speed": asdict(speed), "gold_size": len(bench.labels), "compared": len(bench.compared.addresses)}


def _cascade(bench: Bench, cheap: Candidate, full: Candidate, speeds: Speeds, *, second_price: float) -> MadeVariant:
    """The cheap graph first, the full one for what it is unsure of."""
    quick, slow = speeds[cheap.address], speeds[full.address]
    terms = Terms(dear_seconds=slow.latency_ms / 1000, second_price=second_price)
    chosen = choose_threshold(cheap.gold, full.gold, bench.labels, bench.costs, terms=terms)
    decided = cross_chosen(cheap.gold, full.gold, bench.labels, bench.groups, bench.costs, terms=terms, rng=bench.rng())
    served = cascaded(cheap.compared, full.compared, bench.costs, threshold=chosen.threshold)
    share = float((served != cheap.compared).any(axis=1).mean())
    speed = Speed(
        latency_ms=quick.latency_ms + share * slow.latency_ms,
        slow_ms=quick.slow_ms + slow.slow_ms,
        per_second=1 / (1 / quick.per_second + share / slow.per_second),
        threads=quick.threads,
    )
    admission = _admission(bench, full, decided, served)
    return MadeVariant(
        kind=KIND.CASCADE,
        passed=admission.passed,
        graph_address=cheap.address,
        size_bytes=cheap.size + full.size,
        threshold=chosen.threshold,
        report=_report(bench, admission, speed)
        | {
            "cheap": KIND.INT8,
            "share": share,
            "hour_price": second_price * HOUR,
            "recipe": f"8-bit integers first; the full model for the {share:.0%} of pictures that they are unsure of.",
        },
    )
