"""What the stages that do not learn make of each picture: computed once, and kept for all epochs."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from ml.arrays import Embeddings, Images, Pixels
from ml.backbones.base import Backbone
from ml.errors import UnreadablePicture, require_finite
from ml.inference.embedding import Source, pixels
from ml.inference.preprocessing import Preprocessing, normalised
from ml.progress import Progress, no_progress
from ml.training.augmentation import NONE, Augmentation
from ml.training.processes import Team, alone

_FORWARD_BATCH = 16


def frozen_features(
    frozen: nn.Sequential,
    preprocessing: Preprocessing,
    sources: Sequence[Source],
    *,
    team: Team,
    augmentation: Augmentation = NONE,
    seed: Sequence[int] = (),
    on_progress: Progress = no_progress,
) -> Tensor:
    """(views, n, k, h, w), in main memory: of each picture, and of the versions of it that the augmentation makes by
    this seed.

    Every process computes its share of them and gets all. Raises UnreadablePicture, NotFinite.
    """
    frozen = frozen.to(team.device)
    views = augmentation.views_of(len(sources))
    places = [
        range(start, min(start + _FORWARD_BATCH, len(sources))) for start in range(0, len(sources), _FORWARD_BATCH)
    ]
    out = torch.empty(0)
    for place in places[team.rank :: team.size]:
        read = [(row, _read(sources, row, preprocessing.size)) for row in place]
        with torch.no_grad():
            made = torch.stack(
                [
                    frozen(torch.from_numpy(images).to(team.device)).cpu()
                    for images in _versions(read, preprocessing, augmentation, seed, views)
                ]
            )
        if not len(out):
            out = torch.zeros(views, len(sources), *made.shape[2:])
        out[:, place.start : place.stop] = made
        if team.leads:
            on_progress(place.stop, len(sources))
    if not len(out):  # Fewer batches than processes.
        out = torch.zeros(views, len(sources), *_shape(frozen, preprocessing, team))
    require_finite("What the backbone makes of the pictures", out.numpy())
    return team.added(out)


def embeddings(module: Backbone, preprocessing: Preprocessing, sources: Sequence[Source]) -> Embeddings:
    """(n, d), of a backbone that has not been exported. Raises UnreadablePicture."""
    made = frozen_features(module.stages, preprocessing, sources, team=alone("cpu"))
    return np.asarray(made[0].mean(dim=(2, 3)).numpy(), np.float32)


def _versions(
    read: Sequence[tuple[int, Pixels]],
    preprocessing: Preprocessing,
    augmentation: Augmentation,
    seed: Sequence[int],
    views: int,
) -> Iterator[Images]:
    """(b, 3, s, s) for each view: the pictures as they are, then versions that hang on seed, view and row alone, so
    that every process and every attempt makes the same ones.
    """
    yield np.stack([normalised(seen, preprocessing) for _, seen in read])
    for view in range(1, views):
        yield np.stack([normalised(augmentation.view(seen, [*seed, view, row]), preprocessing) for row, seen in read])


def _read(sources: Sequence[Source], row: int, size: int) -> Pixels:
    try:
        return pixels(sources[row], size)
    except UnreadablePicture as error:
        raise UnreadablePicture(f"Picture {row + 1} of {len(sources)} cannot be learned from. {error}") from error


def _shape(frozen: nn.Sequential, preprocessing: Preprocessing, team: Team) -> torch.Size:
    empty = torch.zeros(1, 3, preprocessing.size, preprocessing.size, device=team.device)
    with torch.no_grad():
        return torch.Size(frozen(empty).shape[1:])
