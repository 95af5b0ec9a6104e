"""Rounds the weights of a convolution, each output channel with a scale of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voicepack.runtime.phones import FloatArray

LARGEST_STORED = 127
"""8 bits. -128 stays unused, so that a weight and its negative round alike."""
LARGEST_MULTIPLIED = 63
"""7 bits. Two products with 8-bit activations then fit the 16-bit sums of x86 CPUs without VNNI,
where 8 bits saturate: the same numbers on every CPU for about 1 dB.

Source: `onnxruntime.ai/docs/performance/model-optimizations/quantization.html`, "reduce_range"."""
_SHRINKS = np.linspace(1.0, 0.6, 17)
"""Scales tried, as shares of the one that clips nothing."""


@dataclass(frozen=True)
class RoundedChannels:
    """Weights as `codes * scales`."""

    codes: npt.NDArray[np.int8]
    """int8, shaped as the weight."""
    scales: FloatArray
    """float32, (channels,)."""
    axis: int
    """The axis of the channels."""


def round_channels(
    weight: FloatArray, axis: int, largest: int, smallest_scales: FloatArray | float = 0.0
) -> RoundedChannels:
    """Round with the scales that lose least energy, the largest weights clipped if that pays.

    Args:
        weight: float32, any shape.
        axis: The output channels.
        largest: Codes go from minus this to this, at most 127.
        smallest_scales: No channel's scale is below: one for all, or (channels,).
    """
    rows = np.moveaxis(weight, axis, 0).reshape(weight.shape[axis], -1)
    full = np.abs(rows).max(axis=1, keepdims=True) / largest
    full[full == 0] = 1.0
    floor = np.broadcast_to(np.float32(smallest_scales), len(rows))[:, None]
    best, least = full, np.full_like(full, np.inf)
    for shrink in _SHRINKS:
        scales = np.maximum(full * np.float32(shrink), floor)
        lost = np.square(_codes(rows, scales, largest) * scales - rows).sum(axis=1, keepdims=True)
        best, least = np.where(lost < least, scales, best), np.minimum(lost, least)
    aligned = best.reshape([-1 if each == axis else 1 for each in range(weight.ndim)])
    codes = _codes(weight, aligned, largest).astype(np.int8)
    return RoundedChannels(codes, best[:, 0].astype(np.float32), axis)


def _codes(weight: FloatArray, scales: FloatArray, largest: int) -> FloatArray:
    codes: FloatArray = np.rint(weight / scales).clip(-largest, largest)
    return codes
