"""The ways through the same pictures: the workers' own, its two halves alone, and a plain PyTorch loop."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ml.arrays import Embeddings, Images
from ml.backbones.base import Backbone
from ml.inference.embedding import embed, read
from ml.inference.preprocessing import Preprocessing
from ml.inference.session import EMBEDDING, InferenceSession
from ml.training.head import torch_threads

BATCH = 16
LOADER_WORKERS = 2
END_TO_END, DECODING, RUNTIME = "end to end", "decoding alone", "ONNX Runtime alone"
LOOP, LOOP_ONE_THREAD = "DataLoader loop", "DataLoader loop, PyTorch on one thread"


@contextmanager
def contestants(
    session: InferenceSession, module: Backbone, paths: Sequence[Path], *, threads: int
) -> Iterator[Mapping[str, Callable[[], object]]]:
    """Each goes once through all pictures. They end in the same numbers, or this raises AssertionError.

    The loop runs twice, as it comes and with PyTorch held to one thread: when the cores are busy already, with the
    loader's processes for one, threads that wait for each other cost it more than the second one gives.
    """
    loader = DataLoader(
        Pictures(paths, session.preprocessing), BATCH, num_workers=LOADER_WORKERS, persistent_workers=True
    )
    by_loop = _loop(loader, module, threads)
    with ThreadPoolExecutor(threads) as executor:
        batches = list(executor.map(lambda rows: _decoded(rows, session.preprocessing), _batches(paths)))
        np.testing.assert_allclose(embed(session, paths, threads=threads), by_loop, atol=2e-3)
        yield {
            END_TO_END: lambda: embed(session, paths, threads=threads, batch_size=BATCH),
            DECODING: lambda: list(executor.map(lambda rows: _decoded(rows, session.preprocessing), _batches(paths))),
            RUNTIME: lambda: list(executor.map(lambda images: session.run(images, (EMBEDDING,)), batches)),
            LOOP: lambda: _loop(loader, module, threads),
            LOOP_ONE_THREAD: lambda: _loop(loader, module, 1),
        }


class Pictures(Dataset[Tensor]):
    """The same decoding, as a PyTorch data set."""

    def __init__(self, paths: Sequence[Path], preprocessing: Preprocessing) -> None:
        self._paths = paths
        self._preprocessing = preprocessing

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, index: int) -> Tensor:
        return torch.from_numpy(read(self._paths[index], self._preprocessing))


def _loop(loader: "DataLoader[Tensor]", module: Backbone, threads: int) -> Embeddings:
    with torch_threads(threads), torch.inference_mode():
        return np.concatenate([module(images)[0].numpy() for images in loader])


def _batches(paths: Sequence[Path]) -> list[Sequence[Path]]:
    return [paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]


def _decoded(paths: Sequence[Path], preprocessing: Preprocessing) -> Images:
    return np.stack([read(path, preprocessing) for path in paths])
