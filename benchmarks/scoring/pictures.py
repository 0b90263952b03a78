"""Pictures to score: those of a real data set where it is installed, and JPEGs made by seed."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter


def picture_sets(folder: Path, count: int) -> Mapping[str, list[Path]]:
    """Two sets of `count` pictures, by what they are: small ones, and ones of a camera's size."""
    package = find_spec("elpv_dataset")
    if package and package.origin:
        cells = sorted((Path(package.origin).parent / "data" / "images").glob("*.png"))[:count]
        small = {"solar cells, PNG 300x300": cells}
    else:
        small = {"made, JPEG 300x300": make_jpegs(folder / "small", count, (300, 300))}
    return {**small, "made, JPEG 1024x768": make_jpegs(folder / "large", count, (1024, 768))}


def make_jpegs(folder: Path, count: int, size: tuple[int, int]) -> list[Path]:
    """Blurred noise under a little sharp noise: about as many bytes as a photograph of that size."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    width, height = size
    paths = [folder / f"{number}.jpg" for number in range(count)]
    for path in paths:
        shapes = Image.fromarray(rng.integers(0, 256, (height // 32, width // 32, 3), np.uint8))
        smooth = shapes.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))
        grain = rng.normal(0, 4, (height, width, 1))
        Image.fromarray(np.clip(np.asarray(smooth) + grain, 0, 255).astype(np.uint8)).save(path, quality=88)
    return paths
