"""Pictures that no model should be sure of: of nothing, of its own samples in disorder, and of other things."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits, load_sample_images

from ml.arrays import Pixels

LEAST_CROP = 0.3
"""Of a photograph's shorter side."""


def of_nothing(side: int, rng: np.random.Generator) -> Mapping[str, Pixels]:
    """Noise of each pixel and of patches, flat fields, and a gradient; each (side, side, 3)."""
    patches = rng.integers(0, 256, (8, 8, 3), np.uint8)
    along = np.linspace(0, 255, side)
    made = {
        "noise": rng.integers(0, 256, (side, side, 3), np.uint8),
        "patches": np.asarray(Image.fromarray(patches).resize((side, side), Image.Resampling.NEAREST)),
        "gradient": np.broadcast_to(along[None, :, None], (side, side, 3)).astype(np.uint8),
    }
    flat = {"black": 0, "grey": 127, "white": 255}
    made |= {name: np.full((side, side, 3), level, np.uint8) for name, level in flat.items()}
    colour = rng.integers(0, 256, 3)
    return {**made, "one colour": np.broadcast_to(colour, (side, side, 3)).astype(np.uint8)}


def scrambled(pixels: Pixels, rng: np.random.Generator, *, cells: int = 8) -> Pixels:
    """Its parts in another order: the same colours and textures, and no object."""
    step = pixels.shape[0] // cells
    parts = [pixels[r * step : (r + 1) * step, c * step : (c + 1) * step] for r in range(cells) for c in range(cells)]
    order = rng.permutation(len(parts))
    rows = [np.concatenate([parts[order[r * cells + c]] for c in range(cells)], axis=1) for r in range(cells)]
    mixed = Image.fromarray(np.concatenate(rows))
    return np.asarray(mixed.resize((pixels.shape[0], pixels.shape[0]), Image.Resampling.NEAREST))


def of_other_things(side: int, rng: np.random.Generator) -> Mapping[str, Pixels]:
    """A handwritten digit and a part of a photograph, each (side, side, 3): from the data that scikit-learn brings."""
    digits, photographs = _digits(), _photographs()
    digit = Image.fromarray(digits[rng.integers(len(digits))])
    photograph = photographs[rng.integers(len(photographs))]
    height, width, _ = photograph.shape
    size = int(min(height, width) * rng.uniform(LEAST_CROP, 1))
    top, left = rng.integers(height - size + 1), rng.integers(width - size + 1)
    crop = Image.fromarray(photograph[top : top + size, left : left + size])
    return {
        "handwritten digit": np.asarray(digit.resize((side, side), Image.Resampling.BICUBIC).convert("RGB")),
        "photograph": np.asarray(crop.resize((side, side), Image.Resampling.BICUBIC)),
    }


@cache
def _digits() -> Pixels:
    """(n, 8, 8)."""
    return np.asarray(load_digits().images * (255 / 16), np.uint8)


@cache
def _photographs() -> list[Pixels]:
    return [np.asarray(one, np.uint8) for one in load_sample_images().images]
