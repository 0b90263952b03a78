"""The bundle: unzipped anywhere, it says what the model says."""

import io
import json
import os
import subprocess
import sys
from zipfile import ZipFile

import numpy as np
import onnx
import pytest
from PIL import Image

from ml.evaluation.cascade import cascaded, gaps
from ml.evaluation.decisions import decide
from ml.inference.bundle import Graph, write_bundle
from ml.inference.embedding import read
from ml.inference.export import attach_head
from ml.inference.quantization import to_int8
from ml.inference.session import PREPROCESSING_KEY, open_session

CLASSES = ("good", "cracked", "dirty")
COSTS = [[0.0, 5.0, 1.0], [100.0, 0.0, 10.0], [3.0, 3.0, 0.0]]
CARD = {"name": "Cells v3", "version": 3, "expected_cost": {"value": 1.5, "low": 1.0, "high": 2.0}}


@pytest.fixture
def graph(backbone_file, head, tmp_path):
    attach_head(backbone_file, head, CLASSES, tmp_path / "model.onnx")
    return tmp_path / "model.onnx"


@pytest.fixture
def pictures(make_pictures, tmp_path):
    """Of every kind that decoding treats in a way of its own."""
    noise = np.random.default_rng(3).integers(0, 255, (90, 130, 4), np.uint8)
    kinds = {
        "clear.png": Image.fromarray(noise),
        "grey.png": Image.fromarray(noise[..., 0]),
        "palette.gif": Image.fromarray(noise[..., :3]).convert("P"),
        "deep.png": Image.fromarray(noise[..., 0].astype(np.uint16) * 16),
        "float.tiff": Image.fromarray(noise[..., 0].astype(np.float32) / 255),
        "large.jpg": Image.fromarray(noise[..., :3]).resize((900, 700)),
    }
    for name, picture in kinds.items():
        picture.save(tmp_path / name)
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.fromarray(noise[..., :3]).save(tmp_path / "turned.jpg", exif=turned)
    return [*make_pictures(3), *(tmp_path / name for name in [*kinds, "turned.jpg"])]


def unpacked(folder, *graphs):
    packed = io.BytesIO()
    write_bundle(packed, graphs, costs=COSTS, card=CARD)
    ZipFile(packed).extractall(folder)
    return folder


def run(folder, *paths):
    """The bundle's own program, which knows nothing of this checkout."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    command = [sys.executable, "-I", str(folder / "predict.py"), *map(str, paths)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def probabilities(graph, pictures):
    session = open_session(graph, threads=1)
    images = [read(path, session.preprocessing)[None] for path in pictures]
    return np.concatenate([session.run(image, ["probabilities"])["probabilities"] for image in images])


def test_it_says_what_the_model_says_of_pictures_of_every_kind(graph, pictures, tmp_path):
    folder = unpacked(tmp_path / "elsewhere", Graph("model", graph, None))
    done = run(folder, *pictures)
    assert done.stderr == ""
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    expected = probabilities(graph, pictures)
    found = np.array([[line["probabilities"][name] for name in CLASSES] for line in lines])
    assert np.allclose(found, expected, atol=1e-6)
    assert [line["decision"] for line in lines] == [CLASSES[c] for c in decide(expected, np.array(COSTS))]
    assert [line["picture"] for line in lines] == [str(path) for path in pictures]


def test_a_cascade_asks_the_full_model_about_what_it_doubts(
    graph, backbone_file, head, pictures, make_pictures, tmp_path
):
    """Each has pictures prepared as it needs them."""
    to_int8(backbone_file, make_pictures(16), tmp_path / "small.onnx")
    small = onnx.load(tmp_path / "small.onnx")
    (prepared,) = (entry for entry in small.metadata_props if entry.key == PREPROCESSING_KEY)
    prepared.value = json.dumps({"size": 64, "mean": 0.4, "std": 0.5})
    onnx.save(small, tmp_path / "small.onnx")
    attach_head(tmp_path / "small.onnx", head, CLASSES, tmp_path / "cheap.onnx")
    cheap, full = (probabilities(path, pictures) for path in (tmp_path / "cheap.onnx", graph))
    threshold = float(np.median(gaps(cheap, np.array(COSTS))))
    folder = unpacked(
        tmp_path / "elsewhere", Graph("cheap", tmp_path / "cheap.onnx", threshold), Graph("model", graph, None)
    )
    lines = [json.loads(line) for line in run(folder, *pictures).stdout.splitlines()]
    found = np.array([[line["probabilities"][name] for name in CLASSES] for line in lines])
    assert np.allclose(found, cascaded(cheap, full, np.array(COSTS), threshold=threshold), atol=1e-6)
    assert {line["by"] for line in lines} == {"cheap.onnx", "model.onnx"}


def test_a_damaged_bundle_does_not_run(graph, pictures, tmp_path):
    folder = unpacked(tmp_path / "elsewhere", Graph("model", graph, None))
    content = bytearray((folder / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "model.onnx").write_bytes(content)
    done = run(folder, pictures[0])
    assert done.returncode == 1
    assert "model.onnx is not as it was packed." in done.stderr


def test_it_holds_all_there_is_to_know(graph, tmp_path):
    folder = unpacked(tmp_path / "elsewhere", Graph("model", graph, None))
    bundle = json.loads((folder / "bundle.json").read_text())
    assert bundle["classes"] == [*CLASSES]
    assert bundle["costs"] == COSTS
    assert bundle["steps"][0]["preprocessing"] == {"size": 64, "mean": 0.5, "std": 0.5}
    assert bundle["model"] == CARD
    readme = (folder / "README.md").read_text()
    assert "| cracked | 100 | 0 | 10 |" in readme
    assert {line.split(">=")[0] for line in (folder / "requirements.txt").read_text().splitlines()} == {
        "onnxruntime",
        "numpy",
        "pillow",
    }


def test_its_program_imports_nothing_of_ours(graph, tmp_path):
    folder = unpacked(tmp_path / "elsewhere", Graph("model", graph, None))
    imported = {
        line.split()[1].split(".")[0]
        for line in (folder / "predict.py").read_text().splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imported == {"hashlib", "json", "sys", "pathlib", "typing", "numpy", "onnxruntime", "PIL"}
