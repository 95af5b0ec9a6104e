"""Takes from a recipe what the target of a pack cannot run: recipes are for voices, not targets."""

from __future__ import annotations

from dataclasses import replace

from voicepack.quantize.recipe import CacheFormat, Text2SemanticRecipe, WeightFormat
from voicepack.targets.profile import KvCache

CACHE_NOTES = {
    KvCache.PORTABLE: "Keys and values stay in fp32: this target keeps them on the host.",
    KvCache.STATEFUL: "Keys and values are kept in 16 bits: this engine keeps them by itself.",
    KvCache.ON_DEVICE: "Keys and values stay in fp32: this target keeps them on its GPU.",
}
BLOCK_NOTES = {
    KvCache.PORTABLE: "8-bit weights are not in blocks: this target also serves engines without "
    "them.",
    KvCache.STATEFUL: "8-bit weights are not in blocks: this engine is faster so.",
    KvCache.ON_DEVICE: "8-bit weights are not in blocks: this target also serves engines without "
    "them.",
}


def runs_on(flavour: KvCache, form: WeightFormat) -> bool:
    """Say whether graphs of a flavour should hold weights in a format.

    The portable flavour promises to run on engines that know blocks of 4 bits only; a stateful
    graph takes 5 % more time for a step with blocks of 8 bits and is no closer to full precision.
    """
    return flavour is KvCache.SHARED_BUFFER or form is not WeightFormat.INT8_BLOCK


def fit_to_flavour(
    recipe: Text2SemanticRecipe, flavour: KvCache
) -> tuple[Text2SemanticRecipe, tuple[str, ...]]:
    """Replace the formats that a flavour cannot have by the nearest that it can.

    Returns:
        The recipe, and a sentence for each thing that changed.
    """
    notes = []
    if flavour is not KvCache.SHARED_BUFFER and recipe.kv_cache is CacheFormat.INT8:
        recipe = replace(recipe, kv_cache=CacheFormat.FP32)
        notes.append(CACHE_NOTES[flavour])
    forms = (recipe.weights, *recipe.overrides.values())
    if not all(runs_on(flavour, form) for form in forms):
        recipe = replace(
            recipe,
            weights=_nearest(flavour, recipe.weights),
            overrides={name: _nearest(flavour, form) for name, form in recipe.overrides.items()},
        )
        notes.append(BLOCK_NOTES[flavour])
    return recipe, tuple(notes)


def _nearest(flavour: KvCache, form: WeightFormat) -> WeightFormat:
    return form if runs_on(flavour, form) else WeightFormat.INT8
