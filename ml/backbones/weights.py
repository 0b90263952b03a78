"""Weights from a file into a backbone, refused as a whole where they are not its own."""

from pathlib import Path
from pickle import UnpicklingError
from typing import IO

import torch
from torch import nn

from ml.errors import NotAModelFile, NotFinite, WrongShape


def load_weights(module: nn.Module, file: Path | IO[bytes]) -> None:
    """Raises NotAModelFile, WrongShape, which names the first tensor that does not fit, or NotFinite."""
    try:
        stored = torch.load(file, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, IndexError, UnpicklingError) as error:
        raise NotAModelFile(f"This is no file of PyTorch weights: {error}") from error
    if not isinstance(stored, dict):
        raise NotAModelFile("This file of PyTorch holds no weights by name: save the module's `state_dict()`.")
    own = module.state_dict()
    if missing := [name for name in own if name not in stored]:
        raise WrongShape(f"The weights lack {missing[0]}, and {len(missing)} tensors in all: they are another model's.")
    for name, tensor in own.items():
        if stored[name].shape != tensor.shape:
            there, wanted = tuple(stored[name].shape), tuple(tensor.shape)
            raise WrongShape(f"The weights do not fit the backbone: {name} is {there} and should be {wanted}.")
        if not torch.isfinite(stored[name]).all():
            raise NotFinite(f"The weights hold NaN or infinity, in {name}.")
    module.load_state_dict({name: stored[name] for name in own})
