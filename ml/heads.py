"""The small layer on top of a backbone, as plain arrays: it scores a pool by a matrix product."""

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from ml.arrays import Embeddings, Probabilities
from ml.errors import NotAModelFile
from ml.files import replacing

_ROWS_PER_CHUNK = 16_384


@dataclass(frozen=True, slots=True, eq=False)
class LinearHead:
    """probabilities = softmax((embedding . weights^T + bias) / temperature).

    weights: (c, d) float32; bias: (c,) float32; temperature: above 0, higher = less sure of itself.
    """

    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    temperature: float

    @property
    def calibrated(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Weights and bias with the temperature divided out."""
        scale = np.float32(1 / self.temperature)
        return self.weights * scale, self.bias * scale

    def logits(self, embeddings: Embeddings) -> npt.NDArray[np.float32]:
        """(n, d) -> (n, c), calibrated. Reads a memory map piece by piece, so memory stays bounded by (n,
        c).
        """
        weights, bias = self.calibrated
        out = np.empty((len(embeddings), len(bias)), np.float32)
        for start in range(0, len(embeddings), _ROWS_PER_CHUNK):
            rows = slice(start, start + _ROWS_PER_CHUNK)
            out[rows] = embeddings[rows] @ weights.T + bias
        return out

    def probabilities(self, embeddings: Embeddings) -> Probabilities:
        """(n, d) -> (n, c) float32."""
        return softmax(self.logits(embeddings))

    def save(self, path: Path) -> None:
        with replacing(path) as file:
            np.savez(file, weights=self.weights, bias=self.bias, temperature=np.float64(self.temperature))

    @classmethod
    def load(cls, path: Path) -> "LinearHead":
        """Raises NotAModelFile."""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return cls(arrays["weights"], arrays["bias"], float(arrays["temperature"]))
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise NotAModelFile(f"{path} is not a saved head: {error}") from error


@dataclass(frozen=True, slots=True, eq=False)
class HeadEnsemble:
    """Heads of the same shape that learned from the same labels, each weighing them differently."""

    heads: tuple[LinearHead, ...]

    def probabilities(self, embeddings: Embeddings) -> Probabilities:
        """(n, d) -> (e, n, c) float32, by one matrix product a chunk of rows."""
        weights = np.concatenate([head.calibrated[0] for head in self.heads])
        bias = np.concatenate([head.calibrated[1] for head in self.heads])
        classes = len(self.heads[0].bias)
        out = np.empty((len(self.heads), len(embeddings), classes), np.float32)
        for start in range(0, len(embeddings), _ROWS_PER_CHUNK):
            rows = slice(start, start + _ROWS_PER_CHUNK)
            logits = np.asarray(embeddings[rows] @ weights.T + bias).reshape(-1, len(self.heads), classes)
            out[:, rows] = softmax(logits).transpose(1, 0, 2)
        return out


def softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Over the last axis, safe for large logits."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)
