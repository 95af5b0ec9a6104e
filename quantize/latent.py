"""Quantizes the latent graph: text encoder and flow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import onnx

from voicepack.quantize.formats.convolutions import quantize_convolutions
from voicepack.quantize.recipe import ConvolutionRecipe
from voicepack.targets.session import Array


def quantize_latent(
    model: onnx.ModelProto, recipe: ConvolutionRecipe, calibration: Iterable[Mapping[str, Array]]
) -> onnx.ModelProto:
    """Return the latent graph in the formats of its recipe.

    Its matrix multiplications by weights are convolutions, most of kernel 1; what it multiplies
    beside them, the attention, stays in full precision.

    Args:
        model: The fp32 graph; stays as it is.
        recipe: Formats, and how ranges are chosen.
        calibration: Tokens, phones, embedding and noise of real speech; read once.
    """
    return quantize_convolutions(model, recipe, calibration)
