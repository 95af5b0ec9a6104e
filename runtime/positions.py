"""Sine positions of text2semantic."""

from __future__ import annotations

import numpy as np

from voicepack.runtime.phones import FloatArray


def sine_positions(start: int, stop: int, width: int) -> FloatArray:
    """Compute the position vectors `start` to `stop` - 1.

    Args:
        start: First position, from 0.
        stop: One past the last position.
        width: Channels; even ones hold the sine, odd ones the cosine.

    Returns:
        float32, (stop - start, width). Angles are taken in float32, as upstream does.

    Source: Vaswani et al., "Attention Is All You Need", 2017, section 3.5.
    """
    steps = np.arange(0, width, 2, dtype=np.float32)
    frequency = np.exp(steps * np.float32(-np.log(10_000.0) / width))
    angles = np.arange(start, stop, dtype=np.float32)[:, None] * frequency
    table = np.empty((stop - start, width), np.float32)
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles[:, : width // 2])
    return table
