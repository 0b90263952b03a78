"""A version's mistakes as its report tells them: drawn, put together, and beside what the version had learned from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from heedful.pool.models import Sample
from heedful.quality.services import LabeledSample
from heedful.registry.models import ModelVersion
from ml.arrays import Indices, Labels, Probabilities
from ml.evaluation.decisions import decide
from ml.evaluation.mistakes import Cluster, in_common, nearest
from ml.explain.catalogue import find
from ml.explain.method import Target
from workers.files import CORES, explained
from workers.judged import Judged, embedded
from workers.maps import Picture, keep_maps_of_many
from workers.samples import named
from workers.terms import Terms

NEIGHBOURS = 4
LEAST_TO_SHARE = 3


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """What a version makes of n labeled samples. costs: of each decision."""

    judged: Judged
    labels: Labels
    decisions: Labels
    costs: npt.NDArray[np.float64]
    wrong: npt.NDArray[np.bool_]
    samples: Mapping[int, Sample]

    @classmethod
    def of(cls, judged: Judged, terms: Terms) -> "Decided":
        labels, decisions = judged.labels, decide(judged.probabilities, terms.costs)
        return cls(
            judged=judged,
            labels=labels,
            decisions=decisions,
            costs=terms.costs[labels, decisions],
            # Confusing classes that are one in evaluation is no mistake.
            wrong=terms.evaluation[labels] != terms.evaluation[decisions],
            samples=Sample.objects.select_related("source").in_bulk([one.sample_id for one in judged.samples]),
        )

    def sureness(self, rows: Indices) -> Probabilities:
        """The probability of what was decided."""
        return self.judged.probabilities[rows, self.decisions[rows]]

    def sample(self, row: int) -> Sample:
        return self.samples[self.judged.samples[row].sample_id]

    def mistakes(self) -> Indices:
        """Their rows, first those that were dear and that the version was sure of: by cost times sureness."""
        rows = np.flatnonzero(self.wrong)
        weight = self.costs[rows] * self.sureness(rows)
        return np.asarray(rows[np.lexsort((-self.sureness(rows), -weight))], np.int64)

    def narrowly_right(self, most: int) -> Indices:
        """The rows of what was right and least sure."""
        rows = np.flatnonzero(~self.wrong)
        return rows[np.argsort(self.sureness(rows), kind="stable")][:most]


def told(decided: Decided, row: int) -> dict[str, Any]:
    probabilities = decided.judged.probabilities[row]
    label, called = int(decided.labels[row]), int(decided.decisions[row])
    return {
        **named(decided.sample(row)),
        "label": label,
        "predicted": called,
        "probability": float(probabilities[called]),
        "of_label": float(probabilities[label]),
        "cost": float(decided.costs[row]),
    }


def maps_of(
    model: ModelVersion, decided: Decided, rows: Sequence[int], on_progress: Callable[[int, int], None]
) -> list[dict[str, str]]:
    """What speaks for what each was called, and for what it is."""
    opened, method = explained(model.graph_address, threads=CORES), find("activation")
    asked = [
        (Picture.of(decided.sample(row)), [Target(int(decided.decisions[row])), Target(int(decided.labels[row]))])
        for row in rows
    ]
    kept = keep_maps_of_many(opened, model.content_hash, method, asked, on_progress=on_progress)
    return [{"heat_address": called.heat_address, "label_heat_address": right.heat_address} for called, right in kept]


def neighbours_of(
    model: ModelVersion, decided: Decided, rows: Sequence[int], learned: Sequence[LabeledSample]
) -> list[list[dict[str, Any]]]:
    """What the version had learned from that is most like each, the nearest first."""
    if not learned or not rows:
        return [[] for _ in rows]
    places, distances = nearest(decided.judged.embeddings[list(rows)], embedded(model, list(learned)), NEIGHBOURS)
    samples = Sample.objects.in_bulk({learned[place].sample_id for place in places.ravel().tolist()})
    return [
        [
            {**named(samples[learned[place].sample_id]), "label": learned[place].position, "distance": float(apart)}
            for place, apart in zip(near.tolist(), away.tolist(), strict=True)
            if learned[place].sample_id in samples
        ]
        for near, away in zip(places, distances, strict=True)
    ]


def cluster_told(
    group: Cluster, decided: Decided, mistakes: Indices, classes: Sequence[str], columns: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    rows = [int(mistakes[row]) for row in group.rows]
    return {
        "size": len(rows),
        "cost": float(decided.costs[rows].sum()),
        "representative": decided.judged.samples[int(mistakes[group.representative])].sample_id,
        "sentence": _shared(decided, rows, classes, columns),
    }


def _shared(decided: Decided, rows: Sequence[int], classes: Sequence[str], columns: Mapping[str, Sequence[str]]) -> str:
    pairs = [f"{classes[decided.labels[row]]} called {classes[decided.decisions[row]]}" for row in rows]
    commonest = max(sorted(set(pairs)), key=pairs.count)
    count = pairs.count(commonest)
    said = [f"All {commonest}" if count == len(rows) else f"{count} of {len(rows)} {commonest}"]
    for column, values in columns.items():
        shared = in_common(values, rows)
        if shared and len(rows) >= LEAST_TO_SHARE:
            said.append(f"{shared[1]:.0%} have {column} {shared[0]}, {shared[2]:.0%} of all do")
    return "; ".join(said[:3]) + "."
