"""The demo's pictures: solar cells with graded defects, thinned to the imbalance of a real production line.

The pictures are those of the elpv-dataset package (Deitsch et al., 2019; CC-BY-NC-SA-4.0, non-commercial). They are
read where that package lies and never copied.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from random import Random

from heedful.core.errors import InvalidInput

GOOD, DEFECTIVE = "good", "defective"
DEFECTS = 130
NOTICE = (
    "Demo: the experts are simulated. They answer in Label Studio with the known labels of the data set, so that you"
    " can watch the loop; you can label beside them. Pictures: elpv-dataset, CC-BY-NC-SA-4.0, non-commercial use only."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """`grade`: the share of experts who call the cell defective, 0 to 1."""

    path: Path
    grade: float


def cells(*, seed: int) -> list[Cell]:
    """Every good cell, and so many with a defect that they are about 8% of all."""
    every = _every()
    good = [cell for cell in every if cell.grade == 0]
    graded = [cell for cell in every if cell.grade > 0]
    return sorted(good + Random(seed).sample(graded, DEFECTS), key=lambda cell: cell.path)  # noqa: S311


def left_out(*, seed: int) -> list[Cell]:
    """The cells with a defect that `cells` has no place for."""
    chosen = {cell.path for cell in cells(seed=seed)}
    return [cell for cell in _every() if cell.path not in chosen]


def _every() -> list[Cell]:
    folder = _folder()
    return [_cell(folder, line) for line in (folder / "labels.csv").read_text().splitlines() if line.strip()]


def _folder() -> Path:
    package = find_spec("elpv_dataset")
    if package is None or package.origin is None:
        raise InvalidInput("The demo needs its pictures: `pip install elpv-dataset`.")
    return Path(package.origin).parent / "data"


def _cell(folder: Path, line: str) -> Cell:
    name, grade, _ = line.split()
    return Cell(folder / name, float(grade))


def linked(chosen: list[Cell], folder: Path) -> Mapping[str, float]:
    """Make a folder of links to the chosen pictures; returns name → grade."""
    folder.mkdir(parents=True, exist_ok=True)
    for cell in chosen:
        link = folder / cell.path.name
        if not link.exists():
            link.unlink(missing_ok=True)
            link.symlink_to(cell.path)
    return {cell.path.name: cell.grade for cell in chosen}
