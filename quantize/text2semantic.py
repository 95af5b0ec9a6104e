"""Quantizes text2semantic: multiplications, then the key/value cache."""

from __future__ import annotations

from collections.abc import Iterable

import onnx

from voicepack.quantize.calibration.activations import (
    Activations,
    CalibrationSequence,
    record_activations,
)
from voicepack.quantize.errors import RecipeError
from voicepack.quantize.formats.matmul_formats import BITS, quantize_matmuls
from voicepack.quantize.graphs.convolved_products import (
    convolve_products,
    has_convolutions,
    multiply_again,
)
from voicepack.quantize.graphs.flavour import flavour_of
from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.quantize.graphs.kv_cache_format import use_int8_cache
from voicepack.quantize.graphs.linear import find_linear
from voicepack.quantize.recipe import CacheFormat, Text2SemanticRecipe, WeightFormat
from voicepack.targets.profile import KvCache


def quantize_text2semantic(
    model: onnx.ModelProto,
    recipe: Text2SemanticRecipe,
    calibration: Iterable[CalibrationSequence],
) -> onnx.ModelProto:
    """Return the graph as the recipe wants it.

    Args:
        model: float32, any flavour, as exported; stays as it is.
        recipe: Formats of weights and cache.
        calibration: Sentences to record activations on. Read once, and only by a recipe that
            needs them: one with an INT8 cache or with calibrated block weights.

    Raises:
        RecipeError: The recipe does not fit the graph, or lacks calibration data.
        TargetError: The engine that records activations is missing or too old.
    """
    plain = multiply_again(model)
    _check_flavour(plain, recipe)
    weights = _calibrated_weights(plain, recipe)
    needed = bool(weights) or recipe.kv_cache is CacheFormat.INT8
    seen = record_activations(plain, calibration, weights) if needed else Activations()
    return apply_recipe(model, recipe, seen)


def apply_recipe(
    model: onnx.ModelProto, recipe: Text2SemanticRecipe, seen: Activations
) -> onnx.ModelProto:
    """Return the graph in the formats of a recipe.

    Where products were convolutions, those that stay in full precision are so again.

    Args:
        model: float32, any flavour, as exported; stays as it is.
        recipe: Formats of weights and cache.
        seen: On calibration sentences, as far as the recipe needs it.

    Raises:
        RecipeError: The recipe does not fit the graph, or lacks calibration data.
    """
    quantized = quantize_matmuls(multiply_again(model), recipe, seen.second_moments)
    if recipe.kv_cache is CacheFormat.INT8:
        quantized = use_int8_cache(quantized, seen.cache_ranges)
    return convolve_products(quantized) if has_convolutions(model) else quantized


def _check_flavour(model: onnx.ModelProto, recipe: Text2SemanticRecipe) -> None:
    """Refuse what the engines of a flavour cannot run."""
    flavour = flavour_of(model)
    names = (linear.weight for linear in find_linear(GraphEditor(model)))
    blocks = [name for name in names if recipe.format_of(name) is WeightFormat.INT8_BLOCK]
    if blocks and flavour is KvCache.ON_DEVICE:
        raise RecipeError(
            f"{blocks[0]}: int8-block needs a newer ONNX Runtime than this graph, which is of the "
            f"{flavour.value} flavour, promises to run on. Give the weight the format int8 or "
            "int4-block."
        )
    if recipe.kv_cache is CacheFormat.INT8 and flavour is not KvCache.SHARED_BUFFER:
        raise RecipeError(
            "an int8 key/value cache needs the shared-buffer flavour, but this graph is "
            f"{flavour.value}. "
            "Set kv_cache to fp32, or export the voice for a target of that flavour."
        )


def _calibrated_weights(model: onnx.ModelProto, recipe: Text2SemanticRecipe) -> set[str]:
    """Name the weights that are rounded on calibration data."""
    names = (linear.weight for linear in find_linear(GraphEditor(model)))
    return {name for name in names if recipe.calibrated and recipe.format_of(name) in BITS}
