"""From picture files to embeddings: images a second, end to end and by its halves, against a plain PyTorch loop.

All ways take turns over the same pictures in one process, so that a busy moment of the machine hits them all; ratios
are taken turn by turn.
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks import machine
from benchmarks.report import Report, Row
from benchmarks.scoring.contestants import DECODING, END_TO_END, LOOP, LOOP_ONE_THREAD, RUNTIME, contestants
from benchmarks.scoring.pictures import picture_sets
from benchmarks.timing import Spread, take_turns
from ml.backbones.catalogue import BackboneSpec, lite0
from ml.inference.export import export_backbone
from ml.inference.session import open_session

Speeds = Mapping[str, Sequence[float]]
"""Images a second of each way, turn by turn."""


def run(quick: bool) -> Report:
    return measure(lite0(), pictures=32, turns=2) if quick else measure(lite0(), pictures=192, turns=5)


def measure(spec: BackboneSpec, *, pictures: int, turns: int) -> Report:
    rows: list[Row] = []
    module = spec.build()
    with tempfile.TemporaryDirectory(prefix="heedful-bench-") as scratch:
        folder = Path(scratch)
        graph = folder / "backbone.onnx"
        export_backbone(module, spec.preprocessing, graph)
        session = open_session(graph, threads=1)
        for name, paths in picture_sets(folder, pictures).items():
            with contestants(session, module, paths, threads=machine.cores()) as ways:
                taken = take_turns(ways, turns=turns)
            speeds = {way: [len(paths) / seconds for seconds in taken[way]] for way in taken}
            rows += [_row(name, way, "images/s", values) for way, values in speeds.items()]
            rows += [_row(name, ratio, "times", values) for ratio, values in _ratios(speeds).items()]
    return Report(rows=rows, notes=_notes(spec, pictures, turns))


def _notes(spec: BackboneSpec, pictures: int, turns: int) -> list[str]:
    return [
        f"{spec.name} at {spec.preprocessing.size} px, {pictures} pictures a set, {turns} turns after one to warm up.",
        "Either half alone has every core to itself; end to end they share them, so no program that uses every core"
        " for both can be faster than both halves one after the other. That bound is the last ratio's 1.",
    ]


def _ratios(speeds: Speeds) -> Speeds:
    """End to end against the others: above 1 is faster than they are."""
    ours, decoding, runtime = (np.array(speeds[way]) for way in (END_TO_END, DECODING, RUNTIME))
    loop = np.maximum(speeds[LOOP], speeds[LOOP_ONE_THREAD])
    return {
        "end to end / faster DataLoader loop": (ours / loop).tolist(),
        "end to end / slower half alone": (ours / np.minimum(decoding, runtime)).tolist(),
        "end to end / both halves in turn": (ours * (1 / decoding + 1 / runtime)).tolist(),
    }


def _row(pictures: str, what: str, unit: str, values: Sequence[float]) -> Row:
    spread = Spread.of(values)
    return {
        "pictures": pictures,
        "what": what,
        "unit": unit,
        "median": spread.median,
        "lowest": spread.low,
        "highest": spread.high,
    }
