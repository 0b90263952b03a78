"""What a backbone is to the rest of the package: a chain of stages ending in a feature map that is averaged.

The average-then-linear form matters: it makes a class activation map of the head's weights exact, and lets
fine-tuning freeze a prefix of the chain and cache what that prefix computes.
"""

import torch
from torch import Tensor, nn


class Backbone(nn.Module):
    """`stages(images)` is the feature map (n, d, h, w); its spatial mean is the embedding (n, d)."""

    stages: nn.Sequential
    embedding_width: int

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 3, s, s) -> embedding (n, d), feature map (n, d, h, w)."""
        feature_map = self.stages(images)
        return torch.mean(feature_map, dim=(2, 3)), feature_map
