"""What stands for “nothing there”: what hides parts of a picture shows it, and gradients are integrated from it."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy.ndimage import gaussian_filter

from ml.arrays import Images
from ml.explain.method import Setting, SettingKind
from ml.inference.preprocessing import Preprocessing

_BLUR = 1 / 16
"""Of the side: the blur's standard deviation, at which no object is told apart."""


def _grey_level(level: float) -> Callable[[Images, Preprocessing], Images]:
    def filled(image: Images, preprocessing: Preprocessing) -> Images:
        return np.full_like(image, (level - preprocessing.mean) / preprocessing.std)

    return filled


def _mean(image: Images, preprocessing: Preprocessing) -> Images:
    return np.broadcast_to(image.mean(axis=(1, 2), keepdims=True), image.shape).astype(np.float32)


def blurred(image: Images, preprocessing: Preprocessing) -> Images:
    sigma = image.shape[-1] * _BLUR
    return np.asarray(gaussian_filter(image, (0, sigma, sigma), mode="nearest"), np.float32)


_FILLS: Mapping[str, Callable[[Images, Preprocessing], Images]] = {
    "grey": _grey_level(0.5),
    "black": _grey_level(0.0),
    "white": _grey_level(1.0),
    "mean": _mean,
    "blurred": blurred,
}


def fill_setting(name: str, title: str, default: str, use: str) -> Setting:
    return Setting(name, title, SettingKind.CHOICE, default, use, choices=tuple(_FILLS))


def fill_of(name: str, image: Images, preprocessing: Preprocessing) -> Images:
    """(3, s, s): the picture with nothing in it. name: grey, black, white, mean (of this picture), blurred."""
    return _FILLS[name](image, preprocessing)
