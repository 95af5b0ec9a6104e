"""The building blocks of the speaker encoder: residual blocks of many scales.

Source: Gao et al., "Res2Net", 2019; Dai et al., "Attentional Feature Fusion", 2020; upstream
`eres2net/ERes2NetV2.py` and `eres2net/fusion.py`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

REDUCTION = 4
"""How much narrower the attention of a fusion is inside."""


def clipped_relu(features: Tensor) -> Tensor:
    """Cut below 0 and above 20, as 3D-Speaker's nets do."""
    return features.clamp(0, 20)


class AttentiveFusion(nn.Module):
    """Mixes two feature maps; which counts how much is decided for each of their points."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.attention = nn.Sequential(
            nn.Conv2d(2 * channels, channels // REDUCTION, 1),
            nn.BatchNorm2d(channels // REDUCTION),
            nn.SiLU(),
            nn.Conv2d(channels // REDUCTION, channels, 1),
            nn.BatchNorm2d(channels),
        )

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Mix two maps of equal shape, float32, (batch, channels, bands, frames)."""
        preference = torch.tanh(self.attention(torch.cat([first, second], dim=1)))
        mixed: Tensor = (1 + preference) * first + (1 - preference) * second
        return mixed


class Addition(nn.Module):
    """Mixes two feature maps by adding them up."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Add two maps of equal shape."""
        return first + second


class Res2Block(nn.Module):
    """A residual block of several branches, each of which also hears what the one before found.

    Args:
        num_inputs: Channels that come in.
        width: Channels of a branch.
        num_outputs: Channels that go out.
        stride: Of bands and frames alike.
        fusions: For each branch but the first: mixes what the branch before found with its own.
    """

    def __init__(
        self,
        num_inputs: int,
        width: int,
        num_outputs: int,
        stride: int,
        fusions: nn.ModuleList,
    ) -> None:
        super().__init__()
        num_branches = len(fusions) + 1
        self.width = width
        self.split = nn.Conv2d(num_inputs, width * num_branches, 1, stride, bias=False)
        self.split_norm = nn.BatchNorm2d(width * num_branches)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(width, width, 3, padding=1, bias=False) for _ in range(num_branches)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for _ in range(num_branches))
        self.fusions = fusions
        self.join = nn.Conv2d(width * num_branches, num_outputs, 1, bias=False)
        self.join_norm = nn.BatchNorm2d(num_outputs)
        self.shortcut = _shortcut(num_inputs, num_outputs, stride)

    def forward(self, features: Tensor) -> Tensor:
        """Refine a map: float32, (batch, channels, bands, frames), in and out."""
        parts = torch.split(clipped_relu(self.split_norm(self.split(features))), self.width, dim=1)
        found = [self._hear(0, parts[0])]
        for branch, fusion in enumerate(self.fusions, start=1):
            found.append(self._hear(branch, fusion(found[-1], parts[branch])))
        joined = self.join_norm(self.join(torch.cat(found, dim=1)))
        return clipped_relu(joined + self.shortcut(features))

    def _hear(self, branch: int, features: Tensor) -> Tensor:
        return clipped_relu(self.norms[branch](self.convolutions[branch](features)))


def _shortcut(num_inputs: int, num_outputs: int, stride: int) -> nn.Sequential:
    if stride == 1 and num_inputs == num_outputs:
        return nn.Sequential()
    return nn.Sequential(
        nn.Conv2d(num_inputs, num_outputs, 1, stride, bias=False), nn.BatchNorm2d(num_outputs)
    )
