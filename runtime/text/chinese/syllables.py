"""A syllable of Mandarin as the two symbols of a voice: initial, and final with its tone."""

from __future__ import annotations

INITIALS_OF_ZERO = {"a": "AA", "e": "EE", "o": "OO"}
"""A syllable without initial begins with the symbol of its vowel."""
GLIDES = {"i": "y", "u": "w", "v": "y"}
"""First letter of a final without initial -> the initial it is written and said with."""
SPELLED = {"uei": "ui", "iou": "iu", "uen": "un"}
"""Final behind an initial -> how it is spelled there."""
BEHIND_Y = {"an": "En", "e": "E"}
"""Finals whose vowel is another behind y, as in yan and ye."""
WHOLE = {"i", "in", "ing", "u"}
"""Finals that keep their first letter behind a glide: yi, yin, ying, wu."""
RETROFLEX = {"zh", "ch", "sh", "r"}
DENTAL = {"z", "c", "s"}


def symbols_of(initial: str, final: str, tone: str) -> tuple[str, str]:
    """Name the two symbols of a syllable.

    Args:
        initial: As pypinyin gives it, "" where there is none; y and w are no initials.
        final: As pypinyin gives it, v for ü, without tone: "uei", "van", "i".
        tone: "1" to "5", which is the neutral tone.
    """
    if initial:
        return initial, _behind(initial, final) + tone
    if final[0] in INITIALS_OF_ZERO:
        return INITIALS_OF_ZERO[final[0]], final + tone
    glide = GLIDES.get(final[0], final[0])
    if final in WHOLE or final[0] == "v":
        return glide, final + tone
    rest = final[1:]
    return glide, (BEHIND_Y.get(rest, rest) if glide == "y" else rest) + tone


def _behind(initial: str, final: str) -> str:
    if final == "i" and initial in RETROFLEX:
        return "ir"
    if final == "i" and initial in DENTAL:
        return "i0"
    return SPELLED.get(final, final)
