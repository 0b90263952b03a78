"""Which pixels are the object, as the column `mask` of a table of pictures says: the path, beside the table, of a
picture of the same size in which all that is not black is the object."""

import io
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter, ImageOps

from heedful.pool.models import Sample
from heedful.pool.pictures import FORMATS, Refused, inspect_picture
from heedful.pool.sources import TABLES

COLUMN = "mask"
OUTLINE = 400
"""The outline is a line of so many to the longer side."""

Mask = npt.NDArray[np.bool_]


def mask_path(sample: Sample) -> Path | None:
    """None where nobody drew one. Raises Refused that says what is wrong with the path. `source` must be loaded."""
    name = str(sample.metadata.get(COLUMN) or "").strip()
    if not name or sample.source.kind not in TABLES:
        return None
    folder = Path(sample.source.address).parent.resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise Refused(f"The path of its mask, “{name[:60]}”, leads out of the table's folder.")
    if not path.is_file():
        raise Refused(f"There is no mask “{name[:60]}”.")
    return path


def mask_of(sample: Sample) -> Mask | None:
    """(height, width) of the picture, True on the object; None where nobody drew one. Raises Refused."""
    path = mask_path(sample)
    if path is None:
        return None
    with path.open("rb") as stream:
        try:
            found = inspect_picture(stream)
        except Refused as refused:
            raise Refused(f"Its mask, {path.name}: {refused}") from refused
    if (found.width, found.height) != (sample.width, sample.height):
        raise Refused(
            f"Its mask, {path.name}, is {found.width} × {found.height} pixels and the picture {sample.width} ×"
            f" {sample.height}: save it as large as the picture."
        )
    with Image.open(path, formats=FORMATS) as file:
        image = ImageOps.exif_transpose(file)
        # Of a palette the place counts, as segmentations number their objects.
        drawn = np.asarray(image if image.mode in ("1", "L", "P", "I", "F", "I;16") else image.convert("RGB"))
    mask: Mask = np.any(drawn.reshape(*drawn.shape[:2], -1), axis=2)
    if not mask.any():
        raise Refused(f"Its mask, {path.name}, is black all over: leave the column empty where there is no object.")
    return mask


def outline(mask: Mask) -> bytes:
    """A transparent PNG to lay over the picture: around the object a white line between black ones."""
    line = max(max(mask.shape) // OUTLINE, 1)
    grown = [Image.fromarray(mask.astype(np.uint8))]
    for _ in range(3):
        grown.append(grown[-1].filter(ImageFilter.MaxFilter(2 * line + 1)))
    inner, white, outer = (np.asarray(larger) > np.asarray(smaller) for smaller, larger in pairwise(grown))
    drawn = np.zeros((*mask.shape, 4), np.uint8)
    drawn[inner | outer] = (0, 0, 0, 255)
    drawn[white] = 255
    stream = io.BytesIO()
    Image.fromarray(drawn).save(stream, "PNG")
    return stream.getvalue()
