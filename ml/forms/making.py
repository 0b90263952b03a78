"""Making a form's graph: in fewer bits, or of a small backbone that the model has taught."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.arrays import Embeddings
from ml.backbones.base import Backbone
from ml.errors import NotFinite
from ml.evaluation.decisions import decide
from ml.forms.bench import RANGES, Bench, Candidate
from ml.heads import LinearHead
from ml.inference.embedding import embed, read
from ml.inference.export import attach_head, check_parity, export_backbone
from ml.inference.preprocessing import Preprocessing
from ml.inference.quantization import to_half, to_int8
from ml.inference.session import open_session
from ml.progress import Progress
from ml.training.calibration import calibrated
from ml.training.checkpoints import Checkpoints
from ml.training.distill import NONE, Lessons, distil
from ml.training.refit import refitted

FULL, FP16, INT8 = "full", "fp16", "int8"
DISTILLED, DISTILLED_INT8, CASCADE = "distilled", "distilled_int8", "cascade"
_PARITY_PICTURES, _PARITY_TOLERANCE = 2, 1e-3
# What is tried of each kind until one passes: how many of the first convolutions stay in floats.
FLOATS_FIRST: Mapping[str, tuple[int, ...]] = {FP16: (0,), INT8: (0, 4, 8), DISTILLED_INT8: (0, 4, 8)}


@dataclass(frozen=True, slots=True, eq=False)
class Original:
    """What is made smaller: an exported backbone, a head, and what the backbone says of the pictures to fit with."""

    backbone: Path
    head: LinearHead
    fitting: Embeddings


@dataclass(frozen=True, slots=True, eq=False)
class Teaching:
    """student: a backbone to begin from, for pictures so prepared. seconds: to learn for, all attempts together."""

    student: Backbone
    preprocessing: Preprocessing
    lessons: Lessons
    seconds: float
    checkpoints: Checkpoints | None = None


def full_candidate(bench: Bench) -> Candidate:
    return Candidate(
        graph=bench.graph,
        gold=bench.judged(bench.head, bench.gold.embeddings),
        compared=bench.head.probabilities(bench.compared.embeddings),
        recipe="As trained, in 32-bit floats.",
    )


def rounded(bench: Bench, kind: str, original: Original, full: Candidate, folder: Path) -> list[Candidate]:
    """Graphs in fewer bits, up to the first that passes; none if its numbers overflow."""
    tried: list[Candidate] = []
    with suppress(NotFinite):
        for floats_first in FLOATS_FIRST[kind]:
            tried.append(_rounded(bench, kind, original, folder / f"{kind}-{floats_first}", floats_first=floats_first))
            if bench.admission(full, decide(tried[-1].gold, bench.costs), tried[-1].compared).passed:
                break
    return tried


def _rounded(bench: Bench, kind: str, original: Original, folder: Path, *, floats_first: int) -> Candidate:
    """With a head that says of the rounded embeddings what the original's, calibrated as it is, says of its own."""
    folder.mkdir()
    small = folder / "backbone.onnx"
    if kind == FP16:
        to_half(original.backbone, small)
        recipe = "Backbone in 16-bit floats, head in 32."
    else:
        ranges = bench.fitting.sources[:RANGES]
        to_int8(original.backbone, ranges, small, floats_first=floats_first)
        but = f", but the first {floats_first} convolutions" if floats_first else ""
        of = "Backbone" if kind == INT8 else "The distilled backbone"
        recipe = (
            f"{of} in 8-bit integers by channel{but}; ranges from {len(ranges)} pictures of the pool, head fitted anew"
            f" on {len(bench.fitting.sources)}."
        )
    fitting, compared, gold = _embedded(bench, small)
    head = refitted(original.head, original.fitting, fitting)
    return _candidate(bench, small, head, compared=compared, gold=gold, recipe=recipe)


def distilled(bench: Bench, teaching: Teaching, folder: Path, on_progress: Progress) -> tuple[Candidate, Original]:
    """The student's graph, and the student to be rounded. Raises DataError or ParityError."""
    taught = distil(
        teaching.student,
        teaching.preprocessing,
        teaching.lessons,
        seed=bench.seed,
        checkpoints=teaching.checkpoints,
        on_progress=on_progress,
        time_limit=teaching.seconds,
    )
    folder.mkdir()
    small = folder / "backbone.onnx"
    export_backbone(taught.module, teaching.preprocessing, small)
    fitting, compared, gold = _embedded(bench, small)
    images = np.stack([read(one, teaching.preprocessing) for one in bench.fitting.sources[:_PARITY_PICTURES]])
    check_parity(taught.module, None, small, images, _PARITY_TOLERANCE)
    head = calibrated(taught.head, gold, bench.labels)
    stage, size, lessons = taught.report.stages[0], teaching.preprocessing.size, teaching.lessons
    recipe = (
        f"A small backbone on {size} × {size} pixels that learned from what the full model says of"
        f" {len(lessons.sources):,} pictures of the pool, {(lessons.labels != NONE).sum():,} of them labeled;"
        f" {len(stage.validation_losses)} epochs{', until the time was over' if stage.out_of_time else ''}."
    )
    candidate = _candidate(bench, small, head, compared=compared, gold=gold, recipe=recipe)
    return candidate, Original(small, head, fitting)


def _embedded(bench: Bench, backbone: Path) -> tuple[Embeddings, Embeddings, Embeddings]:
    """What it says of the pictures to fit with, of those to compare on, and of gold."""
    session = open_session(backbone, threads=1)
    fitting, compared, gold = (
        embed(session, one.sources, threads=bench.threads) for one in (bench.fitting, bench.compared, bench.gold)
    )
    return fitting, compared, gold


def _candidate(
    bench: Bench, backbone: Path, head: LinearHead, *, compared: Embeddings, gold: Embeddings, recipe: str
) -> Candidate:
    graph = backbone.with_name("model.onnx")
    attach_head(backbone, head, bench.classes, graph)
    return Candidate(graph, bench.judged(head, gold), head.probabilities(compared), recipe)
