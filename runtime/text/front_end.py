"""What every language's front end offers: text of one sentence in, phones out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Pronunciation:
    """How one sentence of one language is said."""

    normalized: str
    """The text as it is read aloud: numbers and abbreviations written out."""
    phones: tuple[str, ...]
    """Symbols of the voice's table; what the table lacks is already "UNK"."""
    word2ph: tuple[int, ...] | None = None
    """Phones of each character of `normalized`; only Chinese and Cantonese have it."""


class FrontEnd(Protocol):
    """One language, ready to pronounce."""

    def pronounce(self, text: str) -> Pronunciation:
        """Pronounce one sentence of this language.

        Args:
            text: One piece of text as cut by `splitting`; may hold anything, even nothing.

        Returns:
            At least one phone for any text that is not empty.
        """
        ...
