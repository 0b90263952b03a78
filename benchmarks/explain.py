"""Maps a second: by activation beside scoring alone, by hiding and by gradients beside Captum and a plain loop; how
soon one picture is answered; and the memory that a large picture takes.

Contestants look at the same pictures under the same settings, take turns, and must agree on the maps.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import torch
from captum.attr import IntegratedGradients as CaptumIntegratedGradients
from captum.attr import Occlusion as CaptumOcclusion
from torch import nn

from benchmarks import machine
from benchmarks.report import Report, Row
from benchmarks.timing import Spread, take_turns
from ml.arrays import FeatureMaps, Images
from ml.backbones.base import Backbone
from ml.backbones.catalogue import lite0
from ml.explain.activation import class_activation
from ml.explain.catalogue import find
from ml.explain.fills import fill_of
from ml.explain.method import Settings, Target, checked_settings
from ml.explain.model import ExplainedModel, open_explained
from ml.heads import LinearHead
from ml.inference.export import attach_head, export_backbone
from ml.inference.preprocessing import Preprocessing
from ml.inference.session import EMBEDDING, FEATURE_MAP, InferenceSession, open_session
from ml.training.head import torch_threads

SIDE, LARGE, CLASSES = 224, 2000, ("a", "b", "c")
BATCH = 16
TILES = 8
STEPS = 32
TARGET = Target(1)
SCORING, MAPPING = "scoring alone", "scoring and activation maps"

Ways = Mapping[str, Callable[[], FeatureMaps]]


def run(quick: bool) -> Report:
    return measure(pictures=2, turns=2, large=False) if quick else measure(pictures=4, turns=3, large=True)


def measure(*, pictures: int, turns: int, large: bool) -> Report:
    rng, threads = np.random.default_rng(0), machine.cores()
    images = rng.normal(size=(pictures, 3, SIDE, SIDE)).astype(np.float32)
    module = lite0().build().eval()
    with tempfile.TemporaryDirectory(prefix="heedful-bench-") as scratch, torch_threads(threads):
        graph, head = _exported(module, Path(scratch), rng)
        model = open_explained(graph, threads=threads)
        network = nn.Sequential(_Embedding(module), _linear(head))
        rows = [
            *_scoring_rows(open_session(graph, threads=threads), head, images, turns),
            *_rows("occlusion", "maps/s", pictures, _occluding(model, network, images), turns),
            *_rows("integrated gradients", "maps/s", pictures, _integrating(model, network, images), turns),
            *_one_picture(model, images[0], turns),
        ]
    rows.append(_large_row(LARGE if large else SIDE))
    return Report(rows=rows, notes=_notes(pictures, turns))


def _scoring_rows(session: InferenceSession, head: LinearHead, images: Images, turns: int) -> list[Row]:
    """What maps cost on top of the pass that scores."""
    batch = np.resize(images, (BATCH, *images.shape[1:]))

    def mapped() -> FeatureMaps:
        seen = session.run(batch, (EMBEDDING, FEATURE_MAP))[FEATURE_MAP]
        return np.stack([class_activation(one, head, TARGET.index) for one in seen])

    # A share of a few percent needs more turns than the others, and these are cheap.
    taken = take_turns({SCORING: lambda: session.run(batch, (EMBEDDING,)), MAPPING: mapped}, turns=4 * turns)
    alone, both = (np.array(taken[way]) for way in (SCORING, MAPPING))
    return [
        _row("activation", SCORING, "pictures/s", BATCH / alone),
        _row("activation", MAPPING, "pictures/s", BATCH / both),
        _row("activation", "on top of scoring", "%", 100 * (both / alone - 1)),
    ]


def _occluding(model: ExplainedModel, network: nn.Module, images: Images) -> Ways:
    """A window of an eighth of the side, in as many places as tile the picture, filled with grey."""
    method, tile = find("occlusion"), SIDE // TILES
    settings = checked_settings(method, {"window": 1 / TILES, "strides": TILES, "fill": "grey"})
    grey = fill_of("grey", images[0], model.preprocessing)

    def captum() -> FeatureMaps:
        attribute = CaptumOcclusion(network).attribute
        with torch.inference_mode():
            found = [
                attribute(
                    torch.from_numpy(image)[None],
                    sliding_window_shapes=(3, tile, tile),
                    strides=(3, tile, tile),
                    baselines=torch.from_numpy(grey)[None],
                    target=TARGET.index,
                    perturbations_per_eval=BATCH,
                )
                for image in images
            ]
        return np.stack([one[0, 0, ::tile, ::tile].numpy() for one in found])

    def loop() -> FeatureMaps:
        found = np.empty((len(images), TILES, TILES), np.float32)
        with torch.inference_mode():
            for place, image in enumerate(images):
                whole = network(torch.from_numpy(image)[None])[0, TARGET.index]
                for row, column in np.ndindex(TILES, TILES):
                    hidden, spot = image.copy(), np.s_[:, row * tile :, column * tile :]
                    hidden[spot][:, :tile, :tile] = grey[spot][:, :tile, :tile]
                    found[place, row, column] = whole - network(torch.from_numpy(hidden)[None])[0, TARGET.index]
        return found

    return {"Heedful": lambda: _ours("occlusion", model, images, settings), "Captum": captum, "plain loop": loop}


def _integrating(model: ExplainedModel, network: nn.Module, images: Images) -> Ways:
    """From black, in as many steps, by Captum's own rule."""
    method = find("integrated-gradients")
    settings = checked_settings(method, {"baseline": "black", "steps": STEPS})
    black = torch.from_numpy(fill_of("black", images[0], model.preprocessing))[None]
    points, weights = np.polynomial.legendre.leggauss(STEPS)

    def captum() -> FeatureMaps:
        attribute = CaptumIntegratedGradients(network).attribute
        found = [
            attribute(torch.from_numpy(image)[None], baselines=black, target=TARGET.index, n_steps=STEPS)
            for image in images
        ]
        return np.stack([one[0].abs().amax(dim=0).numpy() for one in found]).astype(np.float32)

    def loop() -> FeatureMaps:
        found = []
        for image in images:
            whole = torch.from_numpy(image)[None]
            summed = torch.zeros_like(whole)
            for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
                at = (black + float(point) * (whole - black)).requires_grad_()
                summed += float(weight) * torch.autograd.grad(network(at)[0, TARGET.index], at)[0]
            found.append(((whole - black) * summed)[0].abs().amax(dim=0).numpy())
        return np.stack(found)

    ours = "Heedful, on the exported graph"
    return {ours: lambda: _ours(method.name, model, images, settings), "Captum": captum, "plain loop": loop}


def _one_picture(model: ExplainedModel, image: Images, turns: int) -> list[Row]:
    """As Inspect asks: the map of the likeliest class, and two more."""
    targets = [Target(0), Target(1), Target(2)]

    def answer(name: str) -> FeatureMaps:
        method = find(name)
        model.scores(image[None], "probabilities")
        return method.maps(model, image, targets, checked_settings(method, {}))

    taken = take_turns({name: partial(answer, name) for name in ("activation", "saliency")}, turns=turns)
    return [_row(name, "one picture, three classes", "s", np.array(seconds)) for name, seconds in taken.items()]


def _rows(part: str, unit: str, count: int, ways: Ways, turns: int) -> list[Row]:
    found = [way() for way in ways.values()]
    for other in found[1:]:
        np.testing.assert_allclose(found[0], other, atol=2e-2 * np.abs(other).max())
    taken = take_turns(ways, turns=turns)
    rows = [_row(part, way, unit, count / np.array(seconds)) for way, seconds in taken.items()]
    ours, *others = (np.array(seconds) for seconds in taken.values())
    return [*rows, _row(part, "Heedful / faster of the others", "times", np.minimum(*others) / ours)]


def _large_row(side: int) -> Row:
    """In a process of its own: a peak is of a process's whole life."""
    command = [sys.executable, "-m", "benchmarks.explain", str(side)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return _row("occlusion", f"{side} × {side} pixels, 100 windows: peak over set-up", "MB", np.array([told["mb"]]))


def _large(side: int) -> float:
    """Megabytes that a grid of 100 windows takes on top of the opened model and one pass of it."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory(prefix="heedful-bench-") as scratch:
        graph, _ = _exported(lite0().build().eval(), Path(scratch), rng, side)
        model = open_explained(graph, threads=1)
    image = rng.normal(size=(3, side, side)).astype(np.float32)
    model.scores(image[None], "logits")
    before = _peak()
    _ours("occlusion", model, image[None], checked_settings(find("occlusion"), {}))
    return _peak() - before


def _peak() -> float:
    """Megabytes. The peak that `getrusage` tells begins with that of the process which started this one."""
    (line,) = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


def _ours(name: str, model: ExplainedModel, images: Images, settings: Settings) -> FeatureMaps:
    found = find(name).maps_of_many(model, images, [[TARGET]] * len(images), settings)
    return np.concatenate(found)


def _exported(module: Backbone, folder: Path, rng: np.random.Generator, side: int = SIDE) -> tuple[Path, LinearHead]:
    bare, whole = folder / "bare.onnx", folder / "whole.onnx"
    prepared = lite0().preprocessing
    export_backbone(module, Preprocessing(size=side, mean=prepared.mean, std=prepared.std), bare)
    shape = (len(CLASSES), module.embedding_width)
    head = LinearHead(rng.normal(size=shape).astype(np.float32), np.zeros(len(CLASSES), np.float32), 1.0)
    attach_head(bare, head, CLASSES, whole)
    return whole, head


class _Embedding(nn.Module):
    """The network that the graph was exported from."""

    def __init__(self, module: Backbone) -> None:
        super().__init__()
        self._module = module

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        embedding: torch.Tensor = self._module(images)[0]
        return embedding


def _linear(head: LinearHead) -> nn.Linear:
    classes, width = head.weights.shape
    layer = nn.Linear(width, classes)
    layer.load_state_dict({"weight": torch.from_numpy(head.weights), "bias": torch.from_numpy(head.bias)})
    return layer.requires_grad_(False)


def _row(part: str, what: str, unit: str, values: Iterable[float]) -> Row:
    spread = Spread.of([float(value) for value in values])
    return {
        "method": part,
        "what": what,
        "unit": unit,
        "median": spread.median,
        "lowest": spread.low,
        "highest": spread.high,
    }


def _notes(pictures: int, turns: int) -> list[str]:
    return [
        f"efficientnet-lite0 at {SIDE} px, {pictures} pictures, {turns} turns after one to warm up (activation: {BATCH}"
        f" pictures, {4 * turns} turns); occlusion in {TILES} × {TILES} places, integrated gradients in {STEPS} steps.",
        "Captum and the plain loop work on the PyTorch network that the graph was exported from; the loop takes one"
        " picture a pass. All maps were compared and agree.",
    ]


if __name__ == "__main__":
    print(json.dumps({"mb": _large(int(sys.argv[1]))}))
