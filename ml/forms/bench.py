"""What every form of a model is held against: pictures of the pool, gold with its labels, and the gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ml.arrays import Costs, Embeddings, Indices, Labels, Probabilities
from ml.evaluation.decisions import decide
from ml.evaluation.faithfulness import Admission, Gate, admit
from ml.heads import LinearHead
from ml.inference.embedding import Source
from ml.training.calibration import cross_calibrated

GATE = Gate()
# Pictures of the pool: the first calibrate the integers' ranges, these and more fit the head anew, and others yet are
# those on which decisions are compared.
RANGES, FITTED, COMPARED = 48, 384, 256


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures, and what the full backbone says of them."""

    sources: Sequence[Source]
    embeddings: Embeddings


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """backbone, graph: files of the full model, of which `head` is the head. group: (c,), where classes are one in
    evaluation; `costs` then say so, too. labels, groups: (n,), of gold.
    """

    backbone: Path
    graph: Path
    head: LinearHead
    classes: Sequence[str]
    costs: Costs
    group: Indices
    fitting: Pictures
    compared: Pictures
    gold: Pictures
    labels: Labels
    groups: npt.NDArray[np.generic]
    seed: int
    threads: int

    def judged(self, head: LinearHead, embeddings: Embeddings) -> Probabilities:
        """Of gold, each sample as it would be had it not calibrated the head; in the same folds for all."""
        return cross_calibrated(head.logits(embeddings), self.labels, self.groups, self.rng())

    def rng(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)

    def admission(self, full: "Candidate", decided: Indices, compared: Probabilities) -> Admission:
        """Of a form with these decisions on gold and these probabilities of the compared pictures."""
        before, after = (self.group[decide(one, self.costs)] for one in (full.compared, compared))
        return admit(
            decide(full.gold, self.costs),
            decided,
            self.labels,
            self.costs,
            same=(int((before == after).sum()), len(before)),
            gate=GATE,
            rng=self.rng(),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A graph with what it says: `gold` as judged, `compared` as it would be served."""

    graph: Path
    gold: Probabilities
    compared: Probabilities
    recipe: str

    @property
    def size(self) -> int:
        return self.graph.stat().st_size
