"""Cantonese: the start and the end of each syllable, the end with its tone."""

from __future__ import annotations

from voicepack.runtime.text.cantonese.normalization import normalize
from voicepack.runtime.text.cantonese.readings import read_characters
from voicepack.runtime.text.front_end import FrontEnd, Pronunciation
from voicepack.runtime.text.symbols import PUNCTUATION, UNKNOWN, SymbolTable

STARTS = (
    "aa ai au ap at ak a p b e ts t dz d kw k gw g f h l m ng n s y w c z j "
    "ong on ou oi ok o uk ung"
).split()
"""Where upstream cuts a syllable: behind the first of these, whether that is its initial or not."""
MARK = "Y"
"""Tells Cantonese symbols from those of Mandarin."""


class CantoneseFrontEnd:
    """Cantonese sentences to phones."""

    def __init__(self, symbols: SymbolTable) -> None:
        self._symbols = symbols

    def pronounce(self, text: str) -> Pronunciation:
        """Pronounce one sentence; text without a Chinese character or mark is one comma."""
        normalized = normalize(text) or ","
        characters = [
            _say(character, syllables)
            for character, syllables in zip(normalized, read_characters(normalized), strict=True)
        ]
        phones = [phone for character in characters for phone in character]
        word2ph = tuple(map(len, characters))
        return Pronunciation(normalized, self._symbols.known(phones), word2ph)


def _say(character: str, syllables: tuple[str, ...]) -> list[str]:
    if character in PUNCTUATION:
        return [character]
    return [phone for syllable in syllables for phone in _cut(syllable)] or [UNKNOWN]


def _cut(syllable: str) -> tuple[str, ...]:
    """Cut a syllable in two, as in "Ygw Yong2"; a missing end is the last letter once more."""
    letters, tone = syllable[:-1], syllable[-1]
    start = next((start for start in STARTS if letters.startswith(start)), None)
    if start is None:
        return (UNKNOWN,)
    end = letters[len(start) :] or start[-1]
    return f"{MARK}{start}", f"{MARK}{end}{tone}"


def load(symbols: SymbolTable) -> FrontEnd:
    """Make the front end for voices with these symbols, without corrections."""
    return CantoneseFrontEnd(symbols)
