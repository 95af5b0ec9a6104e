"""Rounds a matrix so that its outputs on calibration data change least."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voicepack.quantize.formats.block_weights import BlockWeights, block_scales, round_to_codes
from voicepack.runtime.phones import FloatArray

DAMPING = 0.01
"""Added to the diagonal, as a share of its mean: keeps rarely used inputs invertible."""
BATCH = 128
"""Columns whose corrections to the rest of the matrix are applied together."""


def round_calibrated(
    weight: FloatArray, second_moment: FloatArray, bits: int, block_size: int
) -> BlockWeights:
    """Round column after column, each time moving the error onto columns not yet rounded.

    Columns go from the most to the least used, and scales are fixed before, so that columns of a
    block may be rounded at different times.

    Args:
        weight: float32, (inputs, outputs).
        second_moment: float32, (inputs, inputs): sum of x x' over calibration inputs x; any
            multiple of it will do.
        bits: 4 or 8.
        block_size: Inputs that share a scale.

    Source: Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained
    Transformers", 2022; order and fixed scales as in their later code.
    """
    scales = block_scales(weight, bits, block_size)
    each = np.repeat(scales, block_size, axis=1)[:, : len(weight)]
    order = np.argsort(-np.diagonal(second_moment), kind="stable")
    ordered = second_moment[np.ix_(order, order)]
    codes = np.empty(each.shape, np.uint8)
    codes[:, order] = _round_columns(
        weight.T[:, order], each[:, order], _error_spread(ordered), bits
    )
    return BlockWeights(bits, block_size, codes, scales)


def _error_spread(second_moment: FloatArray) -> FloatArray:
    """Return the upper Cholesky factor of the inverse: row i spreads the error of column i."""
    damped = second_moment.astype(np.float64)
    damped[np.diag_indices_from(damped)] += DAMPING * np.diagonal(damped).mean() + 1e-12
    return np.linalg.cholesky(np.linalg.inv(damped)).T.astype(np.float32)


def _round_columns(
    weight: FloatArray, scales: FloatArray, spread: FloatArray, bits: int
) -> npt.NDArray[np.uint8]:
    """Round (outputs, inputs) weights from the first column to the last."""
    remaining = weight.copy()
    codes = np.empty(weight.shape, np.uint8)
    middle = 2 ** (bits - 1)
    for start in range(0, weight.shape[1], BATCH):
        stop = min(start + BATCH, weight.shape[1])
        errors = np.empty((len(weight), stop - start), np.float32)
        for at in range(start, stop):
            codes[:, at] = round_to_codes(remaining[:, at], scales[:, at], bits)
            restored = (codes[:, at].astype(np.float32) - middle) * scales[:, at]
            error = (remaining[:, at] - restored) / spread[at, at]
            remaining[:, at:stop] -= np.outer(error, spread[at, at:stop])
            errors[:, at - start] = error
        remaining[:, stop:] -= errors @ spread[start:stop, stop:]
    return codes
