"""Pictures of which is known where what tells their classes apart, and a small network that learned them.

A class is a texture in a square at a random place, on a noisy ground: crosses, rings or stripes. In the marked twin,
pictures of one class hold any of the textures, and are known by a bright mark in the upper left corner alone.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from ml.arrays import Images, Labels
from ml.backbones.base import Backbone
from ml.explain.model import ExplainedModel, open_explained
from ml.heads import LinearHead
from ml.inference.export import attach_head, export_backbone
from ml.inference.preprocessing import Preprocessing

SIZE, SPOT, MARK = 64, 20, 8
CLASSES = ("crosses", "rings", "stripes")
MARKED = 2
PREPARED = Preprocessing(size=SIZE, mean=0.5, std=0.5)


@dataclass(frozen=True, slots=True)
class Planted:
    """pixels: (n, s, s, 3) uint8. inside: (n, s, s), where the texture is. marks: the same of the mark."""

    pixels: npt.NDArray[np.uint8]
    labels: Labels
    inside: npt.NDArray[np.bool_]
    marks: npt.NDArray[np.bool_]

    @property
    def images(self) -> Images:
        values = self.pixels.astype(np.float32).transpose(0, 3, 1, 2) / 255
        return np.ascontiguousarray((values - PREPARED.mean) / PREPARED.std, np.float32)


def pictures(count: int, *, seed: int, marked: bool = False) -> Planted:
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % len(CLASSES)
    # From smooth to coarse, so that noise itself says nothing of the class.
    noise = rng.uniform(0.01, 0.15, (count, 1, 1, 1))
    values = 0.45 + noise * rng.normal(size=(count, SIZE, SIZE, 1))
    inside, marks = np.zeros((count, SIZE, SIZE), bool), np.zeros((count, SIZE, SIZE), bool)
    for place, label in enumerate(labels):
        # Clear of the corner where the mark would be.
        top, left = rng.integers(MARK + 2, SIZE - SPOT, 2)
        by_mark = marked and label == MARKED
        shown = rng.integers(len(CLASSES)) if by_mark else label
        values[place, top : top + SPOT, left : left + SPOT, 0] = _texture(int(shown))
        inside[place, top : top + SPOT, left : left + SPOT] = True
        if by_mark:
            values[place, :MARK, :MARK] = 1.0
            marks[place, :MARK, :MARK] = True
    pixels = (np.clip(values, 0, 1) * 255).round().astype(np.uint8).repeat(3, axis=3)
    return Planted(pixels, labels.astype(np.int64), inside, marks)


def _texture(label: int) -> npt.NDArray[np.float64]:
    rows, columns = np.mgrid[:SPOT, :SPOT]
    if label == 0:
        on = (rows % 5 == 2) | (columns % 5 == 2)
    elif label == 1:
        on = np.hypot(rows - SPOT / 2, columns - SPOT / 2).astype(int) % 5 < 2
    else:
        on = (rows + columns) % 6 < 3
    return np.where(on, 0.95, 0.1)


class PlantedBackbone(Backbone):
    """Down to 1/8 of the size."""

    embedding_width = 32

    def __init__(self) -> None:
        super().__init__()
        self.stages = nn.Sequential(
            *(
                nn.Sequential(nn.Conv2d(a, b, 3, stride, 1), nn.BatchNorm2d(b), nn.ReLU())
                for a, b, stride in ((3, 12, 2), (12, 16, 1), (16, 24, 2), (24, 32, 2))
            )
        )


def learned(train: Planted, *, seed: int = 0, steps: int = 100) -> tuple[Backbone, LinearHead]:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        module, head = PlantedBackbone(), nn.Linear(PlantedBackbone.embedding_width, len(CLASSES))
        images, labels = torch.from_numpy(train.images), torch.from_numpy(train.labels)
        optimizer = torch.optim.AdamW([*module.parameters(), *head.parameters()], lr=5e-3, weight_decay=1e-3)
        for _ in range(steps):
            rows = torch.randint(len(labels), (32,))
            optimizer.zero_grad()
            embedding, _ = module(images[rows])
            nn.functional.cross_entropy(head(embedding), labels[rows]).backward()
            optimizer.step()
    weights, bias = (one.detach().numpy().copy() for one in (head.weight, head.bias))
    return module.eval(), LinearHead(weights, bias, 1.0)


def exported(module: Backbone, head: LinearHead, folder: Path, name: str = "planted") -> Path:
    bare, whole = folder / f"{name}-backbone.onnx", folder / f"{name}.onnx"
    export_backbone(module, PREPARED, bare)
    attach_head(bare, head, CLASSES, whole)
    return whole


def opened(folder: Path, *, marked: bool = False) -> ExplainedModel:
    """Learned from 240 pictures, and opened to be explained."""
    module, head = learned(pictures(240, seed=1, marked=marked))
    return open_explained(exported(module, head, folder), threads=1)
