from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.quantize.errors import RecipeError
from voicepack.quantize.recipe import (
    CacheFormat,
    CalibrationMethod,
    ConvolutionFormat,
    ConvolutionRecipe,
    Coverage,
    Recipe,
    Text2SemanticRecipe,
    VocoderRecipe,
    WeightFormat,
)
from voicepack.quantize.recipe_file import (
    built_in_recipes,
    find_recipe,
    parse_recipe,
    recipe_sha256,
    to_toml,
)

names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
recipes = st.builds(
    Recipe,
    name=names,
    description=names,
    text2semantic=st.builds(
        Text2SemanticRecipe,
        weights=st.sampled_from(WeightFormat),
        block_size=st.sampled_from([16, 32, 256]),
        calibrated=st.booleans(),
        overrides=st.dictionaries(names, st.sampled_from(WeightFormat), max_size=4),
        kv_cache=st.sampled_from(CacheFormat),
    ),
    latent=st.builds(
        ConvolutionRecipe,
        convolutions=st.sampled_from(ConvolutionFormat),
        overrides=st.dictionaries(names, st.sampled_from(ConvolutionFormat), max_size=4),
        method=st.sampled_from(CalibrationMethod),
        percentile=st.floats(50, 100),
    ),
    vocoder=st.builds(
        VocoderRecipe,
        coverage=st.sampled_from(Coverage),
        pixel_shuffle=st.booleans(),
    ),
)


def test_a_recipe_says_only_what_differs_from_full_precision() -> None:
    recipe = parse_recipe(
        """
        name = "mine"
        [text2semantic]
        weights = "int4-block"
        calibrated = true
        overrides = { "head.weight" = "int8" }
        [vocoder]
        convolutions = "int8"
        """,
        "mine.toml",
    )
    assert recipe.text2semantic.format_of("blocks.0.fc1.weight") is WeightFormat.INT4_BLOCK
    assert recipe.text2semantic.format_of("head.weight") is WeightFormat.INT8
    assert recipe.text2semantic.kv_cache is CacheFormat.FP32
    assert recipe.latent.format_of("flow.steps.0.input.weight") is ConvolutionFormat.FP32
    assert recipe.vocoder.format_of("input.weight") is ConvolutionFormat.INT8


@given(recipes)
def test_a_recipe_that_is_written_is_read_back(recipe: Recipe) -> None:
    assert parse_recipe(to_toml(recipe), "written") == recipe


@pytest.mark.parametrize(
    ("more", "layered"),
    [
        ("", True),
        ('weights = "int8"\n', False),
        ('kv_cache = "fp32"\n', False),
        ('activations = "fp32"\n', False),
        ("layered_start = false\n", False),
        ('overrides = { "blocks.3.*" = "int4-block" }\n', False),
    ],
)
def test_sentences_start_in_layers_where_all_is_in_8_bits(more: str, layered: bool) -> None:
    fields = {"weights": '"int8-block"', "kv_cache": '"int8"', "layered_start": "true"}
    name = more.split(" ")[0]
    lines = [f"{key} = {value}\n" for key, value in fields.items() if key != name]
    text = f'name = "own"\n[text2semantic]\n{"".join(lines)}{more}'

    recipe = parse_recipe(text, "own.toml").text2semantic

    assert recipe.starts_in_layers is layered
    assert recipe.inputs_of_scale(512) == (512 if layered else recipe.block_size)


def test_the_last_pattern_that_fits_decides_in_a_recipe_that_is_written_too() -> None:
    overrides = {"blocks.*": WeightFormat.FP16, "*.fc1.*": WeightFormat.INT8}
    for order in (overrides, dict(reversed(overrides.items()))):
        recipe = Recipe("mine", text2semantic=Text2SemanticRecipe(overrides=order))
        read = parse_recipe(to_toml(recipe), "written").text2semantic
        last = list(order.values())[-1]
        assert read.format_of("blocks.0.fc1.weight") is last


def test_two_recipes_that_differ_in_the_order_of_patterns_have_different_hashes() -> None:
    first = {"blocks.*": WeightFormat.FP16, "*.fc1.*": WeightFormat.INT8}
    second = dict(reversed(first.items()))
    hashes = {
        recipe_sha256(Recipe("mine", text2semantic=Text2SemanticRecipe(overrides=overrides)))
        for overrides in (first, second)
    }
    assert len(hashes) == 2


def test_every_fault_of_a_recipe_is_named_at_once() -> None:
    text = 'name = "x"\n[text2semantic]\nweight = "int8"\nkv_cache = "int3"\n[vocodr]\n'
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text, "bad.toml")
    message = str(caught.value)
    assert "bad.toml" in message
    assert "text2semantic.weight: unknown" in message
    assert "vocodr: unknown" in message
    assert "expected one of fp32, int8, found 'int3'" in message


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"bad\.toml: not TOML"):
        parse_recipe("name = ", "bad.toml")


def test_a_file_is_found_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('name = "mine"', encoding="utf-8")
    assert find_recipe(str(file)) == Recipe("mine")


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(RecipeError, match=r"int9: neither a built-in recipe \(fp16, int4, int8,"):
        find_recipe("int9")


def test_built_in_recipes_are_called_as_their_files() -> None:
    assert list(built_in_recipes()) == ["fp16", "int4", "int8", "int8-fast", "mixed"]
    assert all(find_recipe(name).description for name in built_in_recipes())
