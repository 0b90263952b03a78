"""Heatmaps: what the model looked at in each queued sample, drawn before an expert sees it."""

import io

import numpy as np

from heedful.acquisition.models import Explanation, QueryRound, QueueItem
from heedful.acquisition.services import explain_items, round_explained
from heedful.core import artifacts
from heedful.core.errors import Conflict
from heedful.projects.models import LabelClass
from heedful.registry.backbones import serving_backbone
from heedful.registry.models import ModelVersion
from heedful.registry.services import asking_model
from ml.arrays import FeatureMaps, FloatMap
from ml.errors import BrokenStrategy
from ml.explain.activation import activation_energy, class_activation, contrastive_activation
from ml.explain.render import heat_layer, overlay
from ml.inference.embedding import feature_maps
from ml.strategies.catalogue import find
from ml.strategies.strategy import Explanation as Wanted
from workers.files import CORES, head, session, source
from workers.running import RunningJob

BATCH = 16
# The map has a few cells a side: the browser scales this up without a visible difference, and it is encoded at once.
HEAT_SIDE = 96


def explain_round(running: RunningJob) -> None:
    """Draw the missing heatmaps of a round, a batch at a time; a kill costs one batch."""
    query_round = QueryRound.objects.select_related("project").get(pk=running.arguments["round_id"])
    items = query_round.items.filter(state__in=QueueItem.WAITING, explanation=None)
    waiting = list(items.select_related("sample").order_by("rank"))
    model = asking_model(query_round)
    done = query_round.size - len(waiting)
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        explain_items(explanations=explained(query_round, model, batch))
        done += len(batch)
        running.progress(done, query_round.size, "heatmaps")
    round_explained(round_id=query_round.pk)


def explained(query_round: QueryRound, model: ModelVersion | None, items: list[QueueItem]) -> list[Explanation]:
    """The heatmaps that tell why a model has these items asked, drawn and not yet stored."""
    if model:
        address, producer = model.graph_address, model.producer
    else:
        backbone = serving_backbone(query_round.project)
        if backbone is None:
            raise Conflict("The backbone is not exported yet.")
        address, producer = backbone.address, backbone.key
    sources = [source(item.sample.address) for item in items]
    _, maps = feature_maps(session(address, threads=CORES), sources)
    classes = query_round.project.classes()
    costly = query_round.project.costly_class()
    return [
        _explanation(item, feature_map, model, producer, classes, costly)
        for item, feature_map in zip(items, maps, strict=True)
    ]


def _explanation(
    item: QueueItem,
    feature_map: FeatureMaps,
    model: ModelVersion | None,
    producer: str,
    classes: list[LabelClass],
    costly: int,
) -> Explanation:
    method, target, contrast = _method(item, costly)
    float_map = _map(feature_map, model, target, contrast)
    folder = ("heatmaps", str(item.round.project_id), producer)
    name = f"{item.sample_id}-{method}-{target}-{contrast}"
    explanation = Explanation(
        item=item,
        method=method,
        producer=producer,
        target=None if target is None else classes[target],
        contrast=None if contrast is None else classes[contrast],
        map_address=artifacts.url(*folder, f"{name}.npy"),
        overlay_address=artifacts.url(*folder, f"{name}-overlay.webp"),
        heat_address=artifacts.url(*folder, f"{name}-heat.webp"),
    )
    _draw(explanation, item, float_map)
    return explanation


def _method(item: QueueItem, costly: int) -> tuple[Explanation.Method, int | None, int | None]:
    """Which map tells why this sample was chosen, and the classes that it argues for and against."""
    if item.probabilities is None:
        return Explanation.Method.ENERGY, None, None
    ranked = np.argsort(-np.array(item.probabilities), kind="stable")
    top, runner_up = int(ranked[0]), int(ranked[1])
    wanted = _wanted(item.strategy)
    if wanted == Wanted.CONTRASTIVE:
        return Explanation.Method.CONTRASTIVE, top, runner_up
    return Explanation.Method.ACTIVATION, costly if wanted == Wanted.TARGET_CLASS else top, None


def _wanted(strategy: str) -> Wanted:
    """What is asked again was chosen by no strategy, and a package that brought one may be gone."""
    try:
        return find(strategy).explanation
    except BrokenStrategy:
        return Wanted.PREDICTED_CLASS


def _map(feature_map: FeatureMaps, model: ModelVersion | None, target: int | None, contrast: int | None) -> FloatMap:
    if model is None or target is None:
        return activation_energy(feature_map)
    weights = head(model.head_address)
    if contrast is None:
        return class_activation(feature_map, weights, target)
    return contrastive_activation(feature_map, weights, target, contrast)


def _draw(explanation: Explanation, item: QueueItem, float_map: FloatMap) -> None:
    """The float map and the two pictures made of it, under names that say what they show."""
    stream = io.BytesIO()
    np.save(stream, float_map)
    artifacts.write(explanation.map_address, stream.getvalue())
    width, height = item.sample.width, item.sample.height
    scale = min(1.0, HEAT_SIDE / max(width, height))
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    artifacts.write(explanation.heat_address, heat_layer(float_map, size))
    with artifacts.open_binary(item.sample.address) as picture:
        artifacts.write(explanation.overlay_address, overlay(picture, float_map))
