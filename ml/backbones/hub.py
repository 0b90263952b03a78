"""Backbones of the transformers hub, where its library is installed and the network allows.

Weights are read from safe tensors alone, and no code of a model's repository is run. A vision model of the library
gives a feature map, or a token for each patch after some of other kinds (class, registers): those of the patches are
put back in their places, so that heatmaps are as exact as those of a convolution.
"""

from functools import partial
from importlib import import_module
from math import isqrt
from typing import Any

import torch
from torch import Tensor, nn

from ml.backbones.base import Backbone
from ml.backbones.catalogue import BackboneSpec
from ml.errors import BrokenContract, NotAModelFile, NotInstalled
from ml.inference.preprocessing import Preprocessing

_MISSING = "Models of the hub need the extra `hub`: pip install 'heedful[hub]'."


class Normalise(nn.Module):
    """Values 0..1 by channel; in the graph, since the preparation of pictures knows one mean for all."""

    def __init__(self, mean: list[float], std: list[float]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        return (images - self.mean) / self.std  # type: ignore[operator]  # buffers


class HubFeatures(nn.Module):
    """The last hidden state as a feature map (n, d, h, w)."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> Tensor:
        hidden: Tensor = self.model(pixel_values=images).last_hidden_state
        if hidden.dim() == 4:
            return hidden
        side = isqrt(hidden.shape[1])
        patches = hidden[:, hidden.shape[1] - side * side :]
        return patches.transpose(1, 2).reshape(-1, hidden.shape[2], side, side)


class HubBackbone(Backbone):
    def __init__(self, model: nn.Module, mean: list[float], std: list[float], width: int) -> None:
        super().__init__()
        self.stages = nn.Sequential(Normalise(mean, std), HubFeatures(model))
        self.embedding_width = width


def hub_spec(source: str, *, name: str, licence: str) -> BackboneSpec:
    """Loads the model, from the cache of the library once it was there. source: a name on the hub, or a folder that
    `save_pretrained` wrote. Raises NotInstalled, NotAModelFile, BrokenContract."""
    model, prepared = _load(source), _preparation(source)
    size = _size(prepared, model.config)
    mean, std = (list(map(float, prepared.get(key) or [0.5] * 3)) for key in ("image_mean", "image_std"))
    module = HubBackbone(model.eval(), mean, std, _width(model, size))
    return BackboneSpec(
        name=name,
        origin=f"{source} on the transformers hub",
        licence=licence,
        embedding_width=module.embedding_width,
        preprocessing=Preprocessing(size=size, mean=0.0, std=1.0),
        build=partial(_itself, module),
    )


def _itself(module: HubBackbone) -> HubBackbone:
    return module


def _load(source: str) -> Any:
    try:
        library = import_module("transformers")
    except ModuleNotFoundError as error:
        raise NotInstalled(_MISSING) from error
    try:
        return library.AutoModel.from_pretrained(
            source, trust_remote_code=False, use_safetensors=True, dtype=torch.float32
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise NotAModelFile(
            f"source: {source} cannot be loaded: it is not there, the network does not reach the hub, or it has no"
            f" weights in safe tensors. {_first_line(error)}"
        ) from error


def _preparation(source: str) -> dict[str, Any]:
    """What its repository says of how pictures are prepared; empty where it says nothing."""
    library = import_module("transformers.image_processing_base")
    try:
        said, _ = library.ImageProcessingMixin.get_image_processor_dict(source)
    except (OSError, ValueError):
        return {}
    return dict(said)


def _size(prepared: dict[str, Any], config: Any) -> int:
    for said in (prepared.get("crop_size"), prepared.get("size"), getattr(config, "image_size", None)):
        if isinstance(said, int):
            return said
        if isinstance(said, dict) and (side := said.get("height") or said.get("shortest_edge")):
            return int(side)
    return 224


def _width(model: Any, size: int) -> int:
    try:
        with torch.no_grad():
            feature_map = HubFeatures(model.eval())(torch.zeros(1, 3, size, size))
    except (TypeError, ValueError, RuntimeError, AttributeError) as error:
        raise BrokenContract("source", f"this is no model of pictures: {_first_line(error)}") from error
    return int(feature_map.shape[1])


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
