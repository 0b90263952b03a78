"""Why a version is wrong: its mistakes on gold and on what was labeled since it was trained. The report's body:

currency, classes           of the project; classes by name, in order
sets                        `gold`, and `since` where there is any; of each:
    size
    confusion, money        (c, c): counts, and what those cost; row: true class
    samples                 the mistakes, the dearest first, and some of what was right, the least sure first, each:
                            sample_id, name, width, height, picture_address, label, predicted (places of classes),
                            probability (of what was predicted), of_label, cost, heat_address, label_heat_address
                            (what speaks for either), cluster (place, None if right), neighbours (sample_id, name,
                            picture_address, label, distance: what it had learned from, the nearest first)
    more                    mistakes that are not listed
    clusters                size, cost, representative (sample_id), sentence
    reliability             low, high, size, said, right (interval)
    columns                 name, and values: value, size, error, cost (intervals)
    worst                   slices found: conditions, size, error, cost, rest, p; and tried: how many were
suspected                   labels that may be wrong: sample_id, name, width, height, picture_address, label,
                            suggested, probability, may_ask (whether it may be asked about again)
checked                     so many labels were
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from heedful.pool.models import Sample
from heedful.quality.services import LabeledSample, asked_again, labeled_samples, read_snapshot
from heedful.registry.models import ModelReport, ModelVersion
from heedful.registry.reports import record_report
from ml.arrays import Labels, Probabilities
from ml.evaluation.decisions import decide
from ml.evaluation.mistakes import clusters_of, in_common, nearest, suspected
from ml.evaluation.reliability import reliability
from ml.evaluation.slices import LEAST, slices_of, worst
from ml.explain.catalogue import find
from ml.explain.method import Target
from ml.training.head import HeadConfig
from ml.training.splits import fewest_groups_of_a_class, stratified_group_folds
from workers.files import CORES, explained, head
from workers.judged import Judged, embedded, on_gold
from workers.labeled import groups_of, labels_of
from workers.maps import Picture, keep_maps
from workers.running import RunningJob
from workers.samples import columns_of, named
from workers.tasks.trust import version_of
from workers.terms import Terms, learn_head

MOST_MISTAKES, MOST_RIGHT = 150, 40
NEIGHBOURS = 4
MOST_SUSPECTED = 24
MOST_CHECKED = 4000
FOLDS = 5


def find_errors(running: RunningJob) -> None:
    model = version_of(running)
    learned = read_snapshot(model.run.snapshot) if model.run.snapshot.address else []
    sets = {"gold": on_gold(model), "since": _since(model, learned)}
    found = {name: one for name, one in sets.items() if one.samples}
    running.progress(1, 3, "stages: mistakes")
    body: dict[str, Any] = {
        "currency": model.project.budget.currency,
        "classes": [one.name for one in model.project.classes()],
        "sets": {name: _set(running, model, one, learned) for name, one in found.items()},
    }
    running.progress(2, 3, "stages: labels that may be wrong")
    suspects, checked = _suspected(model, sets["gold"])
    record_report(
        model_id=model.pk, kind=ModelReport.Kind.ERRORS, body={**body, "suspected": suspects, "checked": checked}
    )


def _since(model: ModelVersion, learned: Sequence[LabeledSample]) -> Judged:
    """What was labeled since: the version has not seen its labels."""
    known = {one.sample_id for one in learned}
    pool = labeled_samples(project_id=model.project_id, role=Sample.Role.POOL)
    fresh = [one for one in pool if one.sample_id not in known] if learned else []
    embeddings = embedded(model, fresh) if fresh else np.empty((0, 1), np.float32)
    return Judged(fresh, head(model.head_address).probabilities(embeddings) if fresh else embeddings, embeddings)


def _set(running: RunningJob, model: ModelVersion, judged: Judged, learned: Sequence[LabeledSample]) -> dict[str, Any]:
    terms = Terms.of(model.run)
    labels, decided = judged.labels, decide(judged.probabilities, terms.costs)
    costs = terms.costs[labels, decided]
    counts = np.zeros(terms.costs.shape, np.int64)
    np.add.at(counts, (labels, decided), 1)
    # Confusing classes that are one in evaluation is no mistake.
    wrong = terms.evaluation[labels] != terms.evaluation[decided]
    mistakes = np.flatnonzero(wrong)
    mistakes = mistakes[np.argsort(-costs[mistakes] - judged.probabilities[mistakes].max(axis=1), kind="stable")]
    right = np.flatnonzero(~wrong)
    right = right[np.argsort(judged.probabilities[right].max(axis=1), kind="stable")][:MOST_RIGHT]
    samples = Sample.objects.select_related("source").in_bulk([one.sample_id for one in judged.samples])
    groups = clusters_of(judged.embeddings[mistakes], np.random.default_rng(model.run.seed))
    listed = [*mistakes[:MOST_MISTAKES].tolist(), *right.tolist()]
    cluster = {int(mistakes[row]): place for place, group in enumerate(groups) for row in group.rows}
    told = _drawn(running, model, judged, decided, listed, samples)
    beside = _neighbours(model, judged, listed, learned)
    columns = columns_of([samples[one.sample_id] for one in judged.samples])
    found = slices_of(columns, wrong, costs)
    return {
        "size": len(labels),
        "confusion": counts.tolist(),
        "money": (counts * terms.costs).tolist(),
        "samples": [
            {**told[place], "cost": float(costs[row]), "cluster": cluster.get(row), "neighbours": beside[place]}
            for place, row in enumerate(listed)
        ],
        "more": max(len(mistakes) - MOST_MISTAKES, 0),
        "clusters": [
            {
                "size": len(group.rows),
                "cost": float(costs[mistakes[list(group.rows)]].sum()),
                "representative": judged.samples[int(mistakes[group.representative])].sample_id,
                "sentence": _sentence(model, labels, decided, columns, mistakes[list(group.rows)].tolist()),
            }
            for group in groups
        ],
        "reliability": [asdict(one) for one in reliability(judged.probabilities, labels)],
        "columns": _by_column(found),
        "worst": [asdict(one) for one in worst(found)][:10],
        "tried": len(found),
    }


def _drawn(
    running: RunningJob,
    model: ModelVersion,
    judged: Judged,
    decided: Labels,
    rows: Sequence[int],
    samples: Mapping[int, Sample],
) -> list[dict[str, Any]]:
    """Each sample with what speaks for what it was called, and for what it is."""
    opened, method = explained(model.graph_address, threads=CORES), find("activation")
    told = []
    for row in rows:
        one, called = judged.samples[row], int(decided[row])
        sample = samples[one.sample_id]
        kept = keep_maps(opened, model.content_hash, method, Picture.of(sample), [Target(called), Target(one.position)])
        told.append(
            {
                **named(sample),
                "label": one.position,
                "predicted": called,
                "probability": float(judged.probabilities[row, called]),
                "of_label": float(judged.probabilities[row, one.position]),
                "heat_address": kept[0].heat_address,
                "label_heat_address": kept[1].heat_address,
            }
        )
        running.progress(len(told), len(rows), "heatmaps")
    return told


def _neighbours(
    model: ModelVersion, judged: Judged, rows: Sequence[int], learned: Sequence[LabeledSample]
) -> list[list[dict[str, Any]]]:
    if not learned or not rows:
        return [[] for _ in rows]
    places, distances = nearest(judged.embeddings[list(rows)], embedded(model, list(learned)), NEIGHBOURS)
    samples = Sample.objects.in_bulk({learned[place].sample_id for place in places.ravel().tolist()})
    return [
        [
            {**named(samples[learned[place].sample_id]), "label": learned[place].position, "distance": float(apart)}
            for place, apart in zip(near.tolist(), away.tolist(), strict=True)
            if learned[place].sample_id in samples
        ]
        for near, away in zip(places, distances, strict=True)
    ]


def _by_column(found: Sequence[Any]) -> list[dict[str, Any]]:
    columns: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        if len(one.conditions) == 1:
            ((column, value),) = one.conditions
            told = {"value": value, "size": one.size, "error": asdict(one.error), "cost": asdict(one.cost)}
            columns.setdefault(column, []).append(told)
    return [
        {"name": name, "values": sorted(values, key=lambda one: str(one["value"]))}
        for name, values in sorted(columns.items())
    ]


def _sentence(
    model: ModelVersion,
    labels: Labels,
    decided: Labels,
    columns: Mapping[str, Sequence[str]],
    rows: Sequence[int],
) -> str:
    names = [one.name for one in model.project.classes()]
    pairs = [f"{names[labels[row]]} called {names[decided[row]]}" for row in rows]
    commonest = max(sorted(set(pairs)), key=pairs.count)
    count = pairs.count(commonest)
    said = [f"All {commonest}" if count == len(rows) else f"{count} of {len(rows)} {commonest}"]
    for column, values in columns.items():
        shared = in_common(values, rows)
        if shared and len(rows) >= 3:
            said.append(f"{shared[1]:.0%} have {column} {shared[0]}, {shared[2]:.0%} of all do")
    return "; ".join(said[:3]) + "."


def _suspected(model: ModelVersion, gold: Judged) -> tuple[list[dict[str, Any]], int]:
    """Of gold and of the pool's labels, whichever a model that has not learned from them speaks against."""
    pool = labeled_samples(project_id=model.project_id, role=Sample.Role.POOL)[:MOST_CHECKED]
    labeled, parts = list(gold.samples), [gold.probabilities]
    if len(pool) >= LEAST and fewest_groups_of_a_class(labels_of(pool), groups_of(pool)) >= FOLDS:
        parts.append(_held_out(model, pool))
        labeled += pool
    probabilities, labels = np.concatenate(parts), labels_of(labeled)
    rows = suspected(probabilities, labels, MOST_SUSPECTED)
    samples = Sample.objects.in_bulk([labeled[row].sample_id for row in rows])
    may_ask = set(asked_again(model.project_id).filter(pk__in=samples).values_list("pk", flat=True))
    return [
        {
            **named(samples[labeled[row].sample_id]),
            "label": labeled[row].position,
            "suggested": int(probabilities[row].argmax()),
            "probability": float(probabilities[row].max()),
            "may_ask": labeled[row].sample_id in may_ask,
        }
        for row in rows
    ], len(labeled)


def _held_out(model: ModelVersion, pool: Sequence[LabeledSample]) -> Probabilities:
    """What heads say of the labels that they have not learned from."""
    terms, rng = Terms.of(model.run), np.random.default_rng(model.run.seed)
    embeddings = embedded(model, list(pool))
    fold = stratified_group_folds(labels_of(pool), groups_of(pool), FOLDS, rng)
    out = np.empty((len(pool), len(terms.costs)), np.float32)
    for number in range(FOLDS):
        inside = fold == number
        known = [replace(pool[row], sureness=1.0) for row in np.flatnonzero(~inside)]
        learned = learn_head(embeddings[~inside], known, terms, config=HeadConfig(), rng=rng)
        out[inside] = learned.head.probabilities(embeddings[inside])
    return out
