"""What the options of `losses` and `sampling` come to for given labels: the targets that are learned, those that are
judged by, and what is taken back afterwards.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ml.arrays import Costs, Labels, Probabilities
from ml.training.losses import LossConfig, answering_shift, logit_offset, soft_targets, weights_of_classes
from ml.training.sampling import SamplingConfig, uses

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Weighing:
    """targets: (n, c), what each class of a sample counts for in the loss. judged: the same for samples that are held
    out, which count as if they had been drawn as often as their class is. offset: (c,), added to the logits while
    learning.
    """

    targets: Tensor
    judged: Tensor
    offset: Tensor
    _answering: Floats

    def shift(self, temperature: float) -> Floats:
        """(c,): what to add to the bias of a head over logits that are divided by `temperature`, for it to answer at
        the frequencies of the labels."""
        return np.asarray(self.offset.numpy() + self._answering * temperature, np.float64)


def weigh(
    labels: Labels,
    sureness: Floats | None,
    n_classes: int,
    *,
    loss: LossConfig,
    sampling: SamplingConfig,
    costs: Costs | None = None,
    targets: Probabilities | None = None,
) -> Weighing:
    """(n,) labels, each class of which has some. sureness: as for `soft_targets`; (n, c) targets stand in for both."""
    targets = soft_targets(labels, sureness, n_classes) if targets is None else targets
    found, seen = targets.sum(axis=0), uses(labels, n_classes, sampling)[labels] @ targets
    weights = weights_of_classes(seen, loss, costs)
    return Weighing(
        targets=_tensor(targets * weights),
        judged=_tensor(targets * weights * seen / found),
        offset=_tensor(logit_offset(seen, loss)),
        _answering=answering_shift(found, seen, weights),
    )


def _tensor(array: Floats) -> Tensor:
    return torch.from_numpy(np.asarray(array, np.float32))
