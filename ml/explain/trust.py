"""How far a method's maps can be trusted on one model.

Two questions, each with a control that says nothing of the picture or of the model. Does hiding what the map points at
change the model's mind sooner than hiding what chance, or the middle of the picture, points at (deletion and insertion,
Petsiuk et al., 2018)? And does the map change when the model's weights are drawn at random (Adebayo et al., 2018)? A
map that passes neither still looks convincing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper
from PIL import Image
from scipy.stats import spearmanr

from ml.arrays import FloatMap, Images, Labels
from ml.evaluation.bootstrap import Interval, mean_interval
from ml.explain.fills import fill_of
from ml.explain.method import Method, Settings, Target
from ml.explain.model import ExplainedModel
from ml.progress import Progress, no_progress

STEPS = 20
"""In which a picture is hidden, or uncovered."""
MOST_ALIKE = 0.5
"""Rank correlation of a map with that of the same model with random weights: above it, the map hardly depends on
them."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trust:
    """score: mean probability of the class while uncovering, less that while hiding, in the map's order; -1..1, higher
    is better. over_random, over_centre: how much more that is than in the order of chance, or from the middle outwards,
    on the same pictures. alike: mean absolute rank correlation with the maps of random weights, 0..1, lower is better.
    """

    pictures: int
    score: Interval
    deletion: float
    insertion: float
    over_random: Interval
    over_centre: Interval
    alike: float

    @property
    def beats_random(self) -> bool:
        return self.over_random.low > 0

    @property
    def depends_on_model(self) -> bool:
        return self.alike <= MOST_ALIKE

    @property
    def sentences(self) -> tuple[str, ...]:
        random, centre = self.over_random, self.over_centre
        order = (
            "Follows the model better than chance" if self.beats_random else "Follows the model no better than chance"
        )
        return (
            f"{order}: by {random.value:+.2f} ({random.low:+.2f} to {random.high:+.2f}) on {self.pictures} pictures;"
            f" by {centre.value:+.2f} ({centre.low:+.2f} to {centre.high:+.2f}) beside a map that only points at the"
            " middle.",
            f"{'Changes' if self.depends_on_model else 'Hardly changes'} when the model's weights are drawn at random:"
            f" rank correlation {self.alike:.2f}, {MOST_ALIKE:.2f} is allowed.",
        )


def measure_trust(
    model: ExplainedModel,
    method: Method,
    settings: Settings,
    images: Images,
    targets: Labels,
    *,
    rng: np.random.Generator,
    on_progress: Progress = no_progress,
) -> Trust:
    """(n, 3, s, s), (n,) the class of each that is explained. Raises NotExplainable."""
    other = randomised(model, rng)
    scores, alike = np.empty((len(images), 3, 2)), np.empty(len(images))
    for row, (image, target) in enumerate(zip(images, targets.tolist(), strict=True)):
        asked = [Target(target)]
        ours = stretched(method.maps(model, image, asked, settings)[0], image.shape[-1])
        theirs = stretched(method.maps(other, image, asked, settings)[0], image.shape[-1])
        controls = (ours, rng.random(ours.shape).astype(np.float32), _centred(image.shape[-1]))
        for place, float_map in enumerate(controls):
            scores[row, place] = deletion_and_insertion(model, image, target, float_map)
        alike[row] = _alike(ours, theirs)
        on_progress(row + 1, len(images))
    better = scores[:, :, 1] - scores[:, :, 0]
    return Trust(
        pictures=len(images),
        score=mean_interval(better[:, 0], rng=rng),
        deletion=float(scores[:, 0, 0].mean()),
        insertion=float(scores[:, 0, 1].mean()),
        over_random=mean_interval(better[:, 0] - better[:, 1], rng=rng),
        over_centre=mean_interval(better[:, 0] - better[:, 2], rng=rng),
        alike=float(alike.mean()),
    )


def deletion_and_insertion(
    model: ExplainedModel, image: Images, target: int, float_map: FloatMap, *, steps: int = STEPS
) -> tuple[float, float]:
    """The mean probability of the class while the picture is blurred away from its hottest pixel on, and while it is
    uncovered in the same order. float_map: (s, s)."""
    blurred = fill_of("blurred", image, model.preprocessing)
    # Pixels of one heat go in reading order: a flat map says as little either way.
    rank = np.empty(float_map.size, np.int64)
    rank[np.argsort(-float_map, axis=None, kind="stable")] = np.arange(float_map.size)
    edges = np.linspace(0, float_map.size, steps + 1)
    hottest = [(rank < edge).reshape(float_map.shape) for edge in edges]
    means = []
    for inside, outside in ((blurred, image), (image, blurred)):
        mixed = np.stack([np.where(mask, inside, outside) for mask in hottest])
        means.append(float(model.scores(mixed, "probabilities")[:, target].mean()))
    return means[0], means[1]


def randomised(model: ExplainedModel, rng: np.random.Generator) -> ExplainedModel:
    """The same model, each of its weights drawn anew with the spread that it had in its layer."""
    graph = onnx.ModelProto()
    graph.CopyFrom(model.graph)
    for one in graph.graph.initializer:
        weights = numpy_helper.to_array(one)
        if weights.dtype == np.float32 and weights.ndim >= 2:
            drawn = rng.normal(weights.mean(), weights.std(), weights.shape).astype(np.float32)
            one.CopyFrom(numpy_helper.from_array(drawn, one.name))
    return model.reopened(graph)


def stretched(float_map: FloatMap, side: int) -> FloatMap:
    """Over the whole picture: (side, side)."""
    picture = Image.fromarray(np.asarray(float_map, np.float32))
    return np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR), np.float32)


def _centred(side: int) -> FloatMap:
    along = np.exp(-0.5 * ((np.arange(side) - (side - 1) / 2) / (side / 4)) ** 2)
    return np.asarray(np.outer(along, along), np.float32)


def _alike(ours: FloatMap, theirs: FloatMap) -> float:
    if np.ptp(ours) == 0 or np.ptp(theirs) == 0:
        # A flat map that stays flat is the same map; one that becomes flat has lost all it said.
        return float(np.ptp(ours) == np.ptp(theirs))
    return abs(float(spearmanr(np.abs(ours), np.abs(theirs), axis=None)[0]))
