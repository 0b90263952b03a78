"""Labeled samples as the arrays that `ml` learns from and judges by."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from heedful.quality.services import LabeledSample
from ml.arrays import Labels


def labels_of(labeled: Sequence[LabeledSample]) -> Labels:
    return np.array([one.position for one in labeled], np.int64)


def sureness_of(labeled: Sequence[LabeledSample]) -> npt.NDArray[np.float64]:
    return np.array([one.sureness for one in labeled], np.float64)


def groups_of(labeled: Sequence[LabeledSample]) -> npt.NDArray[np.str_]:
    return np.array([one.group for one in labeled])
