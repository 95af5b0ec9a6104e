"""Chinese: an initial and a final with its tone for each character.

A sentence is normalized, cut into words, and each word is read and its tones are changed. This is
what voices have learned to hear, faults included; `corrections` goes before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicepack.runtime.text.chinese.dictionary import Dictionary
from voicepack.runtime.text.chinese.erhua import say_erhua
from voicepack.runtime.text.chinese.merging import merge
from voicepack.runtime.text.chinese.normalization import normalize
from voicepack.runtime.text.chinese.polyphones import Polyphones
from voicepack.runtime.text.chinese.readings import Reading, read_sentence, read_word
from voicepack.runtime.text.chinese.segmenter import Segmenter, Word
from voicepack.runtime.text.chinese.subwords import Subwords
from voicepack.runtime.text.chinese.syllables import symbols_of
from voicepack.runtime.text.chinese.tones import ToneSandhi
from voicepack.runtime.text.front_end import FrontEnd, Pronunciation
from voicepack.runtime.text.reading_source import current_polyphones
from voicepack.runtime.text.symbols import PUNCTUATION, UNKNOWN, SymbolTable

CLAUSE_END = re.compile("(?<=[!?…,.-])")
LONG_PAUSES = {"￥": "SP2", "^": "SP3"}
"""A sign in the text -> the pause that takes the place of all its commas."""
ERHUA_TABLES = frozenset(("v2",))
"""Voices of the first generation learned 儿 as a syllable of its own."""


class ChineseFrontEnd:
    """Chinese sentences to phones."""

    def __init__(self, symbols: SymbolTable, polyphones: Polyphones | None = None) -> None:
        """Take the symbols of a voice and, where there is one, a source of readings by context."""
        dictionary = Dictionary()
        self._symbols = symbols
        self._polyphones = polyphones
        self._segmenter = Segmenter(dictionary)
        self._sandhi = ToneSandhi(Subwords(dictionary).halves)

    def pronounce(self, text: str) -> Pronunciation:
        """Pronounce one sentence; text without a Chinese character or mark is one comma."""
        for sign, pause in LONG_PAUSES.items():
            if sign in text:
                phones, word2ph, normalized = self._say(text.replace(sign, ","))
                paused = (pause if phone == "," else phone for phone in phones)
                return Pronunciation(normalized, self._symbols.known(paused), word2ph)
        phones, word2ph, normalized = self._say(text)
        return Pronunciation(normalized, self._symbols.known(phones), word2ph)

    def _say(self, text: str) -> tuple[list[str], tuple[int, ...], str]:
        normalized = normalize(text) or ","
        characters = [
            phones
            for clause in filter(None, CLAUSE_END.split(normalized))
            for word, reading in self._words(clause)
            for phones in self._say_word(word, reading)
        ]
        phones = [phone for character in characters for phone in character]
        return phones, tuple(map(len, characters)), normalized

    def _words(self, clause: str) -> Iterator[tuple[Word, Reading]]:
        words = merge(self._segmenter.cut(clause))
        polyphones = self._polyphones or current_polyphones()
        if polyphones is None:
            yield from ((word, read_word(word.text)) for word in words)
        else:
            readings = polyphones.readings(clause)
            yield from read_sentence(words, readings)

    def _say_word(self, word: Word, reading: Reading) -> Iterator[tuple[str, ...]]:
        tones = self._sandhi.spoken(word, reading.tones)
        if self._symbols.id in ERHUA_TABLES:
            tones = say_erhua(word, reading.finals, tones)
        for character, initial, final, tone in zip(
            word.text, reading.initials, reading.finals, tones, strict=True
        ):
            if final:
                yield symbols_of(initial, final, tone)
            else:
                yield (character if character in PUNCTUATION else UNKNOWN,)


def load(symbols: SymbolTable) -> FrontEnd:
    """Make the front end for voices with these symbols, without corrections."""
    return ChineseFrontEnd(symbols)
