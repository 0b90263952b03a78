"""Heatmaps: what the model looked at in each queued sample, drawn before an expert sees it."""

import io
from collections.abc import Sequence

import numpy as np

from heedful.acquisition.models import Explanation, QueryRound, QueueItem
from heedful.acquisition.services import explain_items, round_explained
from heedful.core import artifacts
from heedful.core.errors import Conflict
from heedful.projects.models import LabelClass
from heedful.registry.backbones import serving_backbone
from heedful.registry.models import Backbone, ModelVersion
from heedful.registry.services import asking_model
from ml.arrays import FloatMap
from ml.errors import BrokenStrategy
from ml.explain.activation import activation_energy
from ml.explain.catalogue import find
from ml.explain.method import Target
from ml.explain.render import overlay
from ml.inference.embedding import feature_maps
from ml.strategies.catalogue import find as find_strategy
from ml.strategies.strategy import Explanation as Wanted
from workers.files import CORES, explained, session
from workers.maps import KeptMap, Picture, keep_classless, keep_maps_of_many
from workers.running import RunningJob

BATCH = 16


def explain_round(running: RunningJob) -> None:
    """Draw the missing heatmaps of a round, a batch at a time; a kill costs one batch."""
    query_round = QueryRound.objects.select_related("project").get(pk=running.arguments["round_id"])
    items = query_round.items.filter(state__in=QueueItem.WAITING, explanation=None)
    waiting = list(items.select_related("sample").order_by("rank"))
    model = asking_model(query_round)
    done = query_round.size - len(waiting)
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        explain_items(explanations=explanations_of(query_round, model, batch))
        done += len(batch)
        running.progress(done, query_round.size, "heatmaps")
    round_explained(round_id=query_round.pk)


def explanations_of(
    query_round: QueryRound, model: ModelVersion | None, items: Sequence[QueueItem]
) -> list[Explanation]:
    """The heatmaps that tell why a model has these items asked, drawn and not yet stored. One that was kept for the
    sample is taken as it is."""
    classes = query_round.project.classes()
    costly = query_round.project.costly_class()
    asked = [_method(item, costly) if model else (Explanation.Method.ENERGY, None) for item in items]
    kept: dict[int, KeptMap] = {}
    for method in dict.fromkeys(method for method, _ in asked):
        rows = [row for row, (one, _) in enumerate(asked) if one == method]
        pictures = [Picture.of(items[row].sample) for row in rows]
        if model is None or method == Explanation.Method.ENERGY:
            drawn = _energy(_backbone(query_round, model), pictures)
        else:
            targets = [asked[row][1] for row in rows]
            wanted = [(picture, [target]) for picture, target in zip(pictures, targets, strict=True) if target]
            opened = explained(model.graph_address, threads=CORES)
            drawn = [one for (one,) in keep_maps_of_many(opened, model.content_hash, find(method.value), wanted)]
        kept.update(zip(rows, drawn, strict=True))
    producer = model.producer if model else _backbone(query_round, model).key
    return [
        _explanation(item, method, target, kept[row], producer, classes)
        for row, (item, (method, target)) in enumerate(zip(items, asked, strict=True))
    ]


def _backbone(query_round: QueryRound, model: ModelVersion | None) -> Backbone:
    backbone = model.backbone if model else serving_backbone(query_round.project)
    if backbone is None:
        raise Conflict("The backbone is not exported yet.")
    return backbone


def _method(item: QueueItem, costly: int) -> tuple[Explanation.Method, Target | None]:
    """Which map tells why this sample was chosen, and the classes that it argues for and against."""
    if item.probabilities is None:
        return Explanation.Method.ENERGY, None
    ranked = np.argsort(-np.array(item.probabilities), kind="stable")
    top, runner_up = int(ranked[0]), int(ranked[1])
    wanted = _wanted(item.strategy)
    if wanted == Wanted.CONTRASTIVE:
        return Explanation.Method.CONTRASTIVE, Target(top, runner_up)
    return Explanation.Method.ACTIVATION, Target(costly if wanted == Wanted.TARGET_CLASS else top)


def _wanted(strategy: str) -> Wanted:
    """What is asked again was chosen by no strategy, and a package that brought one may be gone."""
    try:
        return find_strategy(strategy).explanation
    except BrokenStrategy:
        return Wanted.PREDICTED_CLASS


def _energy(backbone: Backbone, pictures: Sequence[Picture]) -> list[KeptMap]:
    """Where the backbone responds, for when there is no head that speaks for a class."""

    def draw(missing: Sequence[Picture]) -> list[FloatMap]:
        _, seen = feature_maps(session(backbone.address, threads=CORES), [one.source for one in missing])
        return [activation_energy(one) for one in seen]

    return keep_classless(backbone.key, "energy", pictures, draw)


def _explanation(
    item: QueueItem,
    method: Explanation.Method,
    target: Target | None,
    kept: KeptMap,
    producer: str,
    classes: Sequence[LabelClass],
) -> Explanation:
    over = kept.map_address.removesuffix(".npy") + "-overlay.webp"
    if not artifacts.exists(over):
        with artifacts.open_binary(item.sample.address) as picture:
            artifacts.write(over, overlay(io.BytesIO(picture.read()), kept.load()))
    return Explanation(
        item=item,
        method=method,
        producer=producer,
        target=None if target is None else classes[target.index],
        contrast=None if target is None or target.contrast is None else classes[target.contrast],
        map_address=kept.map_address,
        overlay_address=over,
        heat_address=kept.heat_address,
    )
