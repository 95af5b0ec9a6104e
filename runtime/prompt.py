"""A named reference of a voice: what it said, as phones and tokens, and how it sounds."""

from __future__ import annotations

from dataclasses import dataclass

from voicepack.runtime.phones import FloatArray, IntArray, Phones


@dataclass(frozen=True)
class Prompt:
    """The compile-time constant that a reference clip becomes."""

    name: str
    language: str
    """Language code of `text`, such as "en"."""
    text: str
    """What the clip says; empty for a reference without text."""
    phones: Phones
    """Phones of `text`; none for a reference without text."""
    tokens: IntArray
    """int64, (num_tokens,): semantic tokens of the clip at 25 Hz; none without text."""
    embedding: FloatArray
    """float32, (channels,): voice embedding, averaged over the reference's clips."""
