"""The arrays of one reference, in one `.npz` file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voicepack.runtime.arrays_file import Array, load_arrays, save_arrays
from voicepack.runtime.embedding_tables import FEATURE_SIZE
from voicepack.runtime.errors import PackError
from voicepack.runtime.manifest import ReferenceEntry
from voicepack.runtime.phones import Phones
from voicepack.runtime.prompt import Prompt


@dataclass(frozen=True)
class PromptLimits:
    """What the ids of a prompt may reach, for they index tables."""

    num_phones: int
    """Phones in the symbol table."""
    num_tokens: int
    """Semantic tokens, without the one that ends speech."""


def save_prompt(path: Path, prompt: Prompt) -> None:
    """Write the arrays of `prompt` to a new file.

    Raises:
        PackError: The arrays are not what `Prompt` asks for.
    """
    arrays: dict[str, Array] = {
        "phones": prompt.phones.ids,
        "tokens": prompt.tokens,
        "embedding": prompt.embedding,
    }
    if prompt.phones.features is not None:
        arrays["features"] = prompt.phones.features
    _raise_on(_type_faults(arrays), path)
    save_arrays(path, arrays)


def load_prompt(path: Path, entry: ReferenceEntry, limits: PromptLimits) -> Prompt:
    """Read the reference that `entry` describes.

    Raises:
        PackError: The file is damaged, an array has the wrong type or shape, an id is outside its
            table, or a number is not finite.
    """
    arrays = load_arrays(path)
    _raise_on(_type_faults(arrays) or _range_faults(arrays, limits), path)
    features = arrays.get("features")
    return Prompt(
        name=entry.name,
        language=entry.language,
        text=entry.text,
        phones=Phones(
            ids=arrays["phones"],
            features=None if features is None else features.astype(np.float32),
        ),
        tokens=arrays["tokens"],
        embedding=arrays["embedding"],
    )


def _type_faults(arrays: dict[str, Array]) -> list[str]:
    faults = [
        f"{name} is missing" for name in ("phones", "tokens", "embedding") if name not in arrays
    ]
    if faults:
        return faults
    for name in ("phones", "tokens"):
        if arrays[name].dtype != np.int64 or arrays[name].ndim != 1:
            faults.append(f"{name} is {_described(arrays[name])}, expected int64 (length,)")
    embedding = arrays["embedding"]
    if embedding.dtype != np.float32 or embedding.ndim != 1 or not embedding.size:
        faults.append(f"embedding is {_described(embedding)}, expected float32 (channels,)")
    features = arrays.get("features")
    if features is not None:
        shape = (arrays["phones"].size, FEATURE_SIZE)
        if features.dtype not in (np.float16, np.float32) or features.shape != shape:
            faults.append(f"features is {_described(features)}, expected floats {shape}")
    return faults + _value_faults(arrays)


def _value_faults(arrays: dict[str, Array]) -> list[str]:
    floats = [name for name in ("embedding", "features") if name in arrays]
    faults = [
        f"{name} holds numbers that are not finite"
        for name in floats
        if arrays[name].dtype.kind == "f" and not np.isfinite(arrays[name]).all()
    ]
    if bool(arrays["phones"].size) != bool(arrays["tokens"].size):
        faults.append("phones and tokens come together: one of the two is empty")
    return faults


def _range_faults(arrays: dict[str, Array], limits: PromptLimits) -> list[str]:
    bounds = {"phones": limits.num_phones, "tokens": limits.num_tokens}
    return [
        f"{name} outside 0 to {end - 1}: {arrays[name].min()} to {arrays[name].max()}"
        for name, end in bounds.items()
        if arrays[name].size and (arrays[name].min() < 0 or arrays[name].max() >= end)
    ]


def _described(array: Array) -> str:
    return f"{array.dtype} {array.shape}"


def _raise_on(faults: list[str], path: Path) -> None:
    if faults:
        raise PackError(f"{path}: {'; '.join(faults)}. Export the voice again.")
