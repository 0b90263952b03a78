"""Float maps as pictures.

A map is divided by its own highest value, so the hottest cell is always fully coloured and colours of two
pictures do not compare; a map of zeros stays without colour. Opacity follows the value: cold cells leave
the picture as it is.
"""

from io import BytesIO
from pathlib import Path
from typing import IO, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from ml.arrays import FloatMap
from ml.errors import require_finite
from ml.inference.preprocessing import open_picture

# "Inferno" by van der Walt and Smith (public domain), at every tenth; colours between are interpolated.
_INFERNO_STOPS = "000004 160b39 420a68 6a176e 932667 bc3754 dd513a f37819 fca50a f6d746 fcffa4"

_QUALITY = 80
_MORE, _LESS = np.array((230, 97, 1)), np.array((33, 102, 220))


def _inferno() -> npt.NDArray[np.uint8]:
    """(256, 3)"""
    stops = np.array([list(bytes.fromhex(stop)) for stop in _INFERNO_STOPS.split()], np.float64)
    at = np.linspace(0, len(stops) - 1, 256)
    channels = [np.interp(at, np.arange(len(stops)), stops[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


INFERNO = _inferno()


def overlay(
    picture: Path | IO[bytes],
    float_map: FloatMap,
    *,
    longest_side: int = 640,
    strength: float = 0.7,
    image_format: Literal["WEBP", "JPEG"] = "WEBP",
) -> bytes:
    """The picture with the map over it, encoded. strength: opacity of the hottest cell, 0..1.

    Raises UnreadablePicture, NotFinite.
    """
    base = open_picture(picture, at_least=longest_side)
    base.thumbnail((longest_side, longest_side))
    layer = _layer(float_map, base.size, strength)
    base.paste(layer, mask=layer.getchannel("A"))
    return _encode(base, image_format)


def heat_layer(float_map: FloatMap, size: tuple[int, int]) -> bytes:
    """The map alone as a WebP with transparency, (width, height) pixels: to lay over the plain picture.
    Raises NotFinite.
    """
    return _encode(_layer(float_map, size, strength=1.0), "WEBP")


def difference_layer(first: FloatMap, second: FloatMap, size: tuple[int, int]) -> bytes:
    """Where the first map is hotter (orange), and where the second (blue), as a WebP with transparency: two colours
    that people with any colour vision tell apart. Each map is divided by its own highest value first; both are (h, w).
    Raises NotFinite."""
    apart = normalised(first) - normalised(second)
    whole = np.clip(np.asarray(Image.fromarray(apart).resize(size, Image.Resampling.BICUBIC)), -1, 1)
    colours = np.where((whole > 0)[:, :, None], _MORE, _LESS).astype(np.uint8)
    opacity = (np.abs(whole) * 255).round().astype(np.uint8)
    return _encode(Image.fromarray(np.dstack((colours, opacity))), "WEBP")


def normalised(float_map: FloatMap) -> FloatMap:
    """0..1: divided by the highest value; negative cells and a map without any positive cell become 0."""
    require_finite("map", float_map)
    positive = np.maximum(float_map, 0)
    peak = positive.max(initial=0.0)
    return np.asarray(positive / peak if peak > 0 else positive, np.float32)


def _layer(float_map: FloatMap, size: tuple[int, int], strength: float) -> Image.Image:
    small = Image.fromarray(normalised(float_map))
    heat = np.clip(np.asarray(small.resize(size, Image.Resampling.BICUBIC)), 0, 1)
    colours = INFERNO[(heat * 255).round().astype(np.uint8)]
    opacity = (heat * (255 * strength)).round().astype(np.uint8)
    return Image.fromarray(np.dstack((colours, opacity)))


def _encode(picture: Image.Image, image_format: str) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, image_format, quality=_QUALITY)
    return buffer.getvalue()
