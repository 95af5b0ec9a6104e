"""Embeds phones and tokens for text2semantic on the host: no engine looks up a table faster."""

from __future__ import annotations

import numpy as np

from voicepack.runtime.embedding_tables import EmbeddingTables
from voicepack.runtime.phones import FloatArray, IntArray, Phones
from voicepack.runtime.positions import sine_positions


def embed_phones(tables: EmbeddingTables, phones: Phones) -> FloatArray:
    """Embed the phones of prompt and target together.

    Args:
        tables: The voice's tables.
        phones: Prompt phones followed by target phones; features too, where a language has them.

    Returns:
        float32, (num_phones, width), positions added.
    """
    embedded = tables.phone[phones.ids] + tables.feature_bias
    if phones.features is not None:
        embedded = embedded + phones.features @ tables.feature_weight
    positions = sine_positions(0, len(embedded), embedded.shape[1])
    return embedded + np.float32(tables.text_position_scale) * positions


def embed_tokens(tables: EmbeddingTables, tokens: IntArray, start: int) -> FloatArray:
    """Embed semantic tokens.

    Args:
        tables: The voice's tables.
        tokens: int64, (num_tokens,).
        start: Position of the first token; the prompt's first token has position 0.

    Returns:
        float32, (num_tokens, width), positions added.
    """
    embedded = tables.token[tokens]
    positions = sine_positions(start, start + len(tokens), embedded.shape[1])
    return embedded + np.float32(tables.token_position_scale) * positions


def join_phones(first: Phones, second: Phones) -> Phones:
    """Put the phones of the prompt before those of the target, features included."""
    ids = np.concatenate([first.ids, second.ids])
    if first.features is None and second.features is None:
        return Phones(ids)
    given = first.features if first.features is not None else second.features
    assert given is not None
    parts = [
        part.features
        if part.features is not None
        else np.zeros((len(part.ids), given.shape[1]), np.float32)
        for part in (first, second)
    ]
    return Phones(ids, np.concatenate(parts))
