"""Why one version is better than another, on the same gold. The report's subject is the number of the other; its body:

currency, classes
other                       its number
size                        gold samples
sentence
metrics                     name, better (which way), before, after, difference (intervals; difference is paired)
fixed, broken               flipped decisions, the dearest first: sample_id, name, width, height, picture_address,
                            label, before, after (places of classes), saved (money), heat_address (of this version,
                            for what it says), other_heat_address, difference_address (where this one looks more, and
                            where less)
classes_gained, slices_gained       name, size, difference (interval, cost a sample; below zero = cheaper)
changed                     name, before, after (words)
added, removed              labels by class: how many more, how many fewer
near_fixed                  new labels nearest to what was fixed: sample_id, name, picture_address, label, distance,
                            fixed (sample_id)
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import numpy as np

from heedful.core import artifacts
from heedful.core.errors import NotFound
from heedful.core.money import rounded, worded
from heedful.pool.models import Sample
from heedful.quality.services import LabeledSample, read_snapshot
from heedful.registry.models import ModelReport, ModelVersion
from heedful.registry.reports import record_report
from ml.arrays import Costs, Labels
from ml.evaluation.bootstrap import Interval, interval, mean_interval, resamples
from ml.evaluation.decisions import decide
from ml.evaluation.metrics import Metric, Weights, average_precision, calibration_error
from ml.evaluation.mistakes import nearest
from ml.evaluation.slices import LEAST
from ml.explain.catalogue import find
from ml.explain.method import Target
from ml.explain.render import difference_layer
from ml.explain.trust import stretched
from ml.progress import Progress
from workers.files import CORES, explained
from workers.judged import Judged, embedded, on_gold
from workers.maps import KeptMap, Picture, keep_maps_of_many
from workers.running import RunningJob
from workers.samples import columns_of, named
from workers.tasks.trust import version_of
from workers.terms import Terms

MOST_FLIPS = 1000
"""Of those that were fixed, and of those that were broken."""
NEAR = 12
N_BOOTSTRAP = 2000


def compare_versions(running: RunningJob) -> None:
    model = version_of(running)
    number = int(running.arguments["of"])
    other = model.project.models.select_related("project", "run__snapshot", "backbone").filter(number=number).first()
    if other is None:
        raise NotFound(f"Version {number} is gone.")
    after, before = on_gold(model), on_gold(other)
    # Both are judged on the terms of the newer one.
    terms = Terms.of(model.run)
    said = [decide(one.probabilities, terms.costs) for one in (before, after)]
    saved = terms.costs[after.labels, said[0]] - terms.costs[after.labels, said[1]]
    samples = Sample.objects.select_related("source").in_bulk([one.sample_id for one in after.samples])
    flips = np.flatnonzero(terms.evaluation[said[0]] != terms.evaluation[said[1]])
    flips = flips[np.argsort(-np.abs(saved[flips]), kind="stable")]
    fixed = [row for row in flips.tolist() if saved[row] > 0]
    broken = [row for row in flips.tolist() if saved[row] < 0]
    drawn = _drawn(running, model, other, after, said, [*fixed[:MOST_FLIPS], *broken[:MOST_FLIPS]], samples, saved)
    rng = np.random.default_rng(model.run.seed)
    cost = mean_interval(-saved, rng=rng, labels=after.labels)
    learned = [read_snapshot(one.run.snapshot) for one in (other, model)]
    new = _new(learned[0], learned[1])
    names = [one.name for one in model.project.classes()]
    body = {
        "currency": model.project.budget.currency,
        "classes": names,
        "other": number,
        "size": len(after.samples),
        "sentence": _sentence(model, other, cost, len(fixed), len(broken)),
        "metrics": _metrics(before, after, said, terms, names, rng),
        "fixed": drawn[: len(fixed[:MOST_FLIPS])],
        "broken": drawn[len(fixed[:MOST_FLIPS]) :],
        "more": max(len(fixed) - MOST_FLIPS, 0) + max(len(broken) - MOST_FLIPS, 0),
        "classes_gained": _gained({"class": [names[label] for label in after.labels.tolist()]}, -saved, rng),
        "slices_gained": _gained(columns_of([samples[one.sample_id] for one in after.samples]), -saved, rng),
        "changed": _changed(other, model),
        **_labels_changed(model, learned[0], learned[1]),
        "near_fixed": _near(model, after, fixed, new),
    }
    record_report(model_id=model.pk, kind=ModelReport.Kind.COMPARISON, subject=str(number), body=body)


def _sentence(model: ModelVersion, other: ModelVersion, cost: Interval, fixed: int, broken: int) -> str:
    currency = model.project.budget.currency
    if cost.value == 0:
        said = f"Version {model.number} costs as much as version {other.number}"
    else:
        word = "less" if cost.value < 0 else "more"
        low, high = sorted((1000 * abs(cost.low), 1000 * abs(cost.high)))
        sure = f" ({low:.4g} to {high:.4g})" if cost.low * cost.high > 0 else ", which may be chance"
        money = worded(rounded(Decimal(1000 * abs(cost.value))), currency)
        said = f"Version {model.number} costs {money} {word} than version {other.number} for 1,000 samples{sure}"
    return f"{said}: it fixes {fixed} decisions on gold and breaks {broken}."


def _metrics(
    before: Judged,
    after: Judged,
    said: Sequence[Labels],
    terms: Terms,
    names: Sequence[str],
    rng: np.random.Generator,
) -> list[dict[str, Any]]:
    """Each with a paired interval: both on the same resamples."""
    labels = after.labels
    costs = [terms.costs[labels, one] for one in said]
    measures: dict[str, list[Metric]] = {
        "expected cost": [_mean(one) for one in costs],
        "accuracy": [_mean((one == labels).astype(np.float64)) for one in said],
        "calibration error": [calibration_error(one.probabilities, labels) for one in (before, after)],
    }
    for place in np.unique(labels).tolist():
        positive = labels == place
        if positive.any() and not positive.all():
            measures[f"average precision of {names[place]}"] = [
                average_precision(one.probabilities[:, place], positive) for one in (before, after)
            ]
    whole = np.ones((1, len(labels)))
    draws: dict[str, list[list[Costs]]] = {name: [[], []] for name in measures}
    for weights in resamples(labels, N_BOOTSTRAP // 4, rng):
        for name, pair in measures.items():
            for side, measure in enumerate(pair):
                draws[name][side].append(measure(weights))
    told = []
    for name, pair in measures.items():
        first, second = (np.concatenate(one) for one in draws[name])
        values = [float(measure(whole)[0]) for measure in pair]
        told.append(
            {
                "name": name,
                "better": "lower" if name in ("expected cost", "calibration error") else "higher",
                "before": asdict(interval(values[0], first, 0.95)),
                "after": asdict(interval(values[1], second, 0.95)),
                "difference": asdict(interval(values[1] - values[0], second - first, 0.95)),
            }
        )
    return told


def _mean(values: Costs) -> Metric:
    def metric(weights: Weights) -> Costs:
        return np.asarray(weights @ values / weights.sum(axis=1))

    return metric


def _drawn(
    running: RunningJob,
    model: ModelVersion,
    other: ModelVersion,
    judged: Judged,
    said: Sequence[Labels],
    rows: Sequence[int],
    samples: Mapping[int, Sample],
    saved: Costs,
) -> list[dict[str, Any]]:
    seen = [samples[judged.samples[row].sample_id] for row in rows]
    before, after = ([int(one[row]) for row in rows] for one in said)
    in_all = 2 * len(rows)
    ours = _maps(model, seen, after, lambda done, _: running.progress(done, in_all, "heatmaps"))
    theirs = _maps(other, seen, before, lambda done, total: running.progress(total + done, in_all, "heatmaps"))
    return [
        {
            **named(sample),
            "label": judged.samples[row].position,
            "before": before[place],
            "after": after[place],
            "saved": float(saved[row]),
            "heat_address": ours[place].heat_address,
            "other_heat_address": theirs[place].heat_address,
            "difference_address": _difference_map(sample, ours[place], theirs[place]),
        }
        for place, (row, sample) in enumerate(zip(rows, seen, strict=True))
    ]


def _maps(
    model: ModelVersion, samples: Sequence[Sample], targets: Sequence[int], on_progress: Progress
) -> list[KeptMap]:
    opened = explained(model.graph_address, threads=CORES)
    asked = [(Picture.of(one), [Target(target)]) for one, target in zip(samples, targets, strict=True)]
    kept = keep_maps_of_many(opened, model.content_hash, find("activation"), asked, on_progress=on_progress)
    return [one for (one,) in kept]


def _difference_map(sample: Sample, ours: KeptMap, theirs: KeptMap) -> str:
    """Under both maps' names, so that it is made once."""
    other = theirs.map_address.split("/maps/")[-1].replace("/", "-").removesuffix(".npy")
    address = ours.map_address.removesuffix(".npy") + f"-less-{other}.webp"
    if not artifacts.exists(address):
        maps = [one.load() for one in (ours, theirs)]
        side = max(max(one.shape) for one in maps)
        scale = min(1.0, 96 / max(sample.width, sample.height))
        size = (max(round(sample.width * scale), 1), max(round(sample.height * scale), 1))
        first, second = (stretched(one, side) for one in maps)
        artifacts.write(address, difference_layer(first, second, size))
    return address


def _gained(columns: Mapping[str, Sequence[str]], change: Costs, rng: np.random.Generator) -> list[dict[str, Any]]:
    told = []
    for column, values in columns.items():
        for value in sorted(set(values)):
            mask = np.array([one == value for one in values])
            if mask.sum() >= LEAST:
                difference = mean_interval(change[mask], rng=rng)
                name = value if column == "class" else f"{column}: {value}"
                told.append({"name": name, "size": int(mask.sum()), "difference": asdict(difference)})
    return told


def _changed(before: ModelVersion, after: ModelVersion) -> list[dict[str, str]]:
    def told(one: ModelVersion) -> dict[str, str]:
        terms = {f"{name}, on": str(value) for name, value in one.run.terms.items() if value}
        config = {name: str(value) for name, value in one.run.config.items() if not isinstance(value, dict | list)}
        return {
            "backbone": one.backbone.name,
            "kind of run": one.run.kind,
            "labels": f"{one.run.snapshot.count:,}",
            "weak stage": "yes" if "weak_stage" in one.run.report else "no",
            **terms,
            **config,
        }

    first, second = told(before), told(after)
    return [
        {"name": name, "before": first.get(name, "none"), "after": second.get(name, "none")}
        for name in dict.fromkeys([*first, *second])
        if first.get(name) != second.get(name)
    ]


def _new(before: Sequence[LabeledSample], after: Sequence[LabeledSample]) -> list[LabeledSample]:
    """Labels that only the newer one learned from, or learned otherwise."""
    known = {(one.sample_id, one.position) for one in before}
    return [one for one in after if (one.sample_id, one.position) not in known]


def _labels_changed(
    model: ModelVersion, before: Sequence[LabeledSample], after: Sequence[LabeledSample]
) -> dict[str, Any]:
    names = [one.name for one in model.project.classes()]
    added, removed = (
        Counter(names[one.position] for one in _new(*pair)) for pair in ((before, after), (after, before))
    )
    return {"added": dict(added), "removed": dict(removed)}


def _near(
    model: ModelVersion, judged: Judged, fixed: Sequence[int], new: Sequence[LabeledSample]
) -> list[dict[str, Any]]:
    if not fixed or not new:
        return []
    places, distances = nearest(judged.embeddings[list(fixed)], embedded(model, list(new)), 3)
    order = np.argsort(distances, axis=None, kind="stable")
    found: dict[int, dict[str, Any]] = {}
    samples = Sample.objects.in_bulk({new[place].sample_id for place in places.ravel().tolist()})
    for flat in order.tolist():
        row, column = np.unravel_index(flat, distances.shape)
        one = new[int(places[row, column])]
        if one.sample_id in samples and one.sample_id not in found:
            found[one.sample_id] = {
                **named(samples[one.sample_id]),
                "label": one.position,
                "distance": float(distances[row, column]),
                "fixed": judged.samples[fixed[int(row)]].sample_id,
            }
    return list(found.values())[:NEAR]
