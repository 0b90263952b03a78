"""The shapes that travel through this package, by name. n samples, c classes, d embedding width."""

import numpy as np
import numpy.typing as npt

Probabilities = npt.NDArray[np.floating]
"""(n, c): rows sum to 1."""

Embeddings = npt.NDArray[np.float32]
"""(n, d)"""

FeatureMaps = npt.NDArray[np.float32]
"""(n, d, h, w), or (d, h, w) for one picture: what a backbone computes just before pooling."""

Images = npt.NDArray[np.float32]
"""(n, 3, s, s), or (3, s, s) for one picture: normalised pixels, channels red, green, blue."""

Pixels = npt.NDArray[np.uint8]
"""(s, s, 3): one picture as it is seen, channels red, green, blue."""

FloatMap = npt.NDArray[np.float32]
"""(h, w): not negative, higher = the model looked here."""

Scores = npt.NDArray[np.floating]
"""(n,): higher = more worth a label."""

Labels = npt.NDArray[np.int64]
"""(n,): class indices in 0..c-1."""

Indices = npt.NDArray[np.int64]
"""Row numbers or sample ids."""

Costs = npt.NDArray[np.float64]
"""(c, c): what it costs to call a sample of class `row` by the name of class `column`; 0 on the diagonal."""
