"""One picture, looked at through one method: what a model calls it, and a map for each of its likeliest classes."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from heedful.core import artifacts
from ml.arrays import FloatMap
from ml.explain.method import Method, Settings, Target
from ml.explain.model import ExplainedModel
from ml.explain.render import INFERNO, normalised
from ml.inference.embedding import pixels
from ml.inference.preprocessing import normalised as prepared
from ml.inference.preprocessing import open_picture
from workers.maps import KeptMap, Picture, keep_maps

PICTURES = ("input", "prepared", "example")
"""What of a look is a picture; the last not of every method."""
SHOWN_SIDE = 1280
PNG_SIDE = 640


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be done to each picture. settings: checked. top: how many of the likeliest classes; classes: these
    ones instead, by their place."""

    model: ExplainedModel
    model_hash: str
    method: Method
    settings: Settings
    top: int
    classes: tuple[int, ...] = ()


def looked_at(look: Look, picture: Picture) -> dict[str, Any]:
    """In the form of `heedful.inspection.looking`, but its pictures are WebP. Raises UnreadablePicture,
    NotExplainable."""
    size = look.model.preprocessing.size
    seen = pixels(picture.source, size)
    image = prepared(seen, look.model.preprocessing)
    probabilities = look.model.scores(image[None], "probabilities")[0]
    ranked = np.argsort(-probabilities, kind="stable")[: look.top]
    targets = [Target(int(place)) for place in (look.classes or ranked)]
    kept = keep_maps(look.model, look.model_hash, look.method, picture, targets, look.settings)
    example = look.method.example(seen, look.settings)
    return {
        "width": picture.width,
        "height": picture.height,
        "input": encoded(_shown(picture), "WEBP"),
        "prepared": encoded(Image.fromarray(seen), "WEBP"),
        "example": None if example is None else encoded(Image.fromarray(example), "WEBP"),
        "maps": [_told(look, one, picture, float(probabilities[one.target.index])) for one in kept],
    }


def _told(look: Look, kept: KeptMap, picture: Picture, probability: float) -> Mapping[str, Any]:
    float_map = kept.load()
    png = kept.map_address.removesuffix(".npy") + ".png"
    if not artifacts.exists(png):
        artifacts.write(png, _png(float_map, picture))
    return {
        "index": kept.target.index,
        "name": look.model.classes[kept.target.index],
        "probability": probability,
        "map_address": kept.map_address,
        "heat_address": kept.heat_address,
        "png_address": png,
        "lowest": float(float_map.min()),
        "highest": float(float_map.max()),
    }


def _png(float_map: FloatMap, picture: Picture) -> bytes:
    """The map alone, in full colour, in the shape of the picture."""
    scale = PNG_SIDE / max(picture.width, picture.height)
    size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
    heat = np.clip(np.asarray(Image.fromarray(normalised(float_map)).resize(size, Image.Resampling.BICUBIC)), 0, 1)
    return encoded(Image.fromarray(INFERNO[(heat * 255).round().astype(np.uint8)]), "PNG")


def _shown(picture: Picture) -> Image.Image:
    """As people see it: upright, and in colours that any browser shows."""
    with picture.source() if callable(picture.source) else picture.source.open("rb") as stream:
        shown = open_picture(stream, at_least=SHOWN_SIDE)
    shown.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    return shown


def encoded(picture: Image.Image, image_format: str) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, image_format, quality=90)
    return stream.getvalue()
