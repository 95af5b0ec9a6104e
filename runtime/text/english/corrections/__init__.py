"""English as a listener expects it: the text is put right before voices' own rules see it."""

from __future__ import annotations

from voicepack.runtime.text.data_files import load_text
from voicepack.runtime.text.english import EnglishFrontEnd
from voicepack.runtime.text.english.corrections.homographs import said_by_neighbours
from voicepack.runtime.text.english.corrections.written import write_out
from voicepack.runtime.text.english.homographs import Phones
from voicepack.runtime.text.front_end import FrontEnd, Pronunciation
from voicepack.runtime.text.symbols import SymbolTable


class CorrectedEnglishFrontEnd:
    """English sentences to phones, with numbers, abbreviations, homographs and new words right."""

    def __init__(self, symbols: SymbolTable) -> None:
        self._front_end = EnglishFrontEnd(symbols, said_by_neighbours, added_words())

    def pronounce(self, text: str) -> Pronunciation:
        """Pronounce one sentence; text without a word is a pause, which is one comma."""
        return self._front_end.pronounce(write_out(text))


def added_words() -> dict[str, Phones]:
    """Read the words that voices heard guessed, such as "netflix", with how they are said."""
    words = (line.split() for line in load_text("english_added_words.txt").splitlines())
    return {word: tuple(phones) for word, *phones in words}


def load(symbols: SymbolTable) -> FrontEnd:
    """Make the front end for voices with these symbols."""
    return CorrectedEnglishFrontEnd(symbols)
