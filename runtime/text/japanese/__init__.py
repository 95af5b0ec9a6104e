"""Japanese: phones with prosody marks, as Open JTalk and its dictionary say them."""

from __future__ import annotations

import re

from voicepack.runtime.text.front_end import FrontEnd, Pronunciation
from voicepack.runtime.text.japanese.accent_phrases import set_accent_phrases
from voicepack.runtime.text.japanese.accents import set_accents
from voicepack.runtime.text.japanese.dictionary import load_dictionary
from voicepack.runtime.text.japanese.lattice import cut_into_words
from voicepack.runtime.text.japanese.numbers import set_numbers
from voicepack.runtime.text.japanese.prosody import phones_of
from voicepack.runtime.text.japanese.sounds import set_sounds
from voicepack.runtime.text.japanese.widths import widen
from voicepack.runtime.text.japanese.words import words_of_entry
from voicepack.runtime.text.symbols import SymbolTable

MARK_RUN = re.compile(r"([!?…,.\-])[!?…,.\-]+")
LETTERS = r"A-Za-z\d々\u3040-\u30ff\u4e00-\u9fff１-９Ａ-Ｚａ-ｚｦ-ﾝ"
STRETCH = re.compile(f"[{LETTERS}]+|[^{LETTERS}]")
"""What is said as a whole, or one mark."""
PERCENT = ("％", "パーセント")
MARKS = {
    "：": ",",
    "；": ",",
    "，": ",",
    "、": ",",
    "·": ",",
    "。": ".",
    "\n": ".",
    "！": "!",
    "？": "?",
}
"""Marks that are pauses, and the symbols voices know them by."""
SPACE, PAUSE = " ", ","
LONGEST_STRETCH = 1000
"""Characters said as a whole; upstream cannot say more than about 2700."""


class JapaneseFrontEnd:
    """Japanese sentences to phones."""

    def __init__(self, symbols: SymbolTable) -> None:
        self._symbols = symbols

    def pronounce(self, text: str) -> Pronunciation:
        """Pronounce one sentence; text that has nothing to say is a pause, which is one comma."""
        normalized = MARK_RUN.sub(r"\1", text)
        phones: list[str] = []
        for part in STRETCH.findall(normalized.replace(*PERCENT).lower()):
            if re.match(f"[{LETTERS}]", part):
                for start in range(0, len(part), LONGEST_STRETCH):
                    phones.extend(say(part[start : start + LONGEST_STRETCH]))
            elif part != SPACE:
                phones.append(MARKS.get(part, part))
        if text and not phones:
            phones = [PAUSE]
        return Pronunciation(normalized, self._symbols.known(phones))


def say(text: str) -> list[str]:
    """List the phones of a stretch of letters, digits, kana and kanji, with prosody marks."""
    dictionary = load_dictionary()
    found = cut_into_words(widen(text), dictionary)
    words = [word for text, entry in found for word in words_of_entry(text, entry, dictionary)]
    words = set_numbers(set_sounds(words))
    set_accent_phrases(words)
    set_accents(words)
    return phones_of(words)


def load(symbols: SymbolTable) -> FrontEnd:
    """Make the front end for voices with these symbols."""
    return JapaneseFrontEnd(symbols)
