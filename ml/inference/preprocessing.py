"""From picture bytes to the numbers a backbone expects.

A picture is squeezed to a square, never cropped: a defect in a corner must stay in the picture, and a heat
map can be laid over the whole picture by stretching it back.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from ml.arrays import Images, Pixels
from ml.errors import UnreadablePicture

_DEEP_MODES = {"I", "F", "I;16", "I;16L", "I;16B", "I;16N"}
_BIT_DEPTHS = (8, 10, 12, 14, 16)


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """Pictures become size x size; each value v in 0..1 becomes (v - mean) / std."""

    size: int
    mean: float
    std: float


def decode(source: Path | IO[bytes], preprocessing: Preprocessing) -> Images:
    """Read one picture as (3, size, size) float32. Raises UnreadablePicture."""
    return normalised(squeezed(source, preprocessing.size), preprocessing)


def squeezed(source: Path | IO[bytes], size: int) -> Pixels:
    """Raises UnreadablePicture."""
    picture = open_picture(source, at_least=size).resize((size, size), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(picture)


def normalised(pixels: Pixels, preprocessing: Preprocessing) -> Images:
    values = pixels.astype(np.float32).transpose(2, 0, 1)
    scale = np.float32(1 / (255 * preprocessing.std))
    return np.ascontiguousarray(values * scale - np.float32(preprocessing.mean / preprocessing.std))


def open_picture(source: Path | IO[bytes], *, at_least: int | None = None) -> Image.Image:
    """The picture upright and in RGB. Raises UnreadablePicture.

    at_least: a JPEG larger than this many pixels on its shorter side is decoded at a half, quarter or
    eighth of its size, which is several times faster; other formats are decoded in full.
    """
    try:
        with Image.open(source) as picture:
            if at_least is not None:
                picture.draft("RGB", (at_least, at_least))
            picture.load()
            return _to_rgb(ImageOps.exif_transpose(picture))
    except UnidentifiedImageError as error:
        raise UnreadablePicture(f"{getattr(source, 'name', 'picture')}: not a picture in a known format") from error
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        # Pillow's plugins raise SyntaxError and ValueError for broken files of some formats.
        raise UnreadablePicture(f"{getattr(source, 'name', 'picture')}: {error}") from error


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode in _DEEP_MODES:
        return Image.fromarray(_to_eight_bits(np.asarray(picture))).convert("RGB")
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return picture.convert("RGB")


def _to_eight_bits(values: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    """Scale by the smallest usual bit depth that holds the brightest value.

    A detector's 12 bits often come in a 16-bit file; dividing by 65,535 would make such a picture black, and
    stretching each picture to its own darkest and brightest value would hide how bright it is.
    """
    levels = values.astype(np.float32)
    peak = float(levels.max(initial=0.0))
    if not np.isfinite(levels).all():
        raise ValueError("a pixel is not a finite number")
    if values.dtype.kind == "f" and peak <= 1.0:
        full = 1.0
    else:
        full = float(next((2**bits - 1 for bits in _BIT_DEPTHS if peak < 2**bits), peak))
    return np.clip(levels * (255 / full), 0, 255).astype(np.uint8)
