"""Smaller and faster forms of a version: made, measured beside the full one, and judged by the same gate on the terms
of its run.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from django.conf import settings

from heedful.core import artifacts
from heedful.core.errors import Conflict
from heedful.pool.models import Sample
from heedful.quality.services import LabeledSample, labeled_samples
from heedful.registry.models import Backbone, ModelVariant, ModelVersion
from heedful.registry.variants import LEAST_PICTURES, MadeVariant, record_variants
from ml.backbones.base import Backbone as Module
from ml.backbones.catalogue import BackboneSpec, student_of
from ml.backbones.weights import load_weights
from ml.errors import WrongShape
from ml.forms.bench import COMPARED, FITTED, Bench, Pictures
from ml.forms.forms import HOUR, Form, make_forms
from ml.forms.making import Teaching
from ml.inference.session import open_session
from ml.training.checkpoints import Checkpoints
from ml.training.distill import NONE, Lessons
from workers.backbones import spec_of
from workers.checkpoints import ArtifactStore
from workers.files import CORES, Place, gather, shard_embeddings, source
from workers.files import head as load_head
from workers.foreign import foreign_of, guard_form, guards
from workers.labeled import groups_of, labels_of
from workers.running import RunningJob
from workers.terms import Terms

TEACHING_SECONDS = 300.0
# More pictures than that cost minutes to decode; these are drawn at random, after those with labels.
TAUGHT = 3_000

Row = tuple[int, str, str, int, int]
"""A sample of the pool: its id, address, group, shard and row."""


def make_smaller(running: RunningJob) -> None:
    model = ModelVersion.objects.select_related("project", "backbone", "run").get(pk=running.arguments["model_id"])
    gold = labeled_samples(project_id=model.project_id, role=Sample.Role.GOLD)
    rows = list(
        model.project.samples.filter(role=Sample.Role.POOL, shard__isnull=False)
        .order_by("pk")
        .values_list("pk", "address", "group", "shard_id", "row")
    )
    if len(rows) < LEAST_PICTURES or not gold:
        raise Conflict("There are too few pictures to calibrate with, or no gold labels to judge by.")
    drawn = [rows[place] for place in np.random.default_rng([model.run.seed, model.number]).permutation(len(rows))]
    compared = min(COMPARED, len(drawn) // 2)
    terms = Terms.of(model.run)
    with _bench(model, gold, drawn, compared, terms) as bench, TemporaryDirectory() as folder:
        teaching = None
        if running.arguments.get("distil"):
            teaching = _teaching(model, bench, drawn, compared, terms)
        second_price = float(Decimal(running.arguments["hour_price"])) / HOUR
        forms = make_forms(bench, Path(folder), second_price=second_price, teaching=teaching, watch=running.progress)
        made = [_kept(model, one) for one in forms]
    if guards(model):
        # Of a cascade, the full one answers what the other doubts.
        foreign_of(model)
        own = sorted({one.graph_address for one in made if one.passed} - {"", model.graph_address})
        for done, address in enumerate(own):
            running.progress(done, len(own), "forms guarded")
            guard_form(model, address)
    record_variants(model_id=model.pk, made=made)
    # Also those of makings that were given up.
    for one in model.project.models.filter(number__lte=model.number):
        _checkpoints(one).clear()


@contextmanager
def _bench(
    model: ModelVersion, gold: Sequence[LabeledSample], drawn: Sequence[Row], compared: int, terms: Terms
) -> Iterator[Bench]:
    """The first of the drawn are compared on, and the next fit."""
    embeddings = shard_embeddings(model.project_id, model.backbone.key)

    def pictures(some: Sequence[tuple[str, int, int]]) -> Pictures:
        places: list[Place] = [(shard, row) for _, shard, row in some]
        return Pictures([source(address) for address, *_ in some], gather(embeddings, places))

    fitting, comparing = (
        [(address, shard, row) for _, address, _, shard, row in some]
        for some in (drawn[compared : compared + FITTED], drawn[:compared])
    )
    with artifacts.local_copy(model.backbone.address) as backbone, artifacts.local_copy(model.graph_address) as graph:
        yield Bench(
            backbone=backbone,
            graph=graph,
            head=load_head(model.head_address),
            classes=[one.name for one in model.project.classes()],
            costs=terms.costs,
            group=terms.evaluation,
            fitting=pictures(fitting),
            compared=pictures(comparing),
            gold=pictures([(one.address, one.shard_id, one.row) for one in gold]),
            labels=labels_of(gold),
            groups=groups_of(gold),
            seed=model.run.seed,
            threads=CORES,
        )


def _teaching(model: ModelVersion, bench: Bench, drawn: Sequence[Row], compared: int, terms: Terms) -> Teaching:
    """Nothing of the groups that decisions are compared on teaches, and no gold."""
    apart = {group for _, _, group, *_ in drawn[:compared]}
    labeled = {one.sample_id: one for one in labeled_samples(project_id=model.project_id, role=Sample.Role.POOL)}
    free = [row for row in drawn[compared:] if row[2] not in apart]
    chosen = sorted(free, key=lambda row: row[0] not in labeled)[:TAUGHT]
    answers = [labeled[pk] for pk, *_ in chosen if pk in labeled]
    embeddings = gather(shard_embeddings(model.project_id, model.backbone.key), [(row[3], row[4]) for row in chosen])
    # Those with labels come first.
    unlabeled = len(chosen) - len(answers)
    spec, student = _student(model.backbone, open_session(bench.backbone, threads=1).preprocessing.size)
    return Teaching(
        student=student,
        preprocessing=spec.preprocessing,
        lessons=Lessons(
            sources=[source(address) for _, address, *_ in chosen],
            said=bench.head.probabilities(embeddings),
            labels=np.concatenate([labels_of(answers), np.full(unlabeled, NONE)]),
            groups=np.array([group for _, _, group, *_ in chosen]),
            sureness=np.concatenate([terms.learned_sureness(answers), np.ones(unlabeled)]),
            merged=terms.training,
            classes=bench.classes,
        ),
        seconds=TEACHING_SECONDS,
        checkpoints=Checkpoints(_checkpoints(model), every_seconds=settings.CHECKPOINT_SECONDS),
    )


def _student(backbone: Backbone, size: int) -> tuple[BackboneSpec, Module]:
    """What is to be taught. Of the same form as the champion's backbone, it begins from what that has learned."""
    # A backbone that came as a file has no code, and teaches all the same.
    declared = spec_of(backbone.base) if backbone.checkpoint_address else None
    spec = student_of(declared, size)
    student = spec.build()
    if declared is not None:
        with suppress(WrongShape), artifacts.open_binary(backbone.checkpoint_address) as stream:
            load_weights(student, stream)
    return spec, student


def _checkpoints(model: ModelVersion) -> ArtifactStore:
    return ArtifactStore(artifacts.url("checkpoints", str(model.project_id), f"student-{model.pk}.pt"))


def _kept(model: ModelVersion, form: Form) -> MadeVariant:
    """With its graph as an artifact, named by its content."""
    kind, address = ModelVariant.Kind(form.kind), ""
    if kind == ModelVariant.Kind.FULL:
        address = model.graph_address
    elif form.graph:
        content = form.graph.read_bytes()
        address = artifacts.url("models", str(model.project_id), f"{hashlib.sha256(content).hexdigest()}.onnx")
        artifacts.write(address, content)
    return MadeVariant(
        kind=kind,
        passed=form.passed,
        graph_address=address,
        size_bytes=form.size,
        report=form.report,
        threshold=form.threshold,
    )
