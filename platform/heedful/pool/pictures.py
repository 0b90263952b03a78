"""Is this file a picture that can be trained on? Decided before it costs anybody money."""

import hashlib
import struct
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from PIL import ExifTags, Image, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF")
FIRST_ON_ITS_SIDE = 5
"""Of the ways in which EXIF says a picture is to be turned, those from here on change width and height over."""
# What Pillow's decoders raise on damaged content, by format.
DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    struct.error,
    IndexError,
)


class Refused(Exception):
    """Why a file cannot join the pool, in words for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """width, height: as people see it, turned as its camera says."""

    content_hash: str
    width: int
    height: int


def inspect_picture(stream: IO[bytes]) -> Picture:
    """Hash and fully decode a picture. Raises Refused when it is none, is damaged, or is too large to decode safely."""
    digest = hashlib.sha256()
    while chunk := stream.read(2**20):
        digest.update(chunk)
    if stream.tell() == 0:
        raise Refused("The file is empty.")
    stream.seek(0)
    with warnings.catch_warnings():
        # Sizes are checked here against our own limit; damage shows as an exception.
        warnings.simplefilter("ignore")
        return Picture(digest.hexdigest(), *_decoded_size(stream))


def _decoded_size(stream: IO[bytes]) -> tuple[int, int]:
    try:
        with Image.open(stream, formats=FORMATS) as image:
            width, height = image.size
            if width * height > settings.MAX_IMAGE_PIXELS:
                raise Refused(
                    f"{width} × {height} pixels is more than the {settings.MAX_IMAGE_PIXELS:,} that are allowed."
                )
            image.load()
            turned = image.getexif().get(ExifTags.Base.Orientation, 1) >= FIRST_ON_ITS_SIDE
            return (height, width) if turned else (width, height)
    except UnidentifiedImageError as error:
        raise Refused(f"Not a picture in a known format ({', '.join(FORMATS)}).") from error
    except Image.DecompressionBombError as error:
        raise Refused("The picture claims a size that is not safe to decode.") from error
    except DAMAGE as error:
        raise Refused(f"The picture is damaged or cut short: {error}.") from error
