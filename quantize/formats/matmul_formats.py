"""Gives every matrix multiplication of a graph the format that a recipe asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import onnx

from voicepack.quantize.errors import RecipeError
from voicepack.quantize.formats.block_weights import BlockWeights, round_blocks, use_blocks
from voicepack.quantize.formats.dynamic_int8 import use_dynamic_int8
from voicepack.quantize.formats.gptq import round_calibrated
from voicepack.quantize.formats.precision import store_as_half
from voicepack.quantize.formats.widened_weights import widen_blocks, widen_channels
from voicepack.quantize.graphs.flavour import flavour_of
from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.quantize.graphs.linear import Linear, find_linear
from voicepack.quantize.recipe import MatmulRecipe, WeightFormat
from voicepack.runtime.phones import FloatArray
from voicepack.targets.profile import KvCache


@dataclass(frozen=True)
class _Forms:
    """How a kind of graph multiplies by rounded weights."""

    channels: Callable[[GraphEditor, Linear], None]
    """8 bits, a scale for each output."""
    blocks: Callable[[GraphEditor, Linear, BlockWeights], None]


BITS = {WeightFormat.INT8_BLOCK: 8, WeightFormat.INT4_BLOCK: 4}
SMALLEST_BLOCK = 16


def quantize_matmuls(
    model: onnx.ModelProto, recipe: MatmulRecipe, second_moments: Mapping[str, FloatArray]
) -> onnx.ModelProto:
    """Return the graph with its multiplications in the recipe's formats.

    Args:
        model: float32; stays as it is.
        recipe: Which format each weight gets.
        second_moments: Weight -> float32, (inputs, inputs), see `activations`. Needed for the block
            weights of a calibrated recipe only.

    Raises:
        RecipeError: The graph has no float32 weights, the block size is none MatMulNBits knows, an
            override fits no weight, or a calibrated recipe comes without data.
    """
    editor = GraphEditor(model)
    linears = list(find_linear(editor))
    _check(recipe, linears)
    forms = _forms(model, recipe)
    halved = set()
    for linear in linears:
        form = recipe.format_of(linear.weight)
        if form is WeightFormat.INT8:
            forms.channels(editor, linear)
        elif form in BITS:
            rounded = _round(editor, linear, recipe, second_moments)
            forms.blocks(editor, linear, rounded.in_blocks(recipe.block_size))
        elif form is WeightFormat.FP16:
            halved.add(linear.weight)
    return store_as_half(editor.model(), halved)


def _forms(model: onnx.ModelProto, recipe: MatmulRecipe) -> _Forms:
    if flavour_of(model) is KvCache.STATEFUL:  # its engine fuses only what it knows from others
        return _Forms(widen_channels, widen_blocks)
    return _Forms(use_dynamic_int8, partial(use_blocks, activations=recipe.activations))


def _round(
    editor: GraphEditor,
    linear: Linear,
    recipe: MatmulRecipe,
    second_moments: Mapping[str, FloatArray],
) -> BlockWeights:
    weight = editor.weight(linear.weight)
    bits = BITS[recipe.format_of(linear.weight)]
    num_inputs = recipe.inputs_of_scale(len(weight))
    if not recipe.calibrated:
        return round_blocks(weight, bits, num_inputs)
    if linear.weight not in second_moments:
        raise RecipeError(
            f"{linear.weight}: the recipe rounds on calibration data, but none was recorded for "
            "this weight. Give calibration sentences, or set calibrated to false."
        )
    return round_calibrated(weight, second_moments[linear.weight], bits, num_inputs)


def _check(recipe: MatmulRecipe, linears: list[Linear]) -> None:
    if not linears:
        raise RecipeError(
            "the graph multiplies by no float32 weight. Quantize the pack in full precision, not "
            "one that was quantized or stored in half precision before."
        )
    size = recipe.block_size
    if size < SMALLEST_BLOCK or size & (size - 1):
        raise RecipeError(f"block_size is {size}, but must be a power of two, 16 or more.")
    for pattern in recipe.overrides:
        only = MatmulRecipe(overrides={pattern: WeightFormat.FP16})
        if not any(only.format_of(each.weight) is WeightFormat.FP16 for each in linears):
            names = ", ".join(each.weight for each in linears[:5])
            raise RecipeError(f"override {pattern!r} fits no weight; there are {names}, ...")
