"""Where the model looked, from the feature map of the pass that scored the picture: no second pass, no
gradient.

The embedding is the mean of the feature map and the head is linear, so a logit is a sum over cells, and
each cell's part in it is known exactly. Maps are not negative and not yet scaled; `ml.explain.render`
scales them.
"""

import numpy as np

from ml.arrays import FeatureMaps, FloatMap
from ml.heads import LinearHead


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
