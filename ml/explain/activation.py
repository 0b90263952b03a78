"""Where the model looked, from the feature map of the pass that scored the picture: no second pass, no
gradient.

The embedding is the mean of the feature map and the head is linear, so a logit is a sum over cells, and
each cell's part in it is known exactly. Maps are not negative and not yet scaled; `ml.explain.render`
scales them.
"""

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


class ClassActivation(Method):
    name = "activation"
    title = "Class activation"
    sentence = "what speaks for the class, from the pass that scored the picture"
    paper = "Zhou, Khosla, Lapedriza, Oliva & Torralba, 2016"
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
        feature_map, head = _seen(model, image)
        return np.stack([class_activation(feature_map, head, target.index) for target in targets])


class ContrastiveActivation(Method):
    name = "contrastive"
    title = "Contrastive activation"
    sentence = "what speaks for the class rather than for its rival"
    paper = "after Zhou, Khosla, Lapedriza, Oliva & Torralba, 2016"
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
        """A target without a contrast is held against the likeliest other class."""
        feature_map, head = _seen(model, image)
        logits = head.logits(feature_map.mean(axis=(1, 2))[None])[0]
        rivals = [_rival(logits, target) for target in targets]
        return np.stack(
            [
                contrastive_activation(feature_map, head, target.index, rival)
                for target, rival in zip(targets, rivals, strict=True)
            ]
        )


def _seen(model: ExplainedModel, image: Images) -> tuple[FeatureMaps, LinearHead]:
    if model.head is None:
        raise NotExplainable(
            "This model does not end in a mean over a feature map and a linear layer, which class activation needs."
        )
    return model.feature_maps(image[None])[0], model.head


def _rival(logits: FloatMap, target: Target) -> int:
    if target.contrast is not None:
        return target.contrast
    others = logits.copy()
    others[target.index] = -np.inf
    return int(others.argmax())
