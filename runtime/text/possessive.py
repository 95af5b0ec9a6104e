"""How the ending of "James's" and "cat's" is said.

Beside English and not in it, for a lexicon needs it where nothing else of English is loaded.
"""

from __future__ import annotations

VOICELESS = ("P", "T", "K", "F", "TH", "HH")
HISSING = ("S", "Z", "SH", "ZH", "CH", "JH")


def add_possessive(phones: tuple[str, ...]) -> tuple[str, ...]:
    """Say the possessive of a word whose phones are given."""
    last = phones[-1] if phones else ""
    if last in VOICELESS:
        return (*phones, "S")
    if last in HISSING:
        return (*phones, "AH0", "Z")
    return (*phones, "Z")
