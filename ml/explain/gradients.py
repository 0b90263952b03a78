"""Methods that follow gradients through the exported graph, by Captum. Colours are put together by the largest absolute
value: a sum would let opposite channels cancel out, and the largest signed one would lose what is strongly negative.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from captum.attr import IntegratedGradients as CaptumIntegratedGradients
from captum.attr import NoiseTunnel
from captum.attr import Saliency as CaptumSaliency
from torch import Tensor
from torch.nn import functional

from ml.arrays import FeatureMaps, FloatMap, Images
from ml.errors import NotExplainable
from ml.explain.fills import fill_of, fill_setting
from ml.explain.method import SCORE, Method, Setting, SettingKind, Settings, Target
from ml.explain.model import ExplainedModel
from ml.progress import Progress, no_progress

Forward = Callable[[Tensor], Tensor]
_PASSES = 8
"""Pictures in one pass: bounds memory, and changes no map."""


class Saliency(Method):
    name = "saliency"
    title = "Saliency"
    sentence = "the pixels that would change the class's score most if they changed a little"
    paper = "Simonyan, Vedaldi & Zisserman, 2014"
    takes = "gradients"
    settings = (SCORE,)

    def maps(
        self,
        model: ExplainedModel,
        image: Images,
        targets: Sequence[Target],
        settings: Settings,
        *,
        on_progress: Progress = no_progress,
    ) -> FeatureMaps:
        method = CaptumSaliency(_forward(model, settings))
        return _each(targets, lambda target: method.attribute(_leaf(image), target=target, abs=True), on_progress)


class SmoothGrad(Method):
    name = "smooth-grad"
    title = "SmoothGrad"
    sentence = "saliency, averaged over copies of the picture with a little noise"
    paper = "Smilkov, Thorat, Kim, Viégas & Wattenberg, 2017"
    takes = "gradients"
    settings = (
        SCORE,
        Setting("copies", "Copies", SettingKind.INTEGER, 16, "More are smoother, and slower.", minimum=2, maximum=256),
        Setting(
            *("noise", "Noise", SettingKind.NUMBER, 0.1),
            help="Its standard deviation, as a share of the range of the picture's values.",
            minimum=0.01,
            maximum=0.5,
            step=0.01,
        ),
        Setting("seed", "Seed", SettingKind.INTEGER, 0, minimum=0, maximum=2**31 - 1),
    )

    def maps(
        self,
        model: ExplainedModel,
        image: Images,
        targets: Sequence[Target],
        settings: Settings,
        *,
        on_progress: Progress = no_progress,
    ) -> FeatureMaps:
        method = NoiseTunnel(CaptumSaliency(_forward(model, settings)))
        noise = float(settings["noise"]) * max(float(np.ptp(image)), 1e-6)

        def smooth(target: int) -> Tensor:
            # Each target under the same noise, so that a map does not depend on which others are asked for.
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(int(settings["seed"]))
                return method.attribute(  # type: ignore[no-any-return]  # Captum is not typed
                    _leaf(image),
                    nt_type="smoothgrad",
                    nt_samples=int(settings["copies"]),
                    nt_samples_batch_size=_PASSES,
                    stdevs=noise,
                    target=target,
                    abs=True,
                )

        return _each(targets, smooth, on_progress)


class IntegratedGradients(Method):
    name = "integrated-gradients"
    title = "Integrated gradients"
    sentence = "what each pixel adds to the class's score on the way from an empty picture to this one"
    paper = "Sundararajan, Taly & Yan, 2017"
    takes = "gradients"
    settings = (
        SCORE,
        fill_setting("baseline", "Empty picture", "blurred", "What the way begins from."),
        Setting(
            *("steps", "Steps", SettingKind.INTEGER, 32),
            help="More are closer to the integral, and slower.",
            minimum=4,
            maximum=512,
        ),
    )

    def maps(
        self,
        model: ExplainedModel,
        image: Images,
        targets: Sequence[Target],
        settings: Settings,
        *,
        on_progress: Progress = no_progress,
    ) -> FeatureMaps:
        method = CaptumIntegratedGradients(_forward(model, settings))
        baseline = torch.from_numpy(fill_of(str(settings["baseline"]), image, model.preprocessing))[None]
        return _each(
            targets,
            lambda target: method.attribute(
                _leaf(image),
                baselines=baseline,
                target=target,
                n_steps=int(settings["steps"]),
                internal_batch_size=_PASSES,
            ),
            on_progress,
        )


class GradCam(Method):
    name = "grad-cam"
    title = "Grad-CAM"
    sentence = "where a layer responds with what speaks for the class"
    paper = "Selvaraju, Cogswell, Das, Vedantam, Parikh & Batra, 2017"
    takes = "gradients"
    settings = (
        SCORE,
        Setting(
            *("layer", "Layer", SettingKind.LAYER, ""),
            help="The last is coarse and sure; earlier ones are fine, and less about the class.",
        ),
    )

    def maps(
        self,
        model: ExplainedModel,
        image: Images,
        targets: Sequence[Target],
        settings: Settings,
        *,
        on_progress: Progress = no_progress,
    ) -> FeatureMaps:
        layer = _layer(model, str(settings["layer"]))
        with torch.no_grad():
            activation = model.module.reached(torch.from_numpy(image)[None], (layer,))[layer]
        activation = activation.detach().requires_grad_()
        (answer,) = model.module.resumed({layer: activation}).values()
        scores = _scored(answer, settings)
        found = []
        for done, target in enumerate(targets):
            score = scores[0, target.index] - (0 if target.contrast is None else scores[0, target.contrast])
            (gradient,) = torch.autograd.grad(score, activation, retain_graph=True)
            weighed = (gradient.mean(dim=(2, 3), keepdim=True) * activation).sum(dim=1)[0]
            found.append(torch.relu(weighed).detach().numpy())
            on_progress(done + 1, len(targets))
        return np.asarray(np.stack(found), np.float32)


def _layer(model: ExplainedModel, wanted: str) -> str:
    if not model.layers:
        raise NotExplainable("No layer of this model has a place in the picture.")
    if wanted and wanted not in model.layers:
        raise NotExplainable(f"This model has no layer {wanted} that has a place in the picture.")
    return wanted or model.layers[-1]


def _forward(model: ExplainedModel, settings: Settings) -> Forward:
    module = model.module
    return lambda images: _scored(module(images), settings)


def _scored(logits: Tensor, settings: Settings) -> Tensor:
    return functional.softmax(logits, dim=1) if settings["score"] == "probabilities" else logits


def _leaf(image: Images) -> Tensor:
    return torch.from_numpy(image.copy())[None].requires_grad_()


def _each(targets: Sequence[Target], attribute: Callable[[int], Tensor], on_progress: Progress) -> FeatureMaps:
    """A map for each target; against a contrast, of what tells the two apart."""
    found = []
    for done, target in enumerate(targets):
        attribution = attribute(target.index)
        if target.contrast is not None:
            attribution = attribution - attribute(target.contrast)
        found.append(_flat(attribution))
        on_progress(done + 1, len(targets))
    return np.stack(found)


def _flat(attribution: Tensor) -> FloatMap:
    """(1, 3, h, w) -> (h, w)"""
    return np.asarray(attribution.detach()[0].abs().amax(dim=0).numpy(), np.float32)
