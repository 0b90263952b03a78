"""How many samples to ask about before training again.

Small rounds make experts wait for training again and again; of a large round, chosen by one model all at once, many
labels tell what others of the round tell. Between them lies the size that yields most per hour.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Embeddings
from ml.errors import require_finite

SMALLEST = 5
# Half the usual distance: samples of unlike content tell about a seventh of each other.
_LENGTH_SHARE = 0.5
_NOISE = 0.1

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RoundAdvice:
    """redundancy: of a round of `size`, the share of what its labels tell that others of the round tell, 0..1.
    useful_per_hour: labels an hour without that share. at_least: the best size may lie beyond what was looked at.
    """

    size: int
    redundancy: float
    useful_per_hour: float
    at_least: bool
    sentence: str


def redundancy(embeddings: Embeddings) -> Floats:
    """(k, d) of samples in the order of asking -> (k,): of what the first 1, 2, … k labels tell, the share told twice.

    What a label still tells is the variance that a Gaussian process leaves at its sample, given those before it (as in
    the greedy of Krause, Singh & Guestrin, 2008), with a kernel as wide as half the median distance. O(k^3 + k^2 d).
    Raises NotFinite.
    """
    require_finite("embeddings", embeddings)
    k = len(embeddings)
    if k < 2:
        return np.zeros(k)
    points = np.asarray(embeddings, np.float64)
    points = points - points.mean(axis=0)
    norms = (points**2).sum(axis=1)
    squared = np.maximum(norms[:, None] + norms - 2 * points @ points.T, 0)
    usual = np.median(squared[np.triu_indices(k, 1)])
    kernel = np.exp(-squared / (2 * _LENGTH_SHARE**2 * usual)) if usual > 0 else np.ones((k, k))
    # The squared diagonal of the Cholesky factor is the variance of each given those before it.
    left = np.diag(np.linalg.cholesky(kernel + _NOISE * np.eye(k))) ** 2 - _NOISE
    return np.asarray(1 - np.cumsum(np.clip(left, 0, 1)) / np.arange(1, k + 1))


def advise(told_twice: Floats, *, training_seconds: float, answer_seconds: float, people: int) -> RoundAdvice:
    """The size with most useful labels an hour, if experts wait while the model trains.

    told_twice: (k,), as of `redundancy`; larger rounds than k are not looked at. Raises ValueError without any.
    """
    sizes = np.arange(1, len(told_twice) + 1)
    if not len(sizes) or answer_seconds <= 0 or people < 1:
        raise ValueError("Advice needs a redundancy, a time of an answer and somebody who answers.")
    seconds = max(training_seconds, 0.0) + np.ceil(sizes / people) * answer_seconds
    useful = 3600 * sizes * (1 - told_twice) / seconds
    allowed = np.where(sizes >= min(SMALLEST, len(sizes)), useful, -np.inf)
    size = int(sizes[int(allowed.argmax())])
    share = float(told_twice[size - 1])
    at_least = size == len(sizes)
    sentence = (
        f"{'At least ' if at_least else 'About '}{size} samples a round: training takes {_duration(training_seconds)}, "
        f"an answer {_duration(answer_seconds)}, and of what {size} labels tell, {share:.0%} is told twice."
    )
    return RoundAdvice(size, share, float(useful[size - 1]), at_least, sentence)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
