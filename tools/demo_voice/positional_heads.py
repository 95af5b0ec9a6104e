"""Attention heads that look at neighbours from the start, which a net takes long to learn.

Positions reach the net as sines and cosines. A rotation turns the position of a place into that of
a place some steps further on, so a head finds its neighbour when its query rotates and its key does
not.
"""

from __future__ import annotations

import torch
from torch import Tensor

from voicepack.export.text2semantic import Block

SHARPNESS = 3.0
"""Scale of queries and keys; at this one, nine tenths of a head's attention go to the neighbour."""


def look_beside(block: Block, steps: tuple[int, ...], embeddings: tuple[Tensor, ...]) -> None:
    """Let the first heads of a layer look some steps further on, and clear their channels.

    Args:
        block: The first layer.
        steps: Of each head, negative ones backwards.
        embeddings: (rows, width): their first channels, as many as a head has, become zero, so
            that nothing but the position is found there.
    """
    width = block.out.in_features
    size = width // block.num_heads
    slownesses = torch.arange(0, size, 2) / width
    frequencies = 10_000.0**-slownesses
    with torch.no_grad():
        for table in embeddings:
            table[:, :size] = 0
        for head, step in enumerate(steps):
            rows = slice(head * size, (head + 1) * size)
            query, key = block.qkv.weight[rows], block.qkv.weight[width:][rows]
            query.zero_()
            key.zero_()
            query[:, :size] = SHARPNESS * _rotation(frequencies * step)
            key[:, :size] = SHARPNESS * torch.eye(size)


def _rotation(angles: Tensor) -> Tensor:
    """Turn (sin a, cos a) pairs into (sin(a + angle), cos(a + angle)) pairs."""
    rotation = torch.diag(angles.cos().repeat_interleave(2))
    first = torch.arange(0, len(rotation), 2)
    rotation[first, first + 1] = angles.sin()
    rotation[first + 1, first] = -angles.sin()
    return rotation
