"""Maps as artifacts: drawn once for a picture, a model, a method and its settings, and found again by their name.

The name holds the hashes of the picture's and the model's content, so that a picture that is sent for inspection and
the same one in the pool share their maps, and nothing goes stale.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
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
from workers.files import source

# Of a map of a few cells the browser scales this up without a visible difference; one of many keeps its detail.
HEAT_SIDE, MOST_HEAT_SIDE = 96, 512


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
    checked = checked_settings(method, settings or {})
    kept = [_kept(model_hash, method, checked, picture, target) for target in targets]
    missing = [one for one in kept if not artifacts.exists(one.heat_address)]
    if missing:
        image = read(picture.source, model.preprocessing)
        float_maps = method.maps(model, image, [one.target for one in missing], checked)
        for one, float_map in zip(missing, float_maps, strict=True):
            _write(one, picture, float_map)
    return kept


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
