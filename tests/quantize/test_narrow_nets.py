"""What a recipe asks for is fitted to the width of the net."""

from __future__ import annotations

from dataclasses import replace

from voicepack.quantize.narrow_nets import NOTE, UNEVEN_NOTE, fit_to_width
from voicepack.quantize.recipe import (
    ActivationFormat,
    CacheFormat,
    Text2SemanticRecipe,
    WeightFormat,
)

ASKED = Text2SemanticRecipe(WeightFormat.INT8_BLOCK, 256, kv_cache=CacheFormat.INT8)


def test_a_wide_net_gets_what_was_asked_for() -> None:
    assert fit_to_width(ASKED, 512) == (ASKED, ())
    assert fit_to_width(ASKED, 128) == (ASKED, ())


def test_a_narrow_net_keeps_rows_and_cache_exact_and_says_so() -> None:
    fitted, notes = fit_to_width(ASKED, 64)

    assert fitted.weights is WeightFormat.INT8_BLOCK
    assert fitted.block_size == 16
    assert fitted.activations is ActivationFormat.FP32
    assert fitted.kv_cache is CacheFormat.FP32
    assert notes == (NOTE,)


def test_a_width_that_no_block_divides_starts_sentences_in_one_graph() -> None:
    layered = replace(ASKED, layered_start=True)

    assert fit_to_width(layered, 8 * 17) == (ASKED, (UNEVEN_NOTE,))
    assert fit_to_width(layered, 16 * 17) == (layered, ())


def test_what_fits_already_is_not_remarked_upon() -> None:
    fitted, _ = fit_to_width(ASKED, 64)

    assert fit_to_width(fitted, 64) == (fitted, ())
