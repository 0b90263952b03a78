from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ml.errors import UnreadablePicture
from ml.inference.preprocessing import Preprocessing, decode, open_picture

PLAIN = Preprocessing(size=32, mean=0.0, std=1.0)


def _file(picture: Image.Image, image_format: str, **options: object) -> BytesIO:
    buffer = BytesIO()
    picture.save(buffer, image_format, **options)
    buffer.seek(0)
    return buffer


def _halves(dark: int, bright: int) -> Image.Image:
    """Left half dark, right half bright."""
    pixels = np.full((80, 120), dark, np.uint8)
    pixels[:, 60:] = bright
    return Image.fromarray(pixels)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "YCbCr"])
def test_a_picture_decodes_alike_in_every_colour_mode(mode):
    decoded = decode(_file(_halves(40, 200).convert(mode), "JPEG", quality=95), PLAIN)
    assert decoded.shape == (3, 32, 32)
    assert decoded.dtype == np.float32
    assert np.allclose(decoded[:, :, :12], 40 / 255, atol=0.03)
    assert np.allclose(decoded[:, :, -12:], 200 / 255, atol=0.03)


@pytest.mark.parametrize("mode", ["1", "P"])
def test_bitmaps_and_palettes_become_colours(mode):
    decoded = decode(_file(_halves(0, 255).convert(mode), "PNG"), PLAIN)
    assert decoded[:, :, :12].max() == 0
    assert decoded[:, :, -12:].min() == 1


@pytest.mark.parametrize("peak", [255, 4095, 65535])
def test_a_sixteen_bit_file_is_scaled_by_the_bits_it_uses(peak):
    pixels = np.zeros((40, 40), np.uint16)
    pixels[:, 20:] = peak
    decoded = decode(_file(Image.fromarray(pixels), "PNG"), PLAIN)
    assert decoded[:, :, -8:].min() == pytest.approx(1.0)
    assert decoded[:, :, :8].max() == pytest.approx(0.0)


def test_transparent_pixels_are_white():
    layer = Image.new("RGBA", (40, 40), (10, 20, 30, 0))
    assert decode(_file(layer, "PNG"), PLAIN).min() == pytest.approx(1.0)


def test_a_rotated_photo_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it upright
    upright = decode(_file(_halves(0, 255), "JPEG", exif=exif), PLAIN)
    assert upright[:, :10].mean() < 0.1
    assert upright[:, -10:].mean() > 0.9


def test_a_large_jpeg_decoded_small_looks_like_the_whole():
    waves = np.sin(np.linspace(0, 12, 1600))[None] * np.cos(np.linspace(0, 9, 1200))[:, None]
    photo = Image.fromarray(((waves + 1) * 127).astype(np.uint8)).convert("RGB")
    whole = np.asarray(photo.resize((32, 32), Image.Resampling.BILINEAR), np.float32).transpose(2, 0, 1) / 255
    drafted = _file(photo, "JPEG", quality=95)
    assert open_picture(drafted, at_least=32).size < photo.size
    drafted.seek(0)
    assert np.abs(decode(drafted, PLAIN) - whole).mean() < 0.01


def test_mean_and_std_are_applied():
    white = _file(Image.new("RGB", (9, 9), "white"), "PNG")
    assert decode(white, Preprocessing(size=32, mean=0.5, std=0.25)).mean() == pytest.approx(2.0)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_not_a_picture_is_refused(content, tmp_path):
    path = tmp_path / "file.png"
    path.write_bytes(content)
    with pytest.raises(UnreadablePicture, match=r"file\.png"):
        decode(path, PLAIN)


def test_a_truncated_picture_is_refused(tmp_path):
    whole = _file(_halves(0, 255).resize((400, 400)), "JPEG").getvalue()
    with pytest.raises(UnreadablePicture):
        decode(BytesIO(whole[: len(whole) // 2]), PLAIN)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UnreadablePicture):
        decode(Path(tmp_path / "gone.png"), PLAIN)


def test_a_decompression_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(UnreadablePicture):
        decode(_file(Image.new("L", (80, 80)), "PNG"), PLAIN)
