from __future__ import annotations

import pytest

from voicepack.quantize.recipe import CacheFormat, Text2SemanticRecipe, WeightFormat
from voicepack.quantize.recipe_file import built_in_recipes
from voicepack.quantize.target_limits import BLOCK_NOTES, CACHE_NOTES, fit_to_flavour
from voicepack.targets.profile import KvCache


@pytest.mark.parametrize("flavour", [KvCache.PORTABLE, KvCache.STATEFUL, KvCache.ON_DEVICE])
def test_only_a_shared_buffer_has_an_int8_cache_and_blocks_of_8_bits(flavour: KvCache) -> None:
    recipe = Text2SemanticRecipe(
        WeightFormat.INT8_BLOCK,
        overrides={"a": WeightFormat.INT4_BLOCK, "b": WeightFormat.INT8_BLOCK},
        kv_cache=CacheFormat.INT8,
    )
    fitting, notes = fit_to_flavour(recipe, flavour)
    assert fitting == Text2SemanticRecipe(
        WeightFormat.INT8,
        overrides={"a": WeightFormat.INT4_BLOCK, "b": WeightFormat.INT8},
        kv_cache=CacheFormat.FP32,
    )
    assert notes == (CACHE_NOTES[flavour], BLOCK_NOTES[flavour])


def test_what_a_flavour_can_run_stays_and_needs_no_note() -> None:
    recipe = Text2SemanticRecipe(WeightFormat.INT4_BLOCK)
    assert fit_to_flavour(recipe, KvCache.PORTABLE) == (recipe, ())
    for built_in in built_in_recipes().values():
        part = built_in.text2semantic
        assert fit_to_flavour(part, KvCache.SHARED_BUFFER) == (part, ())
