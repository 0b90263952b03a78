"""Labeled samples as the arrays that `ml` learns from and judges by."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from heedful.pool.models import Sample
from heedful.quality.services import LabeledSample
from ml.arrays import Embeddings, Labels
from ml.errors import NotFinite


def labels_of(labeled: Sequence[LabeledSample]) -> Labels:
    return np.array([one.position for one in labeled], np.int64)


def sureness_of(labeled: Sequence[LabeledSample]) -> npt.NDArray[np.float64]:
    return np.array([one.sureness for one in labeled], np.float64)


def groups_of(labeled: Sequence[LabeledSample]) -> npt.NDArray[np.str_]:
    return np.array([one.group for one in labeled])


def require_finite_features(labeled: Sequence[LabeledSample], embeddings: Embeddings) -> None:
    """Raises NotFinite, which names the first sample at fault and says what to do."""
    broken = np.flatnonzero(~np.isfinite(embeddings).all(axis=1))
    if len(broken):
        name = Sample.objects.values_list("name", flat=True).get(pk=labeled[broken[0]].sample_id)
        raise NotFinite(
            f"The features of {len(broken)} labeled samples hold NaN or infinity, of {name} first. Correct its file or"
            " its columns and import it again, or choose another backbone."
        )
