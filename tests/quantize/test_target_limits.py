from __future__ import annotations

import pytest

from voicepack.quantize.recipe import CacheFormat, Text2SemanticRecipe, WeightFormat
from voicepack.quantize.recipe_file import built_in_recipes
from voicepack.quantize.target_limits import BLOCK_NOTE, CACHE_NOTES, fit_to_profile
from voicepack.targets.catalogue import find_profile
from voicepack.targets.profile import KvCache


@pytest.mark.parametrize(
    ("target", "flavour"),
    [
        ("cpu-portable", KvCache.PORTABLE),
        ("raspberry-pi-4", KvCache.PORTABLE),
        ("openvino-cpu", KvCache.STATEFUL),
        ("jetson-orin", KvCache.ON_DEVICE),
    ],
)
def test_what_a_target_lacks_becomes_the_nearest_that_it_has(target: str, flavour: KvCache) -> None:
    recipe = Text2SemanticRecipe(
        WeightFormat.INT8_BLOCK,
        overrides={"a": WeightFormat.INT4_BLOCK, "b": WeightFormat.INT8_BLOCK},
        kv_cache=CacheFormat.INT8,
    )
    fitting, notes = fit_to_profile(recipe, find_profile(target))
    assert fitting == Text2SemanticRecipe(
        WeightFormat.INT8,
        overrides={"a": WeightFormat.INT4_BLOCK, "b": WeightFormat.INT8},
        kv_cache=CacheFormat.FP32,
    )
    assert notes == (CACHE_NOTES[flavour], BLOCK_NOTE)


def test_a_portable_graph_for_a_newer_engine_keeps_its_blocks() -> None:
    recipe = Text2SemanticRecipe(WeightFormat.INT8_BLOCK)
    assert fit_to_profile(recipe, find_profile("cpu-portable-1.23")) == (recipe, ())


def test_what_a_target_can_run_stays_and_needs_no_note() -> None:
    recipe = Text2SemanticRecipe(WeightFormat.INT4_BLOCK)
    assert fit_to_profile(recipe, find_profile("cpu-portable")) == (recipe, ())
    for built_in in built_in_recipes().values():
        part = built_in.text2semantic
        assert fit_to_profile(part, find_profile("cpu")) == (part, ())
