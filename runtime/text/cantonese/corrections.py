"""Cantonese as a listener expects it: numbers are put right as those of Mandarin are."""

from __future__ import annotations

from voicepack.runtime.text.cantonese import CantoneseFrontEnd
from voicepack.runtime.text.chinese.corrections.written import write_out
from voicepack.runtime.text.front_end import FrontEnd, Pronunciation
from voicepack.runtime.text.symbols import SymbolTable


class CorrectedCantoneseFrontEnd:
    """Cantonese sentences to phones, with prices, ranges, measures and large numbers right."""

    def __init__(self, symbols: SymbolTable) -> None:
        self._front_end = CantoneseFrontEnd(symbols)

    def pronounce(self, text: str) -> Pronunciation:
        """Pronounce one sentence; text without a Chinese character or mark is one comma."""
        # Mandarin's 么 is said otherwise in Cantonese, but for a few words.
        return self._front_end.pronounce(write_out(text).replace("麽", "麼"))


def load(symbols: SymbolTable) -> FrontEnd:
    """Make the front end for voices with these symbols."""
    return CorrectedCantoneseFrontEnd(symbols)
