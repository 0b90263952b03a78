"""Pictures changed a little at random, so that a deep run learns from more than the few that are labeled.

A transform takes a picture's pixels and gives as many, of the same kind; how far it goes follows the strength, 0..1.
Those that are safe change what a second photograph of the same thing may change. The others turn some pictures into
ones that another label would fit: mirrored text, a part that is upside down, a colour that is the class. A project
allows them one by one. NumPy and Pillow alone, so that a preview shows what training sees.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from ml.arrays import Pixels

Change = Callable[[Pixels, float, np.random.Generator], Pixels]

_REACH = 0.08
_CONTRAST, _BRIGHTNESS = 0.25, 30.0
_NOISE = 8.0
_BLUR = 1.2
_HUE = 32.0
_MOST_KEPT = 8_000
"""Pictures whose features are kept in memory at once, views of the same counted each."""


@dataclass(frozen=True, slots=True)
class Transform:
    """may_break: whether it can turn a picture into one of another class."""

    change: Change
    may_break: bool = False


def shift_and_scale(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    """Up to 8% each; what comes in from outside is the picture's own edge, mirrored."""
    size, reach = len(pixels), _REACH * strength
    side, (left, top) = size * (1 + rng.uniform(-reach, reach)), size * rng.uniform(-reach, reach, 2)
    room = math.ceil(2 * reach * size) + 1
    wide = np.pad(pixels, ((room, room), (room, room), (0, 0)), mode="reflect")
    start = room + (size - side) / 2
    box = (start + left, start + top, start + left + side, start + top + side)
    return np.asarray(Image.fromarray(wide).resize((size, size), Image.Resampling.BILINEAR, box=box))


def light(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    factor = 1 + strength * rng.uniform(-_CONTRAST, _CONTRAST)
    brighter = strength * rng.uniform(-_BRIGHTNESS, _BRIGHTNESS)
    mean = pixels.mean()
    return _rounded((pixels - mean) * factor + mean + brighter)


def noise(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    """One grain for all channels: a grey picture stays grey."""
    grain = rng.standard_normal((*pixels.shape[:2], 1)) * rng.uniform(0, _NOISE * strength)
    return _rounded(pixels + grain)


def blur(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    radius = rng.uniform(0, _BLUR * strength)
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(radius)))


def mirror(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    return pixels[:, ::-1] if rng.random() < 0.5 else pixels


def upside_down(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    return pixels[::-1] if rng.random() < 0.5 else pixels


def quarter_turns(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    return np.rot90(pixels, int(rng.integers(4)))


def hue(pixels: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    """Around the circle of colours, by up to an eighth of it; grey stays grey."""
    coloured = np.array(Image.fromarray(np.ascontiguousarray(pixels)).convert("HSV"))
    moved = coloured[..., 0].astype(np.int64) + round(strength * rng.uniform(-_HUE, _HUE))
    coloured[..., 0] = moved % 256
    return np.asarray(Image.fromarray(coloured, "HSV").convert("RGB"))


TRANSFORMS: Mapping[str, Transform] = {
    "shift_and_scale": Transform(shift_and_scale),
    "light": Transform(light),
    "blur": Transform(blur),
    "noise": Transform(noise),
    "mirror": Transform(mirror, may_break=True),
    "upside_down": Transform(upside_down, may_break=True),
    "quarter_turns": Transform(quarter_turns, may_break=True),
    "hue": Transform(hue, may_break=True),
}
SAFE = tuple(name for name, one in TRANSFORMS.items() if not one.may_break)


@dataclass(frozen=True, slots=True)
class Augmentation:
    """transforms: names of TRANSFORMS, made in the order of that list. views: how many versions of a picture a run
    learns from, the picture itself being the first.
    """

    transforms: tuple[str, ...] = ()
    strength: float = 0.5
    views: int = 8

    def __post_init__(self) -> None:
        if unknown := set(self.transforms) - TRANSFORMS.keys():
            raise ValueError(f"There is no transform {', '.join(sorted(unknown))}.")
        if not 0 < self.strength <= 1 or self.views < 1:
            raise ValueError("Strength is above 0 and at most 1, and there is one view at least.")

    def views_of(self, n: int) -> int:
        """Of each of n pictures: fewer where all of them together would fill the memory."""
        return min(self.views, max(_MOST_KEPT // max(n, 1), 2)) if self.transforms else 1

    def view(self, pixels: Pixels, seed: Sequence[int]) -> Pixels:
        """The version of these pixels that belongs to this seed, always the same; they themselves without
        transforms.
        """
        rng = np.random.default_rng(seed)
        for name, one in TRANSFORMS.items():
            if name in self.transforms:
                pixels = one.change(pixels, self.strength, rng)
        return np.ascontiguousarray(pixels)


NONE = Augmentation()


def candidates(allowed: Sequence[str]) -> dict[str, Augmentation]:
    """What a search tries beside nothing. allowed: of the transforms that may break labels."""
    tried = {"light": Augmentation(SAFE, 0.5), "medium": Augmentation(SAFE, 1.0)}
    if allowed:
        tried["light, and what is allowed"] = Augmentation((*SAFE, *allowed), 0.5)
    return tried


def _rounded(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
