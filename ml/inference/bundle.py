"""A model as one zip that runs without us: graphs, how to prepare pictures, classes, costs, a card, checksums, and a
program that needs only onnxruntime, numpy and pillow.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_STORED, ZipFile

from ml.inference.session import open_session

RUNNER = Path(__file__).with_name("runner.py")
NEEDED = ("onnxruntime", "numpy", "pillow")


@dataclass(frozen=True, slots=True)
class Graph:
    """A deployable graph. Pictures of which it is less sure than `threshold` go on to the next; the last has none."""

    name: str
    path: Path
    threshold: float | None


def write_bundle(
    file: IO[bytes], graphs: Sequence[Graph], *, costs: Sequence[Sequence[float]], card: Mapping[str, Any]
) -> None:
    """card: what else there is to know of the model, as JSON can hold it. Raises NotAModelFile."""
    sessions = [open_session(graph.path, threads=1) for graph in graphs]
    bundle = {
        "steps": [
            {
                "file": f"{graph.name}.onnx",
                "threshold": graph.threshold,
                "preprocessing": asdict(session.preprocessing),
            }
            for graph, session in zip(graphs, sessions, strict=True)
        ],
        "classes": list(sessions[-1].classes),
        "costs": [list(row) for row in costs],
        "model": dict(card),
    }
    contents = {
        **{f"{graph.name}.onnx": graph.path.read_bytes() for graph in graphs},
        "bundle.json": json.dumps(bundle, indent=2).encode(),
        "predict.py": RUNNER.read_bytes(),
        "requirements.txt": "".join(f"{name}>={version(name)}\n" for name in NEEDED).encode(),
        "README.md": _readme(bundle).encode(),
    }
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in contents.items())
    # Weights do not compress.
    with ZipFile(file, "w", ZIP_STORED) as archive:
        for name, content in {**contents, "SHA256SUMS": sums.encode()}.items():
            archive.writestr(name, content)


def _readme(bundle: Mapping[str, Any]) -> str:
    """The card as a page: what is known of the model, and what a mistake costs."""
    classes = bundle["classes"]
    sides = {step["preprocessing"]["size"]: None for step in bundle["steps"]}
    sizes = " or ".join(f"{side} × {side}" for side in sides)
    facts = "".join(f"| {name.replace('_', ' ')} | {_cell(value)} |\n" for name, value in bundle["model"].items())
    costs = "".join(
        f"| {name} | {' | '.join(f'{cost:g}' for cost in row)} |\n"
        for name, row in zip(classes, bundle["costs"], strict=True)
    )
    return (
        f"# {bundle['model'].get('name', 'Model')}\n\n"
        "    pip install -r requirements.txt\n    python predict.py picture.png another.jpg\n\n"
        "Each line of the answer names the decision that is expected to cost least, and the probability of each"
        f" class.\nPictures are squeezed to {sizes} pixels.\n\n"
        f"| | |\n|---|---|\n{facts}\n"
        f"What a mistake costs (row: true class, column: what it is called):\n\n"
        f"| | {' | '.join(classes)} |\n|---|{'---|' * len(classes)}\n{costs}"
    )


def _cell(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")
