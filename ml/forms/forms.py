"""All forms of a model: made, timed side by side, judged by one gate; and the cascade of two of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ml.errors import NotEnoughLabels
from ml.evaluation.cascade import Terms, cascaded, choose_threshold, cross_chosen
from ml.evaluation.decisions import decide
from ml.evaluation.faithfulness import Admission
from ml.forms.bench import Bench, Candidate
from ml.forms.making import (
    CASCADE,
    DISTILLED,
    DISTILLED_INT8,
    FP16,
    FULL,
    INT8,
    Original,
    Teaching,
    distilled,
    full_candidate,
    rounded,
)
from ml.inference.session import open_session
from ml.inference.speed import Speed, measure

HOUR = 3600.0
NAMES = {
    INT8: "8-bit integers",
    DISTILLED: "The distilled model",
    DISTILLED_INT8: "The distilled model in 8-bit integers",
}
"""Of the forms that may stand first in a cascade."""

Watch = Callable[[int, int, str], None]
"""Told how many are done, of how many, of what."""
Tried = Mapping[str, Sequence[Candidate]]
Speeds = Mapping[Path, Speed]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """graph: None where there is none to serve. threshold: a cascade's, whose `graph` is the cheap one. report: as
    JSON can hold it, why it passed or was refused.
    """

    kind: str
    passed: bool
    graph: Path | None
    size: int
    report: Mapping[str, Any]
    threshold: float | None = None


def make_forms(
    bench: Bench, folder: Path, *, second_price: float, teaching: Teaching | None = None, watch: Watch
) -> list[Form]:
    """Every form of the model, its graph in `folder`. second_price: what a second of computing is worth, in the unit of
    the costs. Raises DataError, ModelError.
    """
    steps = 3 if teaching is None else 5
    full = full_candidate(bench)
    original = Original(bench.backbone, bench.head, bench.fitting.embeddings)
    tried: dict[str, list[Candidate]] = {FULL: [full]}
    for done, kind in enumerate((FP16, INT8)):
        watch(done, steps, "forms")
        tried[kind] = rounded(bench, kind, original, full, folder)
    failed: list[Form] = []
    if teaching is not None:
        try:
            student, small = distilled(bench, teaching, folder / DISTILLED, partial(_learning, watch))
            watch(3, steps, "forms")
            tried |= {DISTILLED: [student], DISTILLED_INT8: rounded(bench, DISTILLED_INT8, small, full, folder)}
        except NotEnoughLabels as error:
            failed.append(_refused(DISTILLED, str(error)))
    watch(steps - 1, steps, "forms")
    speeds = _speeds(bench, [one for some in tried.values() for one in some])
    forms = [_best(bench, kind, full, some, speeds) if some else _overflowed(kind) for kind, some in tried.items()]
    # The quickest of a kind: what it gets wrong is for the full model to put right.
    cheap = {kind: tried[kind][0] for kind in NAMES if tried.get(kind)}
    cascades = [_cascade(bench, kind, one, full, speeds, second_price=second_price) for kind, one in cheap.items()]
    return [*forms, *failed, *sorted(cascades, key=_worth, reverse=True)[:1]]


def _learning(watch: Watch, done: int, total: int) -> None:
    watch(done, total, "pictures learned from")


def _worth(cascade: Form) -> tuple[bool, float]:
    """Of those that pass the fastest; of those that do not, the one that agrees most."""
    return cascade.passed, float(
        cascade.report["speed"]["per_second"] if cascade.passed else cascade.report["agreement"]
    )


def _speeds(bench: Bench, candidates: Sequence[Candidate]) -> Speeds:
    sessions = [open_session(one.graph, threads=bench.threads) for one in candidates]
    speeds = measure(sessions, threads=bench.threads)
    return {one.graph: speed for one, speed in zip(candidates, speeds, strict=True)}


def _best(bench: Bench, kind: str, full: Candidate, tried: Sequence[Candidate], speeds: Speeds) -> Form:
    """The first that passes; if none does, the one that agrees most, refused, with its reasons."""
    made = [_form(bench, kind, full, one, speeds[one.graph]) for one in tried]
    return next((one for one in made if one.passed), max(made, key=lambda one: float(one.report["agreement"])))


def _overflowed(kind: str) -> Form:
    return _refused(kind, "Its numbers overflow: the backbone computes values that this format cannot hold.")


def _refused(kind: str, reason: str) -> Form:
    return Form(kind, passed=False, graph=None, size=0, report={"sentences": [reason, "Refused."], "recipe": ""})


def _form(bench: Bench, kind: str, full: Candidate, one: Candidate, speed: Speed) -> Form:
    admission = bench.admission(full, decide(one.gold, bench.costs), one.compared)
    report = _report(bench, admission, speed) | {"recipe": one.recipe}
    return Form(kind, admission.passed, one.graph, one.size, report)


def _report(bench: Bench, admission: Admission, speed: Speed) -> dict[str, Any]:
    found = asdict(admission)
    del found["passed"]
    return {**found, "speed": asdict(speed), "gold_size": len(bench.labels), "compared": len(bench.compared.sources)}


def _cascade(
    bench: Bench, kind: str, cheap: Candidate, full: Candidate, speeds: Speeds, *, second_price: float
) -> Form:
    """The cheap graph first, the full one for what it is unsure of."""
    quick, slow = speeds[cheap.graph], speeds[full.graph]
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
    admission = bench.admission(full, decided, served)
    said = {
        "cheap": kind,
        "share": share,
        "hour_price": second_price * HOUR,
        "recipe": f"{NAMES[kind]} first; the full model for the {share:.0%} of pictures left in doubt.",
    }
    report = _report(bench, admission, speed) | said
    return Form(CASCADE, admission.passed, cheap.graph, cheap.size + full.size, report, chosen.threshold)
