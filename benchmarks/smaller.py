"""The forms of a champion, measured: size, speed, what each costs, and whether the gate is right about it.

`python -m benchmarks.smaller`. Every seed deals a pool anew: what experts label, gold that the gate decides by, and a
test set that neither the gate nor anything else has seen. A form that passes should cost no more on the test set than
the gate allows; one that is refused may well have been good enough, which gold was too small to show.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.machine import cores
from benchmarks.report import Report, Row, keep
from benchmarks.savings.sources import FASHION_CLASSES, _fashion_pictures, _png
from heedful.demo.cells import cells, left_out
from ml.arrays import Costs, Embeddings, Indices, Labels, Probabilities
from ml.backbones.base import Backbone
from ml.backbones.catalogue import BACKBONES, BackboneSpec, student_of
from ml.evaluation.decisions import decide
from ml.evaluation.faithfulness import Admission, admit
from ml.forms.bench import COMPARED, FITTED, GATE, Bench, Pictures
from ml.forms.forms import Form, make_forms
from ml.forms.making import CASCADE, FULL, Teaching
from ml.heads import LinearHead
from ml.inference.answering import answer
from ml.inference.embedding import Source, embed, read
from ml.inference.export import attach_head, export_backbone
from ml.inference.session import open_session
from ml.training.calibration import calibrated
from ml.training.distill import NONE, Lessons
from ml.training.fine_tune import FineTuneConfig, TrainingStage, fine_tune
from ml.training.head import HeadConfig, torch_threads, train_head

SECONDS = 300.0
"""To teach a student, and to fine-tune a champion."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """deep: the champion's backbone is fine-tuned. labeled, gold, test: how many pictures of each."""

    name: str
    load: Callable[[], tuple[Sequence[Source], Labels]]
    classes: Sequence[str]
    costs: Costs
    backbone: str
    deep: bool
    labeled: int
    gold: int
    test: int


@dataclass(frozen=True, slots=True, eq=False)
class Deal:
    """Rows of the pool's pictures. compared: what decisions are compared on; it teaches nothing."""

    compared: Indices
    labeled: Indices
    others: Indices
    gold: Indices
    test: Indices

    @property
    def taught(self) -> Indices:
        return np.concatenate([self.labeled, self.others])


def _cells() -> tuple[Sequence[Source], Labels]:
    """Cells that most experts called defective, and those that all called good, as frequent as they are."""
    clear = [cell for cell in [*cells(seed=0), *left_out(seed=0)] if cell.grade == 0 or cell.grade > 0.5]
    return [cell.path for cell in clear], np.array([int(cell.grade > 0) for cell in clear])


def _garments() -> tuple[Sequence[Source], Labels]:
    images, labels = _fashion_pictures()
    return [_png(image) for image in images[:6_000]], labels[:6_000].astype(np.int64)


POOLS: Mapping[str, Pool] = {
    one.name: one
    for one in (
        Pool(
            name="cells",
            load=_cells,
            classes=("good", "defective"),
            costs=np.array([[0.0, 5.0], [20.0, 0.0]]),
            backbone="efficientnet-lite1",
            deep=True,
            labeled=300,
            gold=250,
            test=600,
        ),
        Pool(
            name="garments",
            load=_garments,
            classes=FASHION_CLASSES,
            costs=1.0 - np.eye(10),
            backbone="efficientnet-lite0",
            deep=False,
            labeled=500,
            gold=300,
            test=1_500,
        ),
    )
}


def run(*, pools: Sequence[str], seeds: Sequence[int], seconds: float) -> Iterator[Report]:
    """What is known so far, after each seed of each pool."""
    rows: list[Row] = []
    for seed in seeds:
        for name in pools:
            with torch_threads(cores()), TemporaryDirectory() as folder:
                rows += _measured(POOLS[name], seed, Path(folder), seconds)
            yield Report(rows=rows, notes=list(_notes(rows, pools)))


def _measured(pool: Pool, seed: int, folder: Path, seconds: float) -> list[Row]:
    sources, labels = pool.load()
    deal = _deal(pool, len(labels), seed)
    bench, embeddings, module = _champion(pool, sources, labels, deal, seed, folder, seconds)
    spec = _student(pool)
    student = spec.build()
    own, theirs = (one.state_dict() for one in (student, module))
    if [one.shape for one in own.values()] == [one.shape for one in theirs.values()]:
        student.load_state_dict(theirs)
    said = bench.head.probabilities(embeddings[deal.taught])
    lessons = Lessons(
        sources=[sources[row] for row in deal.taught],
        said=said,
        labels=np.concatenate([labels[deal.labeled], np.full(len(deal.others), NONE)]),
        groups=deal.taught,
        sureness=np.ones(len(deal.taught)),
        merged=np.arange(len(pool.classes)),
        classes=pool.classes,
    )
    teaching = Teaching(student, spec.preprocessing, lessons, seconds)
    forms = make_forms(bench, folder, second_price=0.0, teaching=teaching, watch=_quiet)
    truth, tests = labels[deal.test], [sources[row] for row in deal.test]
    decided = {form.kind: decide(_said(form, bench, tests), pool.costs) for form in forms if form.graph}
    return [
        _row(pool, seed, form, _on_test(decided[FULL], decided[form.kind], truth, bench) if form.graph else None)
        for form in forms
    ]


def _student(pool: Pool) -> BackboneSpec:
    spec = BACKBONES[pool.backbone]
    return student_of(spec, spec.preprocessing.size)


def _quiet(done: int, total: int, unit: str) -> None:
    """Nobody watches."""


def _deal(pool: Pool, count: int, seed: int) -> Deal:
    order = np.random.default_rng([seed, 31]).permutation(count)
    ends = np.cumsum([COMPARED, pool.labeled, pool.gold, pool.test])
    compared, labeled, gold, test, others = np.split(order, ends)
    return Deal(compared, labeled, others[:2_000], gold, test)


def _champion(
    pool: Pool, sources: Sequence[Source], labels: Labels, deal: Deal, seed: int, folder: Path, seconds: float
) -> tuple[Bench, Embeddings, Backbone]:
    """A model that learned as a run of Heedful does, calibrated on gold; embeddings are of the rows that are dealt."""
    spec = BACKBONES[pool.backbone]
    module, head = spec.build(), None
    if pool.deep:
        stage = TrainingStage(
            "", [sources[row] for row in deal.labeled], labels[deal.labeled], deal.labeled, pool.classes
        )
        tuned = fine_tune(module, spec.preprocessing, [stage], config=FineTuneConfig(), seed=seed, time_limit=seconds)
        module, head = tuned.module, tuned.head
    backbone, graph = folder / "champion-backbone.onnx", folder / "champion.onnx"
    export_backbone(module, spec.preprocessing, backbone)
    used = np.concatenate([deal.compared, deal.taught, deal.gold])
    embeddings = np.zeros((len(labels), spec.embedding_width), np.float32)
    embeddings[used] = embed(open_session(backbone, threads=1), [sources[row] for row in used], threads=cores())
    head = calibrated(head or _quick(pool, embeddings, labels, deal, seed), embeddings[deal.gold], labels[deal.gold])
    attach_head(backbone, head, pool.classes, graph)

    def pictures(rows: Indices) -> Pictures:
        return Pictures([sources[row] for row in rows], embeddings[rows])

    bench = Bench(
        backbone=backbone,
        graph=graph,
        head=head,
        classes=pool.classes,
        costs=pool.costs,
        group=np.arange(len(pool.classes)),
        fitting=pictures(deal.taught[-FITTED:]),
        compared=pictures(deal.compared),
        gold=pictures(deal.gold),
        labels=labels[deal.gold],
        groups=deal.gold,
        seed=seed,
        threads=cores(),
    )
    return bench, embeddings, module


def _quick(pool: Pool, embeddings: Embeddings, labels: Labels, deal: Deal, seed: int) -> LinearHead:
    return train_head(
        embeddings[deal.labeled],
        labels[deal.labeled],
        deal.labeled,
        n_classes=len(pool.classes),
        config=HeadConfig(),
        rng=np.random.default_rng(seed),
    ).head


def _said(form: Form, bench: Bench, sources: Sequence[Source]) -> Probabilities:
    """As it would be served."""
    assert form.graph is not None
    stages = [(open_session(form.graph, threads=bench.threads), form.threshold)]
    if form.kind == CASCADE:
        stages.append((open_session(bench.graph, threads=bench.threads), None))
    return answer(stages, lambda row, wanted: read(sources[row], wanted), len(sources), bench.costs)[0]


def _on_test(full: Indices, smaller: Indices, truth: Labels, bench: Bench) -> Admission:
    same = int((full == smaller).sum()), len(truth)
    return admit(full, smaller, truth, bench.costs, same=same, gate=GATE, rng=bench.rng())


def _row(pool: Pool, seed: int, form: Form, test: Admission | None) -> Row:
    report = form.report
    speed, cost = report.get("speed", {}), report.get("expected_cost")
    return {
        "pool": pool.name,
        "seed": str(seed),
        "form": f"cascade, {report['cheap']} first" if form.kind == CASCADE else form.kind,
        "MB": form.size / 1e6,
        "ms": speed.get("latency_ms"),
        "a second": speed.get("per_second"),
        "cost on gold": f"{cost['value']:.3g} ({cost['low']:.3g} to {cost['high']:.3g})" if cost else None,
        "as full": report.get("agreement"),
        "within": report.get("probability_within"),
        "gate": "–" if form.kind == FULL else _verdict(form),
        "cost on test": test and test.expected_cost.value,
        "against full": test and _interval(asdict(test.cost_difference)),
        "allowed": test and test.allowed,
        "as full on test": test and test.agreement,
        "asked of full": report.get("share"),
    }


def _verdict(form: Form) -> str:
    report = form.report
    if form.passed or "agreement" not in report:
        return "passed" if form.passed else f"refused: {report['sentences'][0]}"
    failed = {
        "dearer": report["probability_within"] < GATE.confidence,
        "decides otherwise": report["agreement"] < GATE.agreement,
    }
    return f"refused: {', '.join(reason for reason, found in failed.items() if found)}"


def _interval(found: Mapping[str, float]) -> str:
    return f"{found['value']:+.3g} ({found['low']:+.3g} to {found['high']:+.3g})"


def _notes(rows: Sequence[Row], pools: Sequence[str]) -> Iterator[str]:
    for name in pools:
        pool = POOLS[name]
        course = "fine-tuned" if pool.deep else "quick"
        size = _student(pool).preprocessing.size
        yield (
            f"{name}: a {course} champion on {pool.backbone}, {pool.labeled} labels, {pool.gold} of gold, {pool.test}"
            f" to test by; its student looks at {size} × {size} pixels."
        )
    yield "ms: one picture; a second: in batches; as full: of decisions; within: how likely no dearer than allowed."
    judged = [row for row in rows if row["gate"] != "–" and row["cost on test"] is not None]
    for verdict in ("passed", "refused"):
        of_it = [row for row in judged if str(row["gate"]).startswith(verdict)]
        yield f"{verdict}: {len(of_it)}, of which within the tolerance on the test set {sum(map(_held, of_it))}."


def _held(row: Row) -> bool:
    difference = str(row["against full"]).split(" ")[0]
    return float(difference) <= float(row["allowed"] or 0)


def main() -> None:
    parser = ArgumentParser(prog="python -m benchmarks.smaller", description=__doc__)
    parser.add_argument("--pools", nargs="+", choices=POOLS, default=list(POOLS))
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="to teach a student, and to fine-tune")
    options = parser.parse_args()
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    for found in run(pools=options.pools, seeds=seeds, seconds=options.seconds):
        path = keep("smaller", found, quick=False)
        print(f"{found}\n-> {path}", flush=True)


if __name__ == "__main__":
    main()
