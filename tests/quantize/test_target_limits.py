from __future__ import annotations

from voicepack.quantize.recipe import CacheFormat, Text2SemanticRecipe, WeightFormat
from voicepack.quantize.recipe_file import built_in_recipes
from voicepack.quantize.target_limits import BLOCK_NOTE, CACHE_NOTE, fit_to_flavour
from voicepack.targets.profile import KvCache


def test_the_portable_flavour_has_neither_an_int8_cache_nor_blocks_of_8_bits() -> None:
    recipe = Text2SemanticRecipe(
        WeightFormat.INT8_BLOCK,
        overrides={"a": WeightFormat.INT4_BLOCK, "b": WeightFormat.INT8_BLOCK},
        kv_cache=CacheFormat.INT8,
    )
    fitting, notes = fit_to_flavour(recipe, KvCache.PORTABLE)
    assert fitting == Text2SemanticRecipe(
        WeightFormat.INT8,
        overrides={"a": WeightFormat.INT4_BLOCK, "b": WeightFormat.INT8},
        kv_cache=CacheFormat.FP32,
    )
    assert notes == (CACHE_NOTE, BLOCK_NOTE)


def test_what_a_flavour_can_run_stays_and_needs_no_note() -> None:
    recipe = Text2SemanticRecipe(WeightFormat.INT4_BLOCK)
    assert fit_to_flavour(recipe, KvCache.PORTABLE) == (recipe, ())
    for built_in in built_in_recipes().values():
        part = built_in.text2semantic
        assert fit_to_flavour(part, KvCache.SHARED_BUFFER) == (part, ())
