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
        return _each(
            model,
            targets,
            settings,
            lambda score: CaptumSaliency(score).attribute(_leaf(image), abs=True),
            on_progress,
        )


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
            name="noise",
            title="Noise",
            kind=SettingKind.NUMBER,
            default=0.1,
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
        noise = float(settings["noise"]) * max(float(np.ptp(image)), 1e-6)

        def smooth(score: Forward) -> Tensor:
            # Each target under the same noise, so that a map does not depend on which others are asked for.
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(int(settings["seed"]))
                drawn: Tensor = NoiseTunnel(CaptumSaliency(score)).attribute(
                    _leaf(image),
                    nt_type="smoothgrad",
                    nt_samples=int(settings["copies"]),
                    nt_samples_batch_size=_PASSES,
                    stdevs=noise,
                    abs=True,
                )
                return drawn

        return _each(model, targets, settings, smooth, on_progress)


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
            name="steps",
            title="Steps",
            kind=SettingKind.INTEGER,
            default=32,
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
        baseline = torch.from_numpy(fill_of(str(settings["baseline"]), image, model.preprocessing))[None]
        return _each(
            model,
            targets,
            settings,
            lambda score: CaptumIntegratedGradients(score).attribute(
                _leaf(image),
                baselines=baseline,
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
            name="layer",
            title="Layer",
            kind=SettingKind.LAYER,
            default="",
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
        found = []
        for done, target in enumerate(targets):
            (gradient,) = torch.autograd.grad(_score(answer, target, settings)[0], activation, retain_graph=True)
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


def _score(logits: Tensor, target: Target, settings: Settings) -> Tensor:
    """(n, c) -> (n,): the target's score, less its contrast's."""
    scores = functional.softmax(logits, dim=1) if settings["score"] == "probabilities" else logits
    of_target = scores[:, target.index]
    return of_target if target.contrast is None else of_target - scores[:, target.contrast]


def _leaf(image: Images) -> Tensor:
    return torch.from_numpy(image.copy())[None].requires_grad_()


def _each(
    model: ExplainedModel,
    targets: Sequence[Target],
    settings: Settings,
    attribute: Callable[[Forward], Tensor],
    on_progress: Progress,
) -> FeatureMaps:
    """A map for each target: what `attribute` makes of its score, which it is given as a function of pictures."""
    module, found = model.module, []

    def score_of(target: Target) -> Forward:
        return lambda images: _score(module(images), target, settings)

    for done, target in enumerate(targets):
        found.append(_flat(attribute(score_of(target))))
        on_progress(done + 1, len(targets))
    return np.stack(found)


def _flat(attribution: Tensor) -> FloatMap:
    """(1, 3, h, w) -> (h, w)"""
    return np.asarray(attribution.detach()[0].abs().amax(dim=0).numpy(), np.float32)
