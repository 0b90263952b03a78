"""Where the model looked, from the feature map of the pass that scored the picture: no second pass, no
gradient.

The embedding is the mean of the feature map and the head is linear, so a logit is a sum over cells, and
each cell's part in it is known exactly. Maps are not negative and not yet scaled; `ml.explain.render`
scales them.
"""

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from ml.arrays import FeatureMaps, FloatMap, Images
from ml.errors import NotExplainable
from ml.explain.method import Method, Settings, Target
from ml.explain.model import ExplainedModel
from ml.heads import LinearHead
from ml.progress import Progress, no_progress


def class_activation(feature_map: FeatureMaps, head: LinearHead, target: int) -> FloatMap:
    """ReLU(sum_k w[target, k] A[k]): what speaks for class `target` (CAM, Zhou et al., 2016). (d, h, w) ->
    (h, w).

    Equals Grad-CAM (Selvaraju et al., 2017) up to a factor, because the gradient of the logit is w[target]
    everywhere.
    """
    return _positive(head.weights[target], feature_map)


def contrastive_activation(feature_map: FeatureMaps, head: LinearHead, top: int, runner_up: int) -> FloatMap:
    """What speaks for class `top` rather than for `runner_up`: explains a choice between two. (d, h, w) ->
    (h, w).
    """
    return _positive(head.weights[top] - head.weights[runner_up], feature_map)


def activation_energy(feature_map: FeatureMaps) -> FloatMap:
    """How strongly the backbone responds, above its quietest cell: for when there is no head yet. (d, h, w)
    -> (h, w).

    The root mean square over channels.
    """
    energy = np.sqrt(np.square(feature_map, dtype=np.float32).mean(axis=0))
    return np.asarray(energy - energy.min(), np.float32)


def _positive(weights: FloatMap, feature_map: FeatureMaps) -> FloatMap:
    return np.asarray(np.maximum(np.tensordot(weights, feature_map, axes=1), 0), np.float32)


class _FromActivation(Method):
    """What its subclasses share: one pass for all pictures and all targets."""

    takes = "head"

    def maps(
        self,
        model: ExplainedModel,
        image: Images,
        targets: Sequence[Target],
        settings: Settings,
        *,
        on_progress: Progress = no_progress,
    ) -> FeatureMaps:
        (found,) = self.maps_of_many(model, image[None], [targets], settings)
        on_progress(len(targets), len(targets))
        return found

    def maps_of_many(
        self, model: ExplainedModel, images: Images, targets: Sequence[Sequence[Target]], settings: Settings
    ) -> list[FeatureMaps]:
        if model.head is None:
            raise NotExplainable(
                "This model does not end in a mean over a feature map and a linear layer, which class activation needs."
            )
        return [
            np.stack([self._map(seen, model.head, target) for target in asked])
            for seen, asked in zip(model.feature_maps(images), targets, strict=True)
        ]

    @abstractmethod
    def _map(self, seen: FeatureMaps, head: LinearHead, target: Target) -> FloatMap:
        """(d, h, w) -> (h, w)"""


class ClassActivation(_FromActivation):
    name = "activation"
    title = "Class activation"
    sentence = "what speaks for the class, from the pass that scored the picture"
    paper = "Zhou, Khosla, Lapedriza, Oliva & Torralba, 2016"

    def _map(self, seen: FeatureMaps, head: LinearHead, target: Target) -> FloatMap:
        return class_activation(seen, head, target.index)


class ContrastiveActivation(_FromActivation):
    """A target without a contrast is held against the likeliest other class."""

    name = "contrastive"
    title = "Contrastive activation"
    sentence = "what speaks for the class rather than for its rival"
    paper = "after Zhou, Khosla, Lapedriza, Oliva & Torralba, 2016"

    def _map(self, seen: FeatureMaps, head: LinearHead, target: Target) -> FloatMap:
        rival = target.contrast
        if rival is None:
            others = head.logits(seen.mean(axis=(1, 2))[None])[0].copy()
            others[target.index] = -np.inf
            rival = int(others.argmax())
        return contrastive_activation(seen, head, target.index, rival)
