"""What a version says of gold, as it was judged: of each sample by a calibration that did not see it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heedful.pool.models import Sample
from heedful.quality.services import LabeledSample, labeled_samples
from heedful.registry.models import ModelVersion
from ml.arrays import Embeddings, Images, Labels, Probabilities
from ml.inference.embedding import read
from ml.inference.preprocessing import Preprocessing
from ml.training.calibration import cross_calibrated
from workers.files import gather, head, shard_embeddings, source
from workers.labeled import groups_of, labels_of


@dataclass(frozen=True, slots=True)
class Judged:
    """n labeled samples, what a version says of each, and their embeddings under its backbone."""

    samples: list[LabeledSample]
    probabilities: Probabilities
    embeddings: Embeddings

    @property
    def labels(self) -> Labels:
        return labels_of(self.samples)


def on_gold(model: ModelVersion) -> Judged:
    gold = labeled_samples(project_id=model.project_id, role=Sample.Role.GOLD)
    embeddings = embedded(model, gold)
    logits = head(model.head_address).logits(embeddings)
    # As the gate does, so that the figures are the verdict's.
    rng = np.random.default_rng(model.run.seed)
    return Judged(gold, cross_calibrated(logits, labels_of(gold), groups_of(gold), rng), embeddings)


def embedded(model: ModelVersion, samples: list[LabeledSample]) -> Embeddings:
    return gather(shard_embeddings(model.project_id, model.backbone.key), [(one.shard_id, one.row) for one in samples])


def opinions(model: ModelVersion, samples: Sequence[Sample]) -> Probabilities:
    """(n, c): what it says of samples whose embeddings are there."""
    if not samples:
        return np.empty((0, 0), np.float32)
    places = [(one.shard_id, one.row) for one in samples]
    embeddings = gather(
        shard_embeddings(model.project_id, model.backbone.key),
        places,  # type: ignore[arg-type]  # what is embedded lies in a shard
    )
    return head(model.head_address).probabilities(embeddings)


def prepared(samples: list[LabeledSample], preprocessing: Preprocessing) -> Images:
    """(n, 3, s, s). Raises UnreadablePicture."""
    return np.stack([read(source(one.address), preprocessing) for one in samples])


def drawn(labels: Labels, most: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Rows of at most so many samples, as evenly over the classes as they allow, in order."""
    waiting = [rng.permutation(np.flatnonzero(labels == label)).tolist() for label in np.unique(labels)]
    found: list[int] = []
    while any(waiting) and len(found) < most:
        for rows in waiting:
            if rows and len(found) < most:
                found.append(rows.pop())
    return np.sort(np.array(found, np.int64))
