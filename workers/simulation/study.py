"""What the arms of every seed share: the pictures, their embeddings, and the pictures that judge the models.

The judges never enter a project. They are a quarter of the demo's cells, and all the defective cells that the demo
leaves out, each counted by as much as its grade is frequent in the demo: many rare cells make the judgement steady.
"""

import json
import shutil
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
from django.conf import settings

from heedful.demo.cells import Cell, cells, left_out, linked
from heedful.demo.project import SEED
from heedful.pool.artifacts import record, recorded, shard_address
from heedful.pool.models import ShardArtifact, Source
from heedful.pool.services import add_source
from heedful.projects.models import Project
from heedful.registry.backbones import serving_backbone
from heedful.triggers.loop import Step, advance
from ml.arrays import Costs, Embeddings
from ml.evaluation.decisions import decide
from ml.heads import LinearHead
from ml.inference.embedding import embed
from workers.files import CORES, session
from workers.simulation.loop import work

# Half of the experts and more call such a cell defective.
DEFECTIVE_FROM = 0.5
JUDGES_SHARE = 0.25
EMBEDDINGS = ShardArtifact.Kind.EMBEDDINGS


@dataclass(frozen=True, slots=True)
class Judge:
    """A picture that no project holds. `weight`: how much it counts; all of them together 1."""

    path: str
    defective: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Pictures:
    """`truth`: name in the pool's folder → whether it is defective."""

    folder: str
    truth: dict[str, bool]
    judges: list[Judge]


def demo_pictures(folder: Path) -> Pictures:
    """Three quarters of the demo's cells as the pool, linked into `folder`; the others judge."""
    demo = cells(seed=SEED)
    apart = set(Random(SEED).sample(range(len(demo)), int(len(demo) * JUDGES_SHARE)))  # noqa: S311
    pool = [cell for place, cell in enumerate(demo) if place not in apart]
    grades = linked(pool, folder)
    judges = [demo[place] for place in sorted(apart)] + left_out(seed=SEED)
    return Pictures(
        str(folder), {name: grade >= DEFECTIVE_FROM for name, grade in grades.items()}, _weighed(judges, demo)
    )


def _weighed(judges: list[Cell], demo: list[Cell]) -> list[Judge]:
    frequent, present = (Counter(cell.grade for cell in some) for some in (demo, judges))
    return [
        Judge(str(one.path), one.grade >= DEFECTIVE_FROM, frequent[one.grade] / len(demo) / present[one.grade])
        for one in judges
    ]


def prepare(project: Project, pictures: Pictures) -> None:
    """Import and embed the pool of the first project as the loop does, embed the judges, and note the pictures."""
    Project.objects.filter(pk=project.pk).update(autopilot=False)
    add_source(project=project, kind=Source.Kind.FOLDER, name="pictures", address=pictures.folder)
    while advance(project_id=project.pk) != Step.PAUSED:
        work(project.pk)
    backbone = serving_backbone(project)
    assert backbone is not None
    embedded = embed(session(backbone.address, threads=1), [Path(one.path) for one in pictures.judges], threads=CORES)
    np.save(settings.HEEDFUL_HOME / "judges.npy", embedded)
    (settings.HEEDFUL_HOME / "pictures.json").write_text(json.dumps(asdict(pictures)))


def noted_pictures() -> Pictures:
    noted = json.loads((settings.HEEDFUL_HOME / "pictures.json").read_text())
    return Pictures(noted["folder"], noted["truth"], [Judge(**one) for one in noted["judges"]])


def share_pool(project: Project, first: Project, pictures: Pictures) -> None:
    """Import the pool into another project, and take over the embeddings of the same pictures."""
    add_source(project=project, kind=Source.Kind.FOLDER, name="pictures", address=pictures.folder)
    work(project.pk)
    backbone = serving_backbone(first)
    assert backbone is not None
    there = recorded(project_id=first.pk, kind=EMBEDDINGS, producer=backbone.key)
    for shard, twin in zip(project.shards.order_by("number"), first.shards.order_by("number"), strict=True):
        hashes = [list(one.samples.order_by("row").values_list("content_hash")) for one in (shard, twin)]
        assert hashes[0] == hashes[1], "the same folder was read in another order"
        target = Path(shard_address(shard, EMBEDDINGS, backbone.key).removeprefix("file://"))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(there[twin.pk].removeprefix("file://"), target)
        record(shard, EMBEDDINGS, backbone.key)


@dataclass(frozen=True, slots=True)
class Court:
    """The judges as arrays."""

    embeddings: Embeddings
    defective: npt.NDArray[np.bool_]
    weights: npt.NDArray[np.float64]
    costs: Costs

    def expected_cost(self, head: LinearHead) -> float:
        """What the head's decisions cost a sample, were the judges as frequent as their kind is in the pool."""
        decided = decide(head.probabilities(self.embeddings), self.costs)
        return float(self.weights @ self.costs[self.defective.astype(np.int64), decided])

    def without_model(self) -> float:
        """What the cheapest decision that is the same for every sample costs."""
        share = float(self.weights @ self.defective)
        return float((np.array([1 - share, share]) @ self.costs).min())


def court(project: Project, pictures: Pictures) -> Court:
    return Court(
        embeddings=np.load(settings.HEEDFUL_HOME / "judges.npy"),
        defective=np.array([one.defective for one in pictures.judges]),
        weights=np.array([one.weight for one in pictures.judges]),
        costs=np.array(project.cost_matrix(), np.float64),
    )
