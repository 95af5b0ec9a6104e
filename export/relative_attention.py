"""Self-attention that knows how far apart two frames are, as long as they are close.

Source: Shaw, Uszkoreit and Vaswani, "Self-Attention with Relative Position Representations", 2018;
upstream `module/attentions.py`, MultiHeadAttention, with heads that share their offsets.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class RelativeAttention(nn.Module):
    """Attention over all frames, with a learned key and value for each distance in a window.

    Args:
        channels: Width of the frames.
        num_heads: Heads the channels are divided among.
        window: Largest distance with a key and value of its own; beyond it distance is not seen.
    """

    def __init__(self, channels: int, num_heads: int, window: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        head_size = channels // num_heads
        self.scale = head_size**-0.5
        self.query = nn.Conv1d(channels, channels, 1)
        self.key = nn.Conv1d(channels, channels, 1)
        self.value = nn.Conv1d(channels, channels, 1)
        self.output = nn.Conv1d(channels, channels, 1)
        self.distance_keys = nn.Parameter(torch.zeros(1, 2 * window + 1, head_size))
        self.distance_values = nn.Parameter(torch.zeros(1, 2 * window + 1, head_size))

    def forward(self, hidden: Tensor) -> Tensor:
        """Map float32 (1, channels, frames) to the same shape."""
        query, key, value = (
            layer(hidden).view(self.num_heads, -1, hidden.shape[2])
            for layer in (self.query, self.key, self.value)
        )
        query = query * self.scale
        near = (self.distance_keys @ query).transpose(1, 2)
        scores = query.transpose(1, 2) @ key + distances_to_frames(near)
        weights = functional.softmax(scores, dim=2)
        near = frames_to_distances(weights, self.distance_values.shape[1])
        attended = weights @ value.transpose(1, 2) + near @ self.distance_values
        output: Tensor = self.output(attended.transpose(1, 2).reshape(hidden.shape))
        return output


def distances_to_frames(near: Tensor) -> Tensor:
    """Put what belongs to a distance where that distance is: a band around the diagonal.

    Each row is moved one column further to the right than the row above, by reading rows that are
    one element too wide at the narrower width. That costs two copies, no gather and no mask, and
    is right for any number of frames, also fewer than the window.

    Args:
        near: (heads, frames, 2 * window + 1); column d belongs to the frame d - window further on.

    Returns:
        (heads, frames, frames): element (i, j) is `near[:, i, j - i + window]`, or 0 beyond the
        window.
    """
    heads, frames, distances = near.shape
    wide = functional.pad(near, (0, frames)).reshape(heads, -1)
    skewed = wide[:, : frames * (frames + distances - 1)]
    window = distances // 2
    return skewed.reshape(heads, frames, -1)[:, :, window : window + frames]


def frames_to_distances(weights: Tensor, distances: int) -> Tensor:
    """Cut the band around the diagonal out: the inverse of `distances_to_frames`.

    Args:
        weights: (heads, frames, frames).
        distances: 2 * window + 1.

    Returns:
        (heads, frames, distances): element (i, d) is `weights[:, i, i + d - window]`, or 0 where
        there is no such frame.
    """
    heads, frames, _ = weights.shape
    window = distances // 2
    narrow = functional.pad(weights, (window, window)).reshape(heads, -1)
    skewed = functional.pad(narrow, (0, frames)).reshape(heads, frames, -1)
    return skewed[:, :, :distances]
