"""Weights in 4 or 8 bits with a scale for each block of inputs, and their multiplication."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from onnx import helper

from voicepack.quantize.graphs.graph_editor import CONTRIB, GraphEditor
from voicepack.quantize.graphs.linear import Linear
from voicepack.quantize.recipe import ActivationFormat
from voicepack.runtime.phones import FloatArray

ACCURACY_LEVELS = {ActivationFormat.FP32: 1, ActivationFormat.INT8: 4}
"""What MatMulNBits calls the formats of rows."""
SHRINKS = np.linspace(1.0, 0.7, 16, dtype=np.float32)
"""Scales tried for a 4-bit block, as shares of the one that reaches its largest weight."""


@dataclass(frozen=True)
class BlockWeights:
    """A rounded matrix. It stands for (codes - middle) * scale, middle being half of 2 ** bits."""

    bits: int
    block_size: int
    """Inputs that share a scale."""
    codes: npt.NDArray[np.uint8]
    """(outputs, inputs)."""
    scales: FloatArray
    """(outputs, blocks)."""

    def dequantized(self) -> FloatArray:
        """Return the matrix it stands for, float32, (inputs, outputs)."""
        scales = np.repeat(self.scales, self.block_size, axis=1)[:, : self.codes.shape[1]]
        matrix: FloatArray = (self.codes.astype(np.float32) - 2 ** (self.bits - 1)) * scales
        return matrix.T

    def in_blocks(self, largest: int) -> BlockWeights:
        """Return the same matrix in smaller blocks, which share scales.

        Args:
            largest: Inputs of a block at most, a power of two.
        """
        size = min(self.block_size, math.gcd(self.block_size, largest))
        scales = np.repeat(self.scales, self.block_size // size, axis=1)
        return BlockWeights(self.bits, size, self.codes, scales)

    def packed(self) -> npt.NDArray[np.uint8]:
        """Return the codes as MatMulNBits reads them, (outputs, blocks, bytes of a block).

        The last block is filled up with zeros; of two 4-bit codes the first is the low half.
        """
        outputs, blocks = self.scales.shape
        filled = np.full((outputs, blocks * self.block_size), 2 ** (self.bits - 1), np.uint8)
        filled[:, : self.codes.shape[1]] = self.codes
        if self.bits == 4:
            filled = filled[:, 0::2] | (filled[:, 1::2] << 4)
        return filled.reshape(outputs, blocks, -1)


def round_blocks(weight: FloatArray, bits: int, block_size: int) -> BlockWeights:
    """Round every weight to the nearest code.

    Args:
        weight: float32, (inputs, outputs).
        bits: 4 or 8.
        block_size: Inputs that share a scale: a power of two, at least 16.
    """
    scales = block_scales(weight, bits, block_size)
    each = np.repeat(scales, block_size, axis=1)[:, : len(weight)]
    return BlockWeights(bits, block_size, round_to_codes(weight.T, each, bits), scales)


def round_to_codes(weight: FloatArray, scales: FloatArray, bits: int) -> npt.NDArray[np.uint8]:
    """Round weights by scales of the same shape."""
    middle = 2 ** (bits - 1)
    codes: FloatArray = (np.rint(weight / scales) + middle).clip(0, 2 * middle - 1)
    return codes.astype(np.uint8)


def block_scales(weight: FloatArray, bits: int, block_size: int) -> FloatArray:
    """Choose the scale of each block that leaves the smallest squared error.

    Codes reach one step further down than up, so a scale carries the sign that lets the largest
    weight of its block use that step.

    Args:
        weight: float32, (inputs, outputs).
        bits: 4 or 8.
        block_size: Inputs that share a scale.

    Returns:
        float32, (outputs, blocks).
    """
    inputs, outputs = weight.shape
    blocks = -(-inputs // block_size)
    filled = np.zeros((outputs, blocks * block_size), np.float32)
    filled[:, :inputs] = weight.T
    filled = filled.reshape(outputs, blocks, block_size)
    peak = np.take_along_axis(filled, np.abs(filled).argmax(axis=2)[..., None], axis=2)[..., 0]
    widest = np.where(peak == 0, 1, peak / -(2 ** (bits - 1))).astype(np.float32)
    return widest if bits > 4 else _least_squares(filled, widest, bits)


def _least_squares(blocks: FloatArray, widest: FloatArray, bits: int) -> FloatArray:
    """Try smaller scales: clipping a few large weights can pay for the finer step of the rest."""
    best, least = widest, np.full(widest.shape, np.inf, np.float32)
    middle = 2 ** (bits - 1)
    for shrink in SHRINKS:
        scales = (widest * shrink)[..., None]
        restored = (round_to_codes(blocks, scales, bits).astype(np.float32) - middle) * scales
        error = np.square(restored - blocks).sum(axis=2)
        best = np.where(error < least, scales[..., 0], best)
        least = np.minimum(error, least)
    return best


def use_blocks(
    editor: GraphEditor, linear: Linear, weights: BlockWeights, activations: ActivationFormat
) -> None:
    """Replace a multiplication by MatMulNBits, which needs ONNX Runtime."""
    form = f"{linear.weight}.int{weights.bits}"
    inputs = [
        linear.source,
        editor.add_weight(form, weights.packed()),
        editor.add_weight(f"{linear.weight}.scale", weights.scales),
        *(["", "", linear.bias] if linear.bias else []),
    ]
    node = helper.make_node(
        "MatMulNBits",
        inputs,
        [linear.result],
        name=linear.result,
        domain=CONTRIB,
        K=weights.codes.shape[1],
        N=weights.codes.shape[0],
        bits=weights.bits,
        block_size=weights.block_size,
        accuracy_level=ACCURACY_LEVELS[activations],
    )
    editor.replace([linear.node], [node])
