"""A small backbone that exports in seconds, and heads and pictures made by seed."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from ml.arrays import Labels
from ml.backbones.base import Backbone
from ml.heads import LinearHead
from ml.inference.export import export_backbone
from ml.inference.preprocessing import Preprocessing

SMALL = Preprocessing(size=64, mean=0.5, std=0.5)


class SmallBackbone(Backbone):
    """Six convolutions down to 1/32 of the size, in the same form as the real ones."""

    embedding_width = 24

    def __init__(self) -> None:
        super().__init__()
        widths = [3, 8, 12, 16, 20, 24]
        self.stages = nn.Sequential(
            *(
                nn.Sequential(nn.Conv2d(a, b, 3, 2, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU6())
                for a, b in pairwise(widths)
            )
        )


@pytest.fixture(scope="session")
def small_backbone() -> SmallBackbone:
    with torch.random.fork_rng():
        torch.manual_seed(7)
        module = SmallBackbone()
    return module.eval()


@pytest.fixture(scope="session")
def backbone_file(small_backbone: SmallBackbone, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backbone") / "small.onnx"
    small_backbone.train()  # a module that is being trained exports the same graph, and stays as it was
    export_backbone(small_backbone, SMALL, path)
    assert small_backbone.training
    small_backbone.eval()
    return path


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.fixture
def head(rng: np.random.Generator) -> LinearHead:
    weights = rng.normal(size=(3, SmallBackbone.embedding_width)).astype(np.float32)
    return LinearHead(weights, rng.normal(size=3).astype(np.float32), temperature=1.7)


@pytest.fixture
def make_pictures(tmp_path: Path) -> Callable[..., list[Path]]:
    """n PNG files of noise, or with `bright` given, with a bright square in the corner where it says so."""

    def make(n: int, bright: Labels | None = None) -> list[Path]:
        paths = []
        for number in range(n):
            noise = np.random.default_rng(number).integers(0, 120, (48, 48, 3), np.uint8)
            if bright is not None and bright[number]:
                noise[4:24, 4:24] = 250
            paths.append(tmp_path / f"{number}.png")
            Image.fromarray(noise).save(paths[-1])
        return paths

    return make
