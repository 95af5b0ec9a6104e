"""Whether two packs are the same voice, so that comparing them says something."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from voicepack.quantize.errors import QualityError
from voicepack.runtime.manifest import Manifest
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.prompt import Prompt

EMBEDDING_TOLERANCE = 1e-3
"""Relative: two exports of one clip on two machines differ by rounding only."""


def refuse_other_voice(pack: VoicePack, baseline: VoicePack) -> None:
    """Compare everything that quantization leaves alone.

    Raises:
        QualityError: Names every difference.
    """
    faults = list(_manifest_faults(pack.manifest, baseline.manifest))
    faults = faults or list(_reference_faults(pack, baseline))
    if faults:
        listed = "\n  ".join(faults)
        raise QualityError(
            f"{pack.root} is not the same voice as {baseline.root}:\n  {listed}\n"
            "Give the full-precision pack that it was quantized from."
        )


def _manifest_faults(found: Manifest, expected: Manifest) -> Iterator[str]:
    fixed = (
        "generation",
        "symbols",
        "symbols_sha256",
        "sample_rate",
        "semantic_rate",
        "text2semantic",
    )
    for name in fixed:
        ours, theirs = getattr(found, name), getattr(expected, name)
        if ours != theirs:
            yield f"{name}: found {ours}, the baseline has {theirs}"
    ours, theirs = ([each.name for each in one.references] for one in (found, expected))
    if ours != theirs:
        yield f"references: found {', '.join(ours)}, the baseline has {', '.join(theirs)}"


def _reference_faults(pack: VoicePack, baseline: VoicePack) -> Iterator[str]:
    for entry in baseline.manifest.references:
        differing = _differences(pack.prompt(entry.name), baseline.prompt(entry.name))
        if differing:
            yield f"reference {entry.name!r}: {' and '.join(differing)} differ"


def _differences(found: Prompt, expected: Prompt) -> list[str]:
    same = {
        "language": found.language == expected.language,
        "phones": np.array_equal(found.phones.ids, expected.phones.ids),
        "tokens": np.array_equal(found.tokens, expected.tokens),
        "embedding": found.embedding.shape == expected.embedding.shape
        and np.linalg.norm(found.embedding - expected.embedding)
        <= EMBEDDING_TOLERANCE * np.linalg.norm(expected.embedding),
    }
    return [name for name, equal in same.items() if not equal]
