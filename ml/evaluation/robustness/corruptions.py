"""Pictures made worse as cameras and people make them, in five severities (after Hendrycks & Dietterich, 2019).

On pixels as a model sees them, (s, s, 3) uint8; severity 1..5, the same for the same seed.
"""

import io
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageEnhance, ImageFilter
from scipy import ndimage

from ml.arrays import Pixels

SEVERITIES = (1, 2, 3, 4, 5)

Corruption = Callable[[Pixels, int, np.random.Generator], Pixels]


def _noise(pixels: Pixels, severity: int, rng: np.random.Generator) -> Pixels:
    spread = (8, 14, 22, 34, 50)[severity - 1]
    return _clipped(pixels + rng.normal(0, spread, pixels.shape))


def _blur(pixels: Pixels, severity: int, rng: np.random.Generator) -> Pixels:
    radius = (0.004, 0.008, 0.014, 0.02, 0.03)[severity - 1] * pixels.shape[0]
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(radius)))


def _brightness(pixels: Pixels, severity: int, rng: np.random.Generator) -> Pixels:
    shift = (0.08, 0.14, 0.2, 0.28, 0.38)[severity - 1] * rng.choice((-1, 1))
    return _clipped(pixels + 255 * shift)


def _contrast(pixels: Pixels, severity: int, rng: np.random.Generator) -> Pixels:
    left = (0.75, 0.6, 0.45, 0.3, 0.18)[severity - 1]
    return np.asarray(ImageEnhance.Contrast(Image.fromarray(pixels)).enhance(left))


def _jpeg(pixels: Pixels, severity: int, rng: np.random.Generator) -> Pixels:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=(40, 25, 16, 10, 6)[severity - 1])
    return np.asarray(Image.open(stream).convert("RGB"))


def _occlusion(pixels: Pixels, severity: int, rng: np.random.Generator) -> Pixels:
    side = pixels.shape[0]
    size = max(round(side * (0.1, 0.16, 0.22, 0.3, 0.4)[severity - 1]), 1)
    top, left = rng.integers(0, side - size + 1, 2)
    hidden = pixels.copy()
    hidden[top : top + size, left : left + size] = 127
    return hidden


def _shift(pixels: Pixels, severity: int, rng: np.random.Generator) -> Pixels:
    by = pixels.shape[0] * (0.03, 0.06, 0.1, 0.15, 0.2)[severity - 1]
    angle = rng.uniform(0, 2 * np.pi)
    moved = ndimage.shift(pixels, (by * np.sin(angle), by * np.cos(angle), 0), order=1, mode="nearest")
    return np.asarray(moved, np.uint8)


def _rotation(pixels: Pixels, severity: int, rng: np.random.Generator) -> Pixels:
    angle = (3, 6, 10, 16, 25)[severity - 1] * rng.choice((-1, 1))
    return np.asarray(ndimage.rotate(pixels, angle, reshape=False, order=1, mode="nearest"), np.uint8)


CORRUPTIONS: Mapping[str, Corruption] = {
    "noise": _noise,
    "blur": _blur,
    "brightness": _brightness,
    "contrast": _contrast,
    "JPEG": _jpeg,
    "occlusion": _occlusion,
    "shift": _shift,
    "rotation": _rotation,
}


def corrupted(pixels: Pixels, name: str, severity: int, rng: np.random.Generator) -> Pixels:
    """(s, s, 3) -> the same, worse. severity: 1..5."""
    return CORRUPTIONS[name](pixels, severity, rng)


def _clipped(values: npt.NDArray[np.float64]) -> Pixels:
    return np.clip(values, 0, 255).astype(np.uint8)
