"""What a version looks at in the gold pictures of each class. The report's body:

method              whose maps these are
alarms              sentences, of classes that are recognised by what is not the object
classes             of each class with pictures: name, pictures, border, corners, agreement, others, inside, area
                    (numbers, as of `ml.explain.attention.ClassAttention`), spot (left, top, right, bottom, fall,
                    elsewhere, place, or None), alarm, mean_address (the mean map as a picture), and examples:
                    sample_id, name, width, height, picture_address, heat_address
even_border, even_corners       what an even map would have there
unread_regions      samples whose column `box` or `mask` could not be read
"""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from heedful.core import artifacts
from heedful.notifications.models import Notification
from heedful.notifications.services import notify
from heedful.pool.boxes import box_of
from heedful.pool.masks import Mask, mask_of
from heedful.pool.models import Sample
from heedful.pool.pictures import Refused
from heedful.registry.models import ModelReport, ModelVersion
from heedful.registry.reports import record_report
from ml.explain.attention import BORDER, CORNER, GRID, ClassAttention, as_grids, attention_of
from ml.explain.catalogue import find
from ml.explain.method import Target
from ml.explain.render import heat_layer
from workers.files import CORES, explained
from workers.judged import drawn, on_gold, prepared
from workers.maps import KeptMap, Picture, keep_maps_of_many
from workers.running import RunningJob
from workers.samples import named
from workers.tasks.trust import version_of

METHOD = "activation"
MOST_PICTURES = 240
EXAMPLES = 6


def measure_attention(running: RunningJob) -> None:
    model = version_of(running)
    gold = on_gold(model)
    rng = np.random.default_rng(model.run.seed)
    rows = drawn(gold.labels, MOST_PICTURES, rng)
    chosen = [gold.samples[row] for row in rows]
    labels = gold.labels[rows]
    samples = Sample.objects.select_related("source").in_bulk([one.sample_id for one in chosen])
    opened, method = explained(model.graph_address, threads=CORES), find(METHOD)
    asked = [
        (Picture.of(samples[one.sample_id]), [Target(label)])
        for one, label in zip(chosen, labels.tolist(), strict=True)
    ]
    drawing = partial(running.progress, unit="pictures")
    kept = [one for (one,) in keep_maps_of_many(opened, model.content_hash, method, asked, on_progress=drawing)]
    grids, images = as_grids([one.load() for one in kept]), prepared(chosen, opened.preprocessing)
    regions, unread = _regions([samples[one.sample_id] for one in chosen])
    classes = []
    for label in np.unique(labels).tolist():
        inside = labels == label
        name = opened.classes[label]
        found = attention_of(
            opened, label, images[inside], grids[inside], grids[~inside], regions=regions[inside], rng=rng
        )
        examples = [
            _example(samples[chosen[row].sample_id], kept[row]) for row in np.flatnonzero(inside)[:EXAMPLES].tolist()
        ]
        classes.append(_told(model, label, name, found, examples))
    alarms = [one["alarm"] for one in classes if one["alarm"]]
    body = {
        "method": METHOD,
        "alarms": alarms,
        "classes": classes,
        "even_border": 1 - (1 - 2 * BORDER / GRID) ** 2,
        "even_corners": 4 * (CORNER / GRID) ** 2,
        "unread_regions": unread,
    }
    record_report(model_id=model.pk, kind=ModelReport.Kind.ATTENTION, body=body)
    if alarms:
        notify(
            project_id=model.project_id,
            kind=Notification.Kind.WRONG_ATTENTION,
            sentence=f"Version {model.number} may look at the wrong thing. {alarms[0]}",
            path=f"/projects/{model.project_id}/models/{model.number}/attention",
            key=str(model.pk),
        )


def _told(
    model: ModelVersion, label: int, name: str, found: ClassAttention, examples: list[dict[str, Any]]
) -> dict[str, Any]:
    address = artifacts.url("attention", str(model.project_id), f"{model.content_hash}-{label}.webp")
    artifacts.write(address, heat_layer(found.mean, (256, 256)))
    told = asdict(found)
    del told["mean"]
    spot = found.spot
    return {
        **told,
        "name": name,
        "spot": spot and {**asdict(spot), "place": spot.place},
        "alarm": found.alarm(name),
        "mean_address": address,
        "examples": examples,
    }


def _example(sample: Sample, kept: KeptMap) -> dict[str, Any]:
    return {**named(sample), "heat_address": kept.heat_address}


def _regions(samples: Sequence[Sample]) -> tuple[npt.NDArray[np.bool_], int]:
    """(n, GRID, GRID): what lies in a sample's mask, else in its box; and how many of either could not be read, such as
    a box that came with a page, or a mask that is gone."""
    regions, unread = np.zeros((len(samples), GRID, GRID), bool), 0
    for row, sample in enumerate(samples):
        try:
            mask, box = mask_of(sample), box_of(sample.metadata, sample.width, sample.height)
        except Refused:
            unread += 1
            continue
        if mask is not None:
            regions[row] = _shrunk(mask)
        elif box is not None:
            regions[row, _cells(box.top, box.bottom), _cells(box.left, box.right)] = True
    return regions, unread


def _shrunk(mask: Mask) -> npt.NDArray[np.bool_]:
    """(GRID, GRID): the cells that hold any of the object, so that a crack of a pixel's width is not lost."""
    down, across = (np.arange(GRID) * side // GRID for side in mask.shape)
    return np.logical_or.reduceat(np.logical_or.reduceat(mask, down, axis=0), across, axis=1)


def _cells(low: float, high: float) -> slice:
    return slice(int(np.floor(low * GRID)), int(np.ceil(high * GRID)))
