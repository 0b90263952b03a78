"""The data behind the pools, as package registries give it: fetched once, without root, and kept in var/."""

import gzip
import io
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import numpy.typing as npt
from PIL import Image

from ml.arrays import Embeddings
from ml.backbones.catalogue import lite0
from ml.inference.embedding import Source, embed
from ml.inference.export import export_backbone
from ml.inference.session import open_session

CACHE = Path(__file__).parents[2] / "var" / "bench-savings"
FASHION, ISLP = "dataset-fashion-mnist", "islp==0.6.0"
FASHION_CLASSES = (
    "T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Boot",
)  # fmt: skip
FASHION_PER_CLASS = 2_000
FASHION_SIZE, CELLS_SIZE = 96, 160

Table = tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]
"""(n, d) features and which rows are of the rare class."""


class NoSource(Exception):
    """A data set cannot be had on this machine."""


def fashion() -> tuple[Embeddings, npt.NDArray[np.int64]]:
    """The first 2,000 pictures of each class of Fashion-MNIST (Debian's package; MIT), embedded."""
    images, labels = _fashion_pictures()
    rows = np.sort(np.concatenate([np.flatnonzero(labels == c)[:FASHION_PER_CLASS] for c in range(10)]))
    embeddings = _embedded("fashion", FASHION_SIZE, [_png(image) for image in images[rows]])
    return embeddings, labels[rows].astype(np.int64)


def solar_cells() -> tuple[Embeddings, npt.NDArray[np.float64]]:
    """Every cell of elpv-dataset (CC-BY-NC-SA-4.0, non-commercial), embedded, and its grade of defect, 0 to 1."""
    package = find_spec("elpv_dataset")
    if package is None or package.origin is None:
        raise NoSource("elpv-dataset is not installed: make install")
    folder = Path(package.origin).parent / "data"
    lines = [line.split() for line in (folder / "labels.csv").read_text().splitlines() if line.strip()]
    embeddings = _embedded("cells", CELLS_SIZE, [folder / name for name, *_ in lines])
    return embeddings, np.array([float(grade) for _, grade, *_ in lines])


def credit_default() -> Table:
    """ISLP's Default (simulated): student, balance, income; 3.3% default."""
    header, *rows = _islp("Default")
    student, balance, income = (header.index(name) for name in ("student", "balance", "income"))
    features = [(row[student] == "Yes", float(row[balance]), float(row[income])) for row in rows]
    return np.array(features, np.float64), np.array([row[header.index("default")] == "Yes" for row in rows])


def caravan() -> Table:
    """ISLP's Caravan: 85 traits of 5,822 customers; 6.0% bought the insurance."""
    header, *rows = _islp("Caravan")
    wanted = header.index("Purchase")
    features = [[float(cell) for number, cell in enumerate(row) if number != wanted] for row in rows]
    return np.array(features), np.array([row[wanted] == "Yes" for row in rows])


def _fashion_pictures() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Debian's package is unpacked, not installed."""
    folder = CACHE / FASHION
    if not folder.exists():
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            raise NoSource(f"{FASHION} is a package of Debian, and this machine has no apt-get")
        fresh = CACHE / f"{FASHION}.part"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        _run(["apt-get", "download", "-qq", FASHION], cwd=fresh)
        [archive] = fresh.glob("*.deb")
        _run(["dpkg-deb", "--extract", str(archive), str(fresh)], cwd=fresh)
        archive.unlink()
        fresh.rename(folder)
    data = folder / "usr/share/datasets/fashion-mnist"
    images = _idx(data / "train-images-idx3-ubyte.gz", offset=16).reshape(-1, 28, 28)
    return images, _idx(data / "train-labels-idx1-ubyte.gz", offset=8)


def _idx(path: Path, *, offset: int) -> npt.NDArray[np.uint8]:
    return np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=offset)


def _islp(name: str) -> list[list[str]]:
    """A CSV file of the package's wheel: its own dependencies are many, and none is needed to read it."""
    folder = CACHE / "islp"
    if not list(folder.glob("*.whl")):
        _run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), ISLP],
            cwd=folder.parent,
        )
    [wheel] = folder.glob("*.whl")
    with ZipFile(wheel) as archive:
        lines = archive.read(f"ISLP/data/{name}.csv").decode().splitlines()
    return [[cell.strip('"') for cell in line.split(",")] for line in lines]


def _embedded(name: str, size: int, sources: Sequence[Source]) -> Embeddings:
    """By the project's own backbone, for pictures of `size` pixels a side."""
    kept = CACHE / f"{name}-{size}.npy"
    if not kept.exists():
        print(f"embedding {len(sources):,} pictures for {kept}", flush=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        graph = CACHE / f"lite0-{size}.onnx"
        spec = lite0(size)
        export_backbone(spec.build(), spec.preprocessing, graph)
        found = embed(open_session(graph, threads=1), sources, threads=2)
        np.save(kept.with_suffix(".part.npy"), found)
        kept.with_suffix(".part.npy").rename(kept)
    embeddings: Embeddings = np.load(kept)
    return embeddings


def _png(image: npt.NDArray[np.uint8]) -> Source:
    def open_it() -> io.BytesIO:
        content = io.BytesIO()
        Image.fromarray(image).save(content, "PNG")
        content.seek(0)
        return content

    return open_it


def _run(command: list[str], *, cwd: Path) -> None:
    cwd.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        raise NoSource(f"{' '.join(command[:3])}: {done.stderr.strip()[-200:]}")
