"""Takes from a recipe what the target of a pack cannot run: recipes are for voices, not targets."""

from __future__ import annotations

from dataclasses import replace

from voicepack.quantize.recipe import CacheFormat, Text2SemanticRecipe, WeightFormat
from voicepack.targets.profile import KvCache

CACHE_NOTE = "Keys and values stay in fp32: this target keeps them on the host."
BLOCK_NOTE = "8-bit weights are not in blocks: this target also serves engines without them."


def runs_on(flavour: KvCache, form: WeightFormat) -> bool:
    """Say whether graphs of a flavour may hold weights in a format.

    The portable flavour promises to run on engines that know blocks of 4 bits only.
    """
    return flavour is not KvCache.PORTABLE or form is not WeightFormat.INT8_BLOCK


def fit_to_flavour(
    recipe: Text2SemanticRecipe, flavour: KvCache
) -> tuple[Text2SemanticRecipe, tuple[str, ...]]:
    """Replace the formats that a flavour cannot have by the nearest that it can.

    Returns:
        The recipe, and a sentence for each thing that changed.
    """
    notes = []
    if flavour is KvCache.PORTABLE and recipe.kv_cache is CacheFormat.INT8:
        recipe = replace(recipe, kv_cache=CacheFormat.FP32)
        notes.append(CACHE_NOTE)
    forms = (recipe.weights, *recipe.overrides.values())
    if not all(runs_on(flavour, form) for form in forms):
        recipe = replace(
            recipe,
            weights=_nearest(flavour, recipe.weights),
            overrides={name: _nearest(flavour, form) for name, form in recipe.overrides.items()},
        )
        notes.append(BLOCK_NOTE)
    return recipe, tuple(notes)


def _nearest(flavour: KvCache, form: WeightFormat) -> WeightFormat:
    return form if runs_on(flavour, form) else WeightFormat.INT8
