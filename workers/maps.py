"""Maps as artifacts: drawn once for a picture, a model, a method and its settings, and found again by their name.

The name holds the hashes of the picture's and the model's content, so that a picture that is sent for inspection and
the same one in the pool share their maps, and nothing goes stale.
"""

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from heedful.core import artifacts
from heedful.pool.models import Sample
from ml.arrays import FloatMap
from ml.explain.method import Method, Settings, Target, checked_settings, settings_key
from ml.explain.model import ExplainedModel
from ml.explain.render import heat_layer
from ml.inference.embedding import Source, read
from ml.inference.preprocessing import open_picture
from ml.progress import Progress, no_progress
from workers.files import source

# Of a map of a few cells the browser scales this up without a visible difference; one of many keeps its detail.
HEAT_SIDE, MOST_HEAT_SIDE = 96, 512
PASS = 8
"""Pictures read at once."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is to be explained. width, height: as people see it."""

    content_hash: str
    source: Source
    width: int
    height: int

    @classmethod
    def of(cls, sample: Sample) -> "Picture":
        return cls(sample.content_hash, source(sample.address), sample.width, sample.height)

    @classmethod
    def sent(cls, content: bytes) -> "Picture":
        """Of nobody's pool. Raises UnreadablePicture."""
        width, height = open_picture(io.BytesIO(content)).size
        return cls(hashlib.sha256(content).hexdigest(), partial(io.BytesIO, content), width, height)


@dataclass(frozen=True, slots=True)
class KeptMap:
    """Where a map lies: the floats as npy, and a small picture of them to lay over the sample."""

    target: Target
    map_address: str
    heat_address: str

    def load(self) -> FloatMap:
        return np.asarray(np.load(io.BytesIO(artifacts.read(self.map_address))), np.float32)


def keep_maps(
    model: ExplainedModel,
    model_hash: str,
    method: Method,
    picture: Picture,
    targets: Sequence[Target],
    settings: Mapping[str, object] | None = None,
) -> list[KeptMap]:
    """A map for each target, in their order; those that are kept are not drawn again.

    Raises BadSetting, NotExplainable, UnreadablePicture.
    """
    (kept,) = keep_maps_of_many(model, model_hash, method, [(picture, targets)], settings)
    return kept


def keep_maps_of_many(
    model: ExplainedModel,
    model_hash: str,
    method: Method,
    pictures: Sequence[tuple[Picture, Sequence[Target]]],
    settings: Mapping[str, object] | None = None,
    *,
    on_progress: Progress = no_progress,
) -> list[list[KeptMap]]:
    """The same of many pictures, each with its own targets: a few of them share a pass where the method can."""
    checked = checked_settings(method, settings or {})
    kept: list[list[KeptMap]] = []
    for start in range(0, len(pictures), PASS):
        asked = pictures[start : start + PASS]
        names = [[_kept(model_hash, method, checked, one, target) for target in targets] for one, targets in asked]
        missing = [[one for one in some if not artifacts.exists(one.heat_address)] for some in names]
        _draw(model, method, checked, [(one, some) for (one, _), some in zip(asked, missing, strict=True) if some])
        kept += names
        on_progress(len(kept), len(pictures))
    return kept


def keep_classless(
    producer: str, name: str, pictures: Sequence[Picture], draw: Callable[[Sequence[Picture]], Sequence[FloatMap]]
) -> list[KeptMap]:
    """Maps that speak for no class, by `draw`, which is asked for those alone that are not kept."""
    kept = []
    for picture in pictures:
        folder = ("maps", producer, picture.content_hash)
        kept.append(KeptMap(Target(0), artifacts.url(*folder, f"{name}.npy"), artifacts.url(*folder, f"{name}.webp")))
    missing = [row for row, one in enumerate(kept) if not artifacts.exists(one.heat_address)]
    if missing:
        drawn = draw([pictures[row] for row in missing])
        for row, float_map in zip(missing, drawn, strict=True):
            _write(kept[row], pictures[row], float_map)
    return kept


def _draw(
    model: ExplainedModel, method: Method, settings: Settings, missing: Sequence[tuple[Picture, Sequence[KeptMap]]]
) -> None:
    if not missing:
        return
    images = np.stack([read(picture.source, model.preprocessing) for picture, _ in missing])
    targets = [[one.target for one in some] for _, some in missing]
    for (picture, some), found in zip(missing, method.maps_of_many(model, images, targets, settings), strict=True):
        for one, float_map in zip(some, found, strict=True):
            _write(one, picture, float_map)


def _kept(model_hash: str, method: Method, settings: Settings, picture: Picture, target: Target) -> KeptMap:
    folder = ("maps", model_hash[:32], picture.content_hash)
    rival = "" if target.contrast is None else f"-{target.contrast}"
    name = f"{method.name}-{settings_key(method, settings)}-{target.index}{rival}"
    return KeptMap(target, artifacts.url(*folder, f"{name}.npy"), artifacts.url(*folder, f"{name}.webp"))


def _write(kept: KeptMap, picture: Picture, float_map: FloatMap) -> None:
    """The floats first: where the picture of them is, both are."""
    stream = io.BytesIO()
    np.save(stream, float_map)
    artifacts.write(kept.map_address, stream.getvalue())
    side = min(max(*float_map.shape, HEAT_SIDE), MOST_HEAT_SIDE)
    scale = min(1.0, side / max(picture.width, picture.height))
    size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
    artifacts.write(kept.heat_address, heat_layer(float_map, size))
