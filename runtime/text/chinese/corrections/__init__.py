"""Chinese as a listener expects it: the text is put right before voices' own rules see it."""

from __future__ import annotations

from voicepack.runtime.text.chinese import ChineseFrontEnd
from voicepack.runtime.text.chinese.corrections.written import write_out
from voicepack.runtime.text.front_end import FrontEnd, Pronunciation
from voicepack.runtime.text.symbols import SymbolTable


class CorrectedChineseFrontEnd:
    """Chinese sentences to phones, with prices, ranges, measures and large numbers right."""

    def __init__(self, symbols: SymbolTable) -> None:
        self._front_end = ChineseFrontEnd(symbols)

    def pronounce(self, text: str) -> Pronunciation:
        """Pronounce one sentence; text without a Chinese character or mark is one comma."""
        return self._front_end.pronounce(write_out(text))


def load(symbols: SymbolTable) -> FrontEnd:
    """Make the front end for voices with these symbols."""
    return CorrectedChineseFrontEnd(symbols)
