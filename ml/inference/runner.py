"""Classifies pictures with the model that lies beside this file: python predict.py PICTURE...

Needs onnxruntime, numpy and pillow. Writes a line of JSON a picture: how to call it so that mistakes are expected to
cost least, how likely each class is, and which graph said so.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

HERE = Path(__file__).parent


def pixels(path: str, size: int, mean: float, std: float) -> np.ndarray[Any, Any]:
    with Image.open(path) as file:
        file.draft("RGB", (size, size))
        picture = ImageOps.exif_transpose(file)
    if picture.mode[0] in "IF":  # 16 or 32 bits: to 8, by the smallest usual depth that holds the brightest value
        values = np.asarray(picture).astype(np.float32)
        peak = values.max()
        depth = next((2**bits - 1 for bits in (8, 10, 12, 14, 16) if peak < 2**bits), peak)
        full = 1 if picture.mode == "F" and peak <= 1 else depth
        picture = Image.fromarray(np.clip(values * np.float32(255 / full), 0, 255).astype(np.uint8))
    elif picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    square = picture.convert("RGB").resize((size, size), Image.Resampling.BILINEAR, reducing_gap=2.0)
    scaled = np.asarray(square, np.float32).transpose(2, 0, 1) * np.float32(1 / (255 * std)) - np.float32(mean / std)
    return np.ascontiguousarray(scaled)[None]


def predict(bundle: dict[str, Any], sessions: list[Any], path: str) -> dict[str, Any]:
    costs = np.array(bundle["costs"])
    for step, session in zip(bundle["steps"], sessions, strict=True):
        image = pixels(path, **step["preprocessing"])
        (probabilities,) = session.run(["probabilities"], {"image": image})
        expected = probabilities[0].astype(np.float64) @ costs
        best, second = np.sort(expected)[:2]
        if step["threshold"] is None or second - best >= step["threshold"]:
            break
    shares = dict(zip(bundle["classes"], probabilities[0].tolist(), strict=True))
    called = bundle["classes"][int(expected.argmin())]
    return {"picture": path, "decision": called, "probabilities": shares, "by": step["file"]}


def main(paths: list[str]) -> None:
    for line in (HERE / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        if hashlib.sha256((HERE / name).read_bytes()).hexdigest() != digest:
            sys.exit(f"{name} is not as it was packed.")
    bundle = json.loads((HERE / "bundle.json").read_text())
    sessions = [onnxruntime.InferenceSession(str(HERE / step["file"])) for step in bundle["steps"]]
    for path in paths:
        sys.stdout.write(json.dumps(predict(bundle, sessions, path)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
