"""Takes from a recipe what the target of a pack cannot run: recipes are for voices, not targets."""

from __future__ import annotations

from dataclasses import replace

from voicepack.quantize.recipe import CacheFormat, Text2SemanticRecipe, WeightFormat
from voicepack.targets.profile import KvCache, TargetProfile

CACHE_NOTES = {
    KvCache.PORTABLE: "Keys and values stay in fp32: this target keeps them on the host.",
    KvCache.STATEFUL: "Keys and values are kept in 16 bits: this engine keeps them by itself.",
    KvCache.ON_DEVICE: "Keys and values stay in fp32: this target keeps them on its GPU.",
}
BLOCK_NOTE = (
    "8-bit weights are not in blocks: the engines of this target lack them, or are faster without."
)


def runs_on(profile: TargetProfile, form: WeightFormat) -> bool:
    """Say whether graphs for a target should hold weights in a format."""
    return profile.block_weights or form is not WeightFormat.INT8_BLOCK


def fit_to_profile(
    recipe: Text2SemanticRecipe, profile: TargetProfile
) -> tuple[Text2SemanticRecipe, tuple[str, ...]]:
    """Replace the formats that a target cannot have by the nearest that it can.

    Returns:
        The recipe, and a sentence for each thing that changed.
    """
    notes = []
    if profile.kv_cache is not KvCache.SHARED_BUFFER and recipe.kv_cache is CacheFormat.INT8:
        recipe = replace(recipe, kv_cache=CacheFormat.FP32)
        notes.append(CACHE_NOTES[profile.kv_cache])
    forms = (recipe.weights, *recipe.overrides.values())
    if not all(runs_on(profile, form) for form in forms):
        recipe = replace(
            recipe,
            weights=_nearest(profile, recipe.weights),
            overrides={name: _nearest(profile, form) for name, form in recipe.overrides.items()},
        )
        notes.append(BLOCK_NOTE)
    return recipe, tuple(notes)


def _nearest(profile: TargetProfile, form: WeightFormat) -> WeightFormat:
    return form if runs_on(profile, form) else WeightFormat.INT8
