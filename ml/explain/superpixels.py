"""Methods that hide whole patches of alike pixels and fit a simple model to what becomes of the score, by Captum.

They only ask the exported graph. Patches are SLIC's (Achanta et al., 2012).
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import torch
from captum.attr import KernelShap as CaptumKernelShap
from captum.attr import Lime as CaptumLime
from skimage.segmentation import slic
from torch import Tensor

from ml.arrays import FeatureMaps, Images, Pixels
from ml.explain.fills import fill_of, fill_setting
from ml.explain.method import SCORE, Method, Setting, SettingKind, Settings, Target
from ml.explain.model import ExplainedModel, Space, pictures_a_pass
from ml.progress import Progress, no_progress

Patches = npt.NDArray[np.int64]
"""(h, w): the number of the patch that each pixel belongs to, from 0."""

_SETTINGS = (
    Setting("patches", "Patches", SettingKind.INTEGER, 40, "About how many.", minimum=4, maximum=400),
    Setting(
        name="compactness",
        title="Compactness",
        kind=SettingKind.NUMBER,
        default=10.0,
        help="Higher makes patches squarer, lower lets them follow edges.",
        minimum=0.1,
        maximum=100.0,
    ),
    Setting("samples", "Samples", SettingKind.INTEGER, 300, "More are surer, and slower.", minimum=20, maximum=5000),
    fill_setting("fill", "Filled with", "mean", "What a hidden patch shows."),
    Setting("seed", "Seed", SettingKind.INTEGER, 0, minimum=0, maximum=2**31 - 1),
    SCORE,
)


class _OverPatches(Method):
    """What its subclasses share: all but the fit. Maps are below zero where a patch speaks against the class."""

    settings: ClassVar[tuple[Setting, ...]] = _SETTINGS
    signed = True

    @abstractmethod
    def _fit(self, forward: Any) -> Any:
        """Captum's attribution of a function of pictures."""

    def maps(
        self,
        model: ExplainedModel,
        image: Images,
        targets: Sequence[Target],
        settings: Settings,
        *,
        on_progress: Progress = no_progress,
    ) -> FeatureMaps:
        shown = image * model.preprocessing.std + model.preprocessing.mean
        patches = _patches(shown.transpose(1, 2, 0), settings)
        space: Space = "probabilities" if settings["score"] == "probabilities" else "logits"

        def scores(images: Tensor) -> Tensor:
            return torch.from_numpy(model.scores(images.numpy(), space))

        found = []
        for done, target in enumerate(targets):
            values = self._weights(scores, image, model, patches, target.index, settings)
            if target.contrast is not None:
                values = values - self._weights(scores, image, model, patches, target.contrast, settings)
            found.append(values)
            on_progress(done + 1, len(targets))
        return np.stack(found)

    def _weights(
        self, scores: Any, image: Images, model: ExplainedModel, patches: Patches, target: int, settings: Settings
    ) -> npt.NDArray[np.float32]:
        filling = fill_of(str(settings["fill"]), image, model.preprocessing)
        # Each target over the same samples, so that a map does not depend on which others are asked for.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(settings["seed"]))
            attribution = self._fit(scores).attribute(
                torch.from_numpy(image.copy())[None],
                baselines=torch.from_numpy(filling)[None],
                target=target,
                feature_mask=torch.from_numpy(patches)[None, None].expand(1, 3, -1, -1),
                n_samples=int(settings["samples"]),
                perturbations_per_eval=pictures_a_pass(image.size),
            )
        return np.asarray(attribution[0, 0].numpy(), np.float32)

    def example(self, pixels: Pixels, settings: Settings) -> Pixels:
        """The patches, outlined."""
        patches = _patches(pixels / np.float32(255), settings)
        edges = np.zeros(patches.shape, bool)
        edges[1:] |= patches[1:] != patches[:-1]
        edges[:, 1:] |= patches[:, 1:] != patches[:, :-1]
        shown = pixels.copy()
        shown[edges] = (255, 64, 64)
        return shown


class Lime(_OverPatches):
    name = "lime"
    title = "LIME"
    sentence = "the patches that a sparse linear model of the score needs, close to this picture"
    paper = "Ribeiro, Singh & Guestrin, 2016"

    def _fit(self, forward: Any) -> Any:
        return CaptumLime(forward)


class KernelShap(_OverPatches):
    name = "kernel-shap"
    title = "KernelSHAP"
    sentence = "each patch's fair share of the score (its Shapley value, estimated)"
    paper = "Lundberg & Lee, 2017"

    def _fit(self, forward: Any) -> Any:
        return CaptumKernelShap(forward)


def _patches(picture: npt.NDArray[np.floating], settings: Settings) -> Patches:
    """(h, w, 3), values 0..1"""
    found = slic(
        np.clip(picture, 0, 1).astype(np.float64),
        n_segments=int(settings["patches"]),
        compactness=float(settings["compactness"]),
        start_label=0,
        channel_axis=-1,
    )
    return np.asarray(found, np.int64)
