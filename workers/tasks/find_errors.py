"""Why a version is wrong: its mistakes on gold and on what was labeled since it was trained. The report's body:

currency, classes           of the project; classes by name, in order
merged                      (c,): the group of each class; those of one group are one in evaluation
labels_mark                 of the labels that it was made of (`quality.services.labels_mark`)
learned                     samples that the version had learned from
sets                        `gold`, and `since` where there is any; of each:
    size
    confusion, money        (c, c): counts, and what those cost; row: true class
    samples                 the mistakes, first the dear ones that the version was sure of, and some of what was
                            right, the least sure first, each: sample_id, name, width, height, picture_address, label,
                            predicted (places of classes), probability (of what was predicted), of_label, cost, cluster
                            (place, None if right), and of those that were drawn: heat_address, label_heat_address
                            (what speaks for either; else None), neighbours (sample_id, name, width, height,
                            picture_address, label, distance: what it had learned from, the nearest first)
    right, more             what was right; mistakes that are not listed
    clusters                size, cost, representative (sample_id), sentence
    reliability             low, high, size, said, right (interval)
    columns                 name, and values: value, size, error, cost (intervals)
    worst                   slices found: conditions, size, error, cost, rest, worse (interval), p
    tried                   how many slices were
suspected                   labels that may be wrong: sample_id, name, width, height, picture_address, label, of_label
                            (its probability), suggested, probability, may_ask (whether it may be asked about again)
checked, unchecked          so many labels were; what of the pool was not, and why
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from heedful.pool.models import Sample
from heedful.quality.services import LabeledSample, labeled_samples, labels_mark, read_snapshot
from heedful.registry.models import ModelReport, ModelVersion
from heedful.registry.reports import record_report
from ml.evaluation.mistakes import clusters_of
from ml.evaluation.reliability import reliability
from ml.evaluation.slices import Slice, slices_of, worst
from workers.doubted import doubted_labels
from workers.files import head
from workers.judged import Judged, embedded, on_gold
from workers.mistakes import Decided, cluster_told, maps_of, neighbours_of, told
from workers.running import RunningJob
from workers.samples import columns_of
from workers.tasks.trust import version_of
from workers.terms import Terms

MOST_LISTED, MOST_DRAWN, MOST_RIGHT = 1000, 150, 40
MOST_WORST = 10


def find_errors(running: RunningJob) -> None:
    model = version_of(running)
    mark = labels_mark(model.project_id)
    learned = read_snapshot(model.run.snapshot)
    sets = {"gold": on_gold(model), "since": _since(model, learned)}
    body: dict[str, Any] = {
        "currency": model.project.budget.currency,
        "classes": [one.name for one in model.project.classes()],
        "merged": Terms.of(model.run).evaluation.tolist(),
        "labels_mark": mark,
        "learned": len(learned),
        "sets": {name: _set(running, model, one, learned) for name, one in sets.items() if one.samples},
    }
    doubted = doubted_labels(model, sets["gold"], lambda done, total: running.progress(done, total, "labels checked"))
    record_report(model_id=model.pk, kind=ModelReport.Kind.ERRORS, body={**body, **doubted})


def _since(model: ModelVersion, learned: Sequence[LabeledSample]) -> Judged:
    """What was labeled since: the version has not seen its labels."""
    known = {one.sample_id for one in learned}
    pool = labeled_samples(project_id=model.project_id, role=Sample.Role.POOL)
    fresh = [one for one in pool if one.sample_id not in known] if learned else []
    embeddings = embedded(model, fresh) if fresh else np.empty((0, 1), np.float32)
    return Judged(fresh, head(model.head_address).probabilities(embeddings) if fresh else embeddings, embeddings)


def _set(running: RunningJob, model: ModelVersion, judged: Judged, learned: Sequence[LabeledSample]) -> dict[str, Any]:
    terms = Terms.of(model.run)
    decided = Decided.of(judged, terms)
    classes = [one.name for one in model.project.classes()]
    counts = np.zeros(terms.costs.shape, np.int64)
    np.add.at(counts, (decided.labels, decided.decisions), 1)
    mistakes = decided.mistakes()
    groups = clusters_of(judged.embeddings[mistakes], np.random.default_rng(model.run.seed))
    columns = columns_of([decided.sample(row) for row in range(len(decided.labels))])
    found = slices_of(columns, decided.wrong, decided.costs)
    return {
        "size": len(decided.labels),
        "confusion": counts.tolist(),
        "money": (counts * terms.costs).tolist(),
        "samples": _samples(running, model, decided, learned, groups),
        "right": int((~decided.wrong).sum()),
        "more": max(len(mistakes) - MOST_LISTED, 0),
        "clusters": [cluster_told(group, decided, mistakes, classes, columns) for group in groups],
        "reliability": [asdict(one) for one in reliability(judged.probabilities, decided.labels)],
        "columns": [*_by_class(decided, terms, classes), *_by_column(found)],
        "worst": [asdict(one) for one in worst(found)][:MOST_WORST],
        "tried": len(found),
    }


def _samples(
    running: RunningJob,
    model: ModelVersion,
    decided: Decided,
    learned: Sequence[LabeledSample],
    groups: Sequence[Any],
) -> list[dict[str, Any]]:
    mistakes, right = decided.mistakes(), decided.narrowly_right(MOST_RIGHT)
    listed = [*mistakes[:MOST_LISTED].tolist(), *right.tolist()]
    drawn = [*mistakes[:MOST_DRAWN].tolist(), *right.tolist()]
    cluster = {int(mistakes[row]): place for place, group in enumerate(groups) for row in group.rows}
    maps = maps_of(model, decided, drawn, lambda done, total: running.progress(done, total, "heatmaps"))
    beside = neighbours_of(model, decided, drawn, learned)
    known = {row: {**heat, "neighbours": near} for row, heat, near in zip(drawn, maps, beside, strict=True)}
    bare: dict[str, Any] = {"heat_address": None, "label_heat_address": None, "neighbours": None}
    return [{**told(decided, row), "cluster": cluster.get(row), **known.get(row, bare)} for row in listed]


def _by_class(decided: Decided, terms: Terms, classes: Sequence[str]) -> list[dict[str, Any]]:
    """By the true class, those that are one in evaluation together. Some are dearer to miss by their nature, so that
    classes are no slices to be found."""
    names = [
        " or ".join(name for name, own in zip(classes, terms.evaluation, strict=True) if own == group)
        for group in terms.evaluation
    ]
    values = {"class": [names[label] for label in decided.labels]}
    return _by_column(slices_of(values, decided.wrong, decided.costs, pairs=False))


def _by_column(found: Sequence[Slice]) -> list[dict[str, Any]]:
    columns: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        if len(one.conditions) == 1:
            ((column, value),) = one.conditions
            said = {"value": value, "size": one.size, "error": asdict(one.error), "cost": asdict(one.cost)}
            columns.setdefault(column, []).append(said)
    return [
        {"name": name, "values": sorted(values, key=lambda one: str(one["value"]))}
        for name, values in sorted(columns.items())
    ]
