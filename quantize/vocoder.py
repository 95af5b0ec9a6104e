"""Quantizes the vocoder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import onnx

from voicepack.quantize.formats.convolutions import CHANNEL_AXIS, quantize_convolutions
from voicepack.quantize.graphs.fast_fir import (
    is_sped_up,
    plain_convolutions,
    speed_up_convolutions,
)
from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.quantize.graphs.pixel_shuffle import shuffle_pixels
from voicepack.quantize.recipe import ConvolutionFormat, Coverage, VocoderRecipe
from voicepack.runtime.contract import VocoderTensor
from voicepack.targets.session import Array

WINDOW_FRAMES = 32
"""The watched vocoder keeps every activation of a run: some 3 MB for each frame of a full one."""
BETWEEN_CONVOLUTIONS = frozenset({"LeakyRelu", "Add", "Reshape", "Transpose"})


def quantize_vocoder(
    model: onnx.ModelProto, recipe: VocoderRecipe, calibration: Iterable[Mapping[str, Array]]
) -> onnx.ModelProto:
    """Return the vocoder graph in the formats of its recipe.

    Where convolutions were sped up, those that the recipe leaves in full precision are so again.

    Args:
        model: The fp32 graph; stays as it is.
        recipe: Formats, coverage, and how ranges are chosen.
        calibration: Latents and embeddings of real speech; read once.
    """
    plain = plain_convolutions(model)
    recipe = _sparing_narrow_stages(plain, recipe)
    if recipe.pixel_shuffle:
        plain = shuffle_pixels(plain)
    between = BETWEEN_CONVOLUTIONS if recipe.coverage is Coverage.EVERYTHING else frozenset()
    quantized = quantize_convolutions(plain, recipe, _windows(calibration), between)
    return speed_up_convolutions(quantized) if is_sped_up(model) else quantized


def _sparing_narrow_stages(model: onnx.ModelProto, recipe: VocoderRecipe) -> VocoderRecipe:
    """Write `narrowest` as overrides. Those of the recipe come later, and so decide."""
    if recipe.convolutions is not ConvolutionFormat.INT8:
        return recipe
    editor = GraphEditor(model)
    convolutions = [node for node in editor.nodes() if node.op_type in CHANNEL_AXIS]
    narrow = {
        f"{node.input[1]}*": ConvolutionFormat.FP16
        for node in convolutions
        if editor.shape(node.input[1])[CHANNEL_AXIS[node.op_type]] < recipe.narrowest
    }
    return replace(recipe, overrides=narrow | recipe.overrides)


def _windows(calibration: Iterable[Mapping[str, Array]]) -> Iterator[dict[str, Array]]:
    """Cut long latents, which bounds the memory that watching them takes."""
    for inputs in calibration:
        latent = inputs[VocoderTensor.LATENT]
        for start in range(0, latent.shape[2], WINDOW_FRAMES):
            window = latent[:, :, start : start + WINDOW_FRAMES]
            yield {**inputs, VocoderTensor.LATENT: window.copy()}
